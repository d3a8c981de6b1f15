"""From the command line to a running server: check, prepare, say where it is, and end it cleanly."""

import logging
import os
import shlex
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from nbutils.commands import as_typed
from nbutils.serve.places import MissingError, configuration_folder, notebooks_folder, server_environment

LOCAL = "127.0.0.1"
PAGE_BYTES = 500 << 20  # a kernel that trains in chapter 4 on a published page, with some room
EVERYWHERE = "0.0.0.0"  # noqa: S104 (--lan asks for exactly this)


@dataclass(frozen=True)
class Wish:
    """What the command line asked for."""

    port: int = 8866
    notebooks: Path | None = None
    lan: bool = False
    publish: bool = False
    visitors: int | None = None


class CannotServeError(Exception):
    """The server cannot start; the message is a sentence that says what to do."""


def serve(wish: Wish) -> None:
    """Serve until Ctrl-C.

    Raises CannotServeError when the port is taken or the notebooks are missing.
    """
    try:
        folder, settings = notebooks_folder(wish.notebooks), configuration_folder()
    except MissingError as error:
        raise CannotServeError(str(error)) from error
    ip = EVERYWHERE if wish.lan else LOCAL
    check_port(ip, wish.port, again(wish))
    # Before Voila is imported: Jupyter reads some of these once.
    os.environ.update(server_environment(os.environ))
    if wish.publish:
        os.environ["NBUTILS_PUBLISH"] = "1"
    # Server noise is not for teachers: what matters is said here or on the page, errors are still logged.
    logging.getLogger("tornado").setLevel(logging.ERROR)
    from nbutils.serve.app import Suite

    limit = places(wish)
    suite = Suite(
        ip=ip,
        port=wish.port,
        root_dir=str(folder),
        config_file_paths=[str(settings)],
        places=limit,
        remote=wish.lan or wish.publish,
        announce=lambda: say(announcement(wish, limit)),
    )
    if wish.lan:
        from nbutils.serve.certificate import context

        suite.certificate = context()
    suite.initialize([])
    suite.start()


def again(wish: Wish) -> str:
    """Return the words that ask for the same once more, the port apart."""
    named = [f"--notebooks {shlex.quote(str(wish.notebooks))}"] if wish.notebooks else []
    flags = [flag for flag, wanted in (("--lan", wish.lan), ("--publish", wish.publish)) if wanted]
    visitors = [f"--visitors {wish.visitors}"] if wish.visitors else []
    return " ".join(["serve", *named, *flags, *visitors])


def check_port(ip: str, port: int, command: str) -> None:
    """Raise CannotServeError with what to do when nothing can listen on this port.

    command : the words after `python -m nbutils` that were typed, the port apart
    """
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except PermissionError as error:
            raise CannotServeError(
                f"Port {port} is reserved for the system; choose one above 1023: "
                f"{as_typed(f'nbutils {command} --port 8866')}"
            ) from error
        except OSError as error:
            raise CannotServeError(
                f"Port {port} is taken, perhaps by the suite in another window. "
                f"Open http://{LOCAL}:{port}/ to see, or choose another port: "
                f"{as_typed(f'nbutils {command} --port {port % 65535 + 1}')}"
            ) from error


def places(wish: Wish) -> int | None:
    """Return how many pages may be open at once; no limit unless the suite is published.

    Without a number, as many as fit into three quarters of the free memory.
    """
    if wish.visitors is not None or not wish.publish:
        return wish.visitors
    import psutil

    return max(1, int(0.75 * psutil.virtual_memory().available / PAGE_BYTES))


def announcement(wish: Wish, places: int | None) -> str:
    """Return the lines that say where the suite is, and what to know about it."""
    lines = [f"Open {'https' if wish.lan else 'http'}://{LOCAL}:{wish.port}/   (Ctrl-C ends the server)"]
    if wish.lan:
        from nbutils.serve.certificate import addresses

        lines += [f"In this network: https://{address}:{wish.port}/" for address in addresses()]
        lines += [
            "A browser warns once that it does not know this server, because the certificate is our own.",
            "Chrome and Edge: Advanced, then Proceed. Firefox: Advanced, then Accept the Risk. Safari: Show "
            "Details, then visit this website.",
        ]
    if wish.publish:
        lines.append(f"Published read-only, for {places} open pages at most (change with --visitors).")
    return "\n".join(lines)


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
