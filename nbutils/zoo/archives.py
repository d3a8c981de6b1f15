"""Reading single files out of archives that others made, without unpacking the archives."""

import gzip
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

MAX_MEMBER_BYTES = 100_000_000
MAX_PICTURE_BYTES = 5_000_000
MAX_PICTURES = 5_000
_CHUNK = 1 << 20
_PICTURE_ENDINGS = {".jpg", ".jpeg"}


def copy_members(archive: Path, targets: Mapping[str, Path]) -> None:
    """Copy files of a wheel (zip) or a tar archive, packed or not, in one pass.

    targets : for the path of each wanted file in the archive, where it goes
    Raises ValueError where the archive is broken, lacks one of them or has one larger than MAX_MEMBER_BYTES.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as held:
                missing = _copy_zip_members(held, targets)
        else:
            with tarfile.open(archive) as held:
                missing = _copy_tar_members(held, targets)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
        raise ValueError(f"{archive.name} is not a whole archive") from error
    if missing:
        raise ValueError(f"The archive holds no {min(missing)}.")


def _copy_zip_members(held: zipfile.ZipFile, targets: Mapping[str, Path]) -> set[str]:
    """Copy what there is of the wanted files; return the others."""
    names = set(held.namelist())
    for member in targets.keys() & names:
        _refuse_large(member, held.getinfo(member).file_size)
        with held.open(member) as source, targets[member].open("wb") as target:
            shutil.copyfileobj(source, target)
    return targets.keys() - names


def _copy_tar_members(held: tarfile.TarFile, targets: Mapping[str, Path]) -> set[str]:
    """Copy what there is of the wanted files; return the others."""
    missing = set(targets)
    for info in held:
        if info.name in missing and info.isfile():
            _refuse_large(info.name, info.size)
            with held.extractfile(info) as source, targets[info.name].open("wb") as target:
                shutil.copyfileobj(source, target)
            missing.remove(info.name)
        if not missing:
            break
    return missing


def _refuse_large(member: str, size: int) -> None:
    if size > MAX_MEMBER_BYTES:
        raise ValueError(f"{member} has {size:,} bytes, over the limit of {MAX_MEMBER_BYTES:,}.")


def append_unpacked(piece: Path, wanted: Path) -> None:
    """Write a file behind what `wanted` holds, unpacked where its name ends in .gz.

    Raises ValueError where it is no whole gzip file or unpacks to more than MAX_MEMBER_BYTES.
    """
    opened = gzip.open if piece.suffix == ".gz" else open
    unpacked = 0
    try:
        with opened(piece, "rb") as source, wanted.open("ab") as target:
            while chunk := source.read(_CHUNK):
                unpacked += len(chunk)
                _refuse_large(piece.name, unpacked)
                target.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{piece.name} is not a whole gzip file") from error


def read_pictures(archive: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield the path inside a zip and the bytes of each JPEG in it, in the order of the paths.

    Raises ValueError where a path leads out of the archive, a picture is larger than MAX_PICTURE_BYTES, there are
    more than MAX_PICTURES, or the zip is broken.
    """
    try:
        with zipfile.ZipFile(archive) as held:
            for path in (PurePosixPath(name) for name in held.namelist()):
                _refuse_escape(path)
            chosen = sorted(info.filename for info in held.infolist() if _is_picture(info))
            if len(chosen) > MAX_PICTURES:
                raise ValueError(f"The archive holds {len(chosen)} pictures, over the limit of {MAX_PICTURES}.")
            for name in chosen:
                yield PurePosixPath(name), _read_bounded(held, name)
    except zipfile.BadZipFile as error:
        raise ValueError(f"{archive.name} is not a whole zip archive: {error}.") from error


def _refuse_escape(path: PurePosixPath) -> None:
    if path.is_absolute() or ".." in path.parts or "\\" in str(path) or ":" in str(path):
        raise ValueError(f"The archive has a path that leads out of it: {path}.")


def _is_picture(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    return not info.is_dir() and path.suffix.lower() in _PICTURE_ENDINGS and "__MACOSX" not in path.parts


def _read_bounded(held: zipfile.ZipFile, name: str) -> bytes:
    """Return a member's bytes; what the directory says of its size is not trusted."""
    with held.open(name) as file:
        data = file.read(MAX_PICTURE_BYTES + 1)
    if len(data) > MAX_PICTURE_BYTES:
        raise ValueError(f"{name} has more than {MAX_PICTURE_BYTES:,} bytes, too many for one of these photographs.")
    return data
