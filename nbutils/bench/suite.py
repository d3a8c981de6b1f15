"""Start the suite's own server for tests and benches, exactly as `make serve` does."""

import contextlib
import http.client
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from nbutils.bench import CannotMeasureError

ROOT = Path(__file__).parents[2]
PATIENCE = 90
# Nobody vouches for the self-signed certificate of `serve --lan`; only whether the server answers is asked here.
UNCHECKED = ssl.create_default_context()
UNCHECKED.check_hostname = False
UNCHECKED.verify_mode = ssl.CERT_NONE


class NotUpError(CannotMeasureError):
    """The server ended or did not answer in time; the message holds what it printed."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command: list[str], url: str, log: Path, **environment: str) -> Iterator[subprocess.Popen]:
    """Run a server until the block ends; NotUpError when url does not answer in time."""
    with log.open("w") as out:
        given = {**os.environ, **environment}
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, env=given)
        try:
            wait_until_up(url, process, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_up(url: str, process: subprocess.Popen, log: Path) -> None:
    """Return when url answers; NotUpError with the server's log when it does not."""
    begin = time.monotonic()
    while time.monotonic() - begin < PATIENCE:
        if process.poll() is not None:
            raise NotUpError(f"The server ended at once:\n{log.read_text()}")
        if answers(url):
            return
        time.sleep(0.1)
    raise NotUpError(f"The server did not answer within {PATIENCE} s:\n{log.read_text()}")


def answers(url: str) -> bool:
    """Return whether a server answers at url, be it with an error page."""
    try:
        urllib.request.urlopen(url, timeout=2, context=UNCHECKED).close()  # noqa: S310 this machine's own
    except urllib.error.HTTPError:
        return True
    except (OSError, http.client.HTTPException):
        return False
    return True


@contextlib.contextmanager
def served(*arguments: str, **environment: str) -> Iterator[str]:
    """Serve the suite on a free port with these arguments of `python -m nbutils serve`; yield its address."""
    port = free_port()
    address = f"{'https' if '--lan' in arguments else 'http'}://127.0.0.1:{port}"
    command = [sys.executable, "-m", "nbutils", "serve", "--port", str(port), *arguments]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with running(command, f"{address}/health", log, **environment):
            yield address
