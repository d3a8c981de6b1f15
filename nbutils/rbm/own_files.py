"""A student's own files as one array of numbers: .npy, .npz or pictures, none of which is trusted.

Nothing is unpickled: the header of an array is read by numpy's parser of literals, the numbers as plain bytes, and
only so many as the header promises and the bounds allow.
"""

import contextlib
import io
import math
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nbutils import zoo
from nbutils.zoo.pixels import count_pixels, decode_pixels
from nbutils.zoo.preparing import LUMA

MOST_BYTES = 20_000_000
MOST_EXAMPLES = 100_000
MOST_VISIBLE = 5_000
MOST_NUMBERS = 20_000_000
MOST_PICTURES = 1_000
MOST_PIXELS = 400_000_000
_MOST_ARRAYS = 1_000
_LONGEST_HEADER = 20_000  # bytes; numpy itself refuses more than 10,000 letters, but only after it has read them all
# What numpy.savez packs with. Python unpacks bzip2 and LZMA whole, however little of a file is asked for.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOST_NAMED = 8
_LONGEST_NAME = 100
_WIDEST = 8  # bytes of a number
_ARRAY_AXES = (2, 3, 4)
_COLOURS = (3, 4)
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
# What numpy's reader of headers raises on broken ones, and zipfile on broken, encrypted or unknown archives.
_BROKEN = (
    *(ValueError, TypeError, KeyError, IndexError, SyntaxError, OverflowError, RecursionError, EOFError, OSError),
    *(tokenize.TokenError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, MemoryError),
)


class Unfit(ValueError):  # noqa: N818 - it names a state of the files, and its text is for the person who chose them
    """Files that cannot be used; the text says why, and what can."""


class SeveralArrays(Unfit):
    """A file holds several arrays, and one has to be chosen; `names` are theirs."""

    def __init__(self, file: str, shapes: dict[str, tuple[int, ...]]) -> None:
        self.names = tuple(shapes)
        listed = ", ".join(f"{name} {shape}" for name, shape in list(shapes.items())[:_MOST_NAMED])
        more = f" and {len(shapes) - _MOST_NAMED} more" if len(shapes) > _MOST_NAMED else ""
        super().__init__(f"{file} holds several arrays: {listed}{more}. Choose the one with the examples by its name.")


def read_files(files: Sequence[tuple[str, bytes]], array: str | None, size: int) -> np.ndarray:
    """Return the numbers of one .npy or .npz file, or of pictures : (n, ...), any type of numbers.

    files : the name of each and its bytes; array : the name of the one that is meant in an .npz
    size : to which the middle squares of pictures are brought, in pixels; their grey is uint8, 0..255
    Raises Unfit for what is no such file, is damaged or is too large.
    """
    if not files:
        raise Unfit("No file was chosen; an array as .npy or .npz is wanted, or pictures.")
    total = sum(len(data) for _, data in files)
    if total > MOST_BYTES:
        raise Unfit(f"These files are too large: at most {MOST_BYTES / 1e6:.0f} MB are read at once.")
    kinds = {_kind(data) for _, data in files}
    if kinds == {"picture"}:
        return _read_pictures(files, size)
    if len(files) > 1:
        raise Unfit(f"Choose one .npy or .npz file, or pictures only; these are {len(files)} files.")
    name, data = files[0]
    return _read_array(name, io.BytesIO(data)) if kinds == {"npy"} else _read_archive(name, data, array)


def read_path(path: str | Path, array: str | None, size: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the numbers of a file, or of the pictures of a folder, on this computer, and what of it was left out.

    Else as `read_files`.
    """
    place = Path(path).expanduser()
    if place.is_dir():
        album = zoo.photos(place)
        if not len(album):
            raise Unfit(f"The folder {place.name} holds no pictures.")
        if len(album) > MOST_PICTURES:
            raise Unfit(f"The folder {place.name} holds {len(album):,} pictures; at most {MOST_PICTURES:,} are read.")
        with _told_unfit():
            pictures = np.stack([_as_grey(zoo.read_photo(photo, size)) for photo in album])
        return pictures, (album.summary,) if album.skipped else ()
    if not place.is_file():
        raise Unfit(f"There is no file or folder {str(place)!r}.")
    try:
        with place.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unfit(f"{place} could not be read ({error.strerror}).") from error
    return read_files([(place.name, data)], array, size), ()


def _kind(data: bytes) -> str:
    """Return what a file is by its first bytes, whatever it is called."""
    if data.startswith(np.lib.format.MAGIC_PREFIX):
        return "npy"
    return "npz" if data.startswith(b"PK") else "picture"


def _read_pictures(files: Sequence[tuple[str, bytes]], size: int) -> np.ndarray:
    """Return the grey of pictures : (n, size, size), uint8, 0..255."""
    if len(files) > MOST_PICTURES:
        raise Unfit(f"These are {len(files):,} pictures, and at most {MOST_PICTURES:,} are read.")
    pixels = sum(count_pixels(data) for _, data in files)
    if pixels > MOST_PIXELS:
        raise Unfit(
            f"These pictures have {pixels / 1e6:,.0f} million pixels together, and at most "
            f"{MOST_PIXELS / 1e6:.0f} million are decoded. Choose fewer or smaller ones."
        )
    with _told_unfit():
        return np.stack([_as_grey(_decode(name, data, size)) for name, data in files])


def _decode(name: str, data: bytes, size: int) -> np.ndarray:
    if not count_pixels(data):
        raise Unfit(f"{name} is neither an array (.npy, .npz) nor a picture that can be read.")
    return decode_pixels(data, name, size)


@contextlib.contextmanager
def _told_unfit() -> Iterator[None]:
    """Raise what the zoo says of a picture that it cannot decode as Unfit."""
    try:
        yield
    except ValueError as error:
        raise Unfit(str(error)) from error


def _as_grey(pixels: np.ndarray) -> np.ndarray:
    """Return the luma of pixels : (size, size, 3), uint8 -> (size, size), uint8."""
    return np.rint(pixels @ np.array(LUMA, np.float32)).astype(np.uint8)


def _read_archive(name: str, data: bytes, wanted: str | None) -> np.ndarray:
    """Return the one array of an .npz file, or the one that is wanted."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as held:
            _check_packing(name, held)
            member = _choose(name, held, wanted)
            with held.open(member) as file:
                return _read_array(f"{name}, {member}", file)
    except Unfit:
        raise
    except _BROKEN as error:
        raise Unfit(f"{name} is a damaged archive, or one that asks for a password.") from error


def _check_packing(name: str, held: zipfile.ZipFile) -> None:
    """Raise Unfit for an archive that is packed in a way in which numpy never packs."""
    if any(one.compress_type not in _PACKINGS for one in held.infolist()):
        raise Unfit(f"{name} is packed in a way that is not read here. Save it with numpy.savez or savez_compressed.")


def _choose(name: str, held: zipfile.ZipFile, wanted: str | None) -> str:
    """Return the member that is wanted, or the only one there is."""
    members = [one for one in held.namelist() if one.endswith(".npy")]
    if not members:
        raise Unfit(f"{name} is an archive without arrays (.npy). Of pictures, choose the files themselves.")
    if len(members) > _MOST_ARRAYS:
        raise Unfit(f"{name} holds {len(members):,} arrays, and at most {_MOST_ARRAYS:,} are looked at.")
    if not all(one.isprintable() and len(one) <= _LONGEST_NAME for one in members):
        raise Unfit(f"{name} has an array whose name has over {_LONGEST_NAME} letters, or some that cannot be shown.")
    if wanted is not None:
        if f"{wanted}.npy" in members:
            return f"{wanted}.npy"
        raise Unfit(f"{name} holds no array {wanted[:40]!r}, but {', '.join(_shorten(members))}.")
    if len(members) == 1:
        return members[0]
    shapes = {}
    for member in members:
        with held.open(member) as file:
            shapes[member.removesuffix(".npy")] = _read_header(f"{name}, {member}", file)[0]
    raise SeveralArrays(name, shapes)


def _shorten(members: list[str]) -> list[str]:
    names = [member.removesuffix(".npy") for member in members[:_MOST_NAMED]]
    return [*names, "more"] if len(members) > _MOST_NAMED else names


def _read_header(name: str, file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Return the shape of an array, whether it goes by columns, and its type; the file stands at its numbers then."""
    head = io.BytesIO(file.read(_LONGEST_HEADER))
    try:
        found = _HEADERS[np.lib.format.read_magic(head)](head)
    except _BROKEN as error:
        raise Unfit(f"{name} is not a whole array of numbers as numpy.save writes it.") from error
    file.seek(head.tell())
    return found


def _read_array(name: str, file: BinaryIO) -> np.ndarray:
    """Return an array, once its header has told of numbers, and of not too many."""
    shape, column_major, kind = _read_header(name, file)
    check_array(name, shape, kind)
    wanted = math.prod(shape) * kind.itemsize
    data = file.read(wanted)
    if len(data) < wanted:
        raise Unfit(f"{name} is cut off: {wanted:,} bytes of numbers are announced, {len(data):,} are there.")
    return np.frombuffer(data, kind).reshape(shape, order="F" if column_major else "C")


def check_array(name: str, shape: tuple[int, ...], kind: np.dtype) -> None:
    """Raise Unfit for an array that does not hold examples, or too many of them."""
    _check_kind(name, kind)
    _check_shape(name, shape)


def _check_kind(name: str, kind: np.dtype) -> None:
    if kind.hasobject:
        raise Unfit(
            f"{name} holds Python objects, which are never opened, because opening them can run code. Save plain "
            "numbers: numpy.save(file, numpy.array(examples, dtype='float32'))."
        )
    if kind.kind not in "biuf" or kind.itemsize > _WIDEST:
        raise Unfit(f"{name} holds {str(kind)[:40]} and not whole or real numbers.")


def _check_shape(name: str, shape: tuple[int, ...]) -> None:
    """Raise ValueError for a shape that is none of examples, or too large."""
    if len(shape) not in _ARRAY_AXES or any(length < 1 for length in shape):
        raise Unfit(
            f"{name} has the shape {str(shape)[:60]}; wanted are (examples, numbers), (examples, height, width) or "
            "(examples, x, y, z)."
        )
    if len(shape) == max(_ARRAY_AXES) and shape[-1] in _COLOURS:
        raise Unfit(
            f"{name} has the shape {shape}, which looks like pictures in colour. Make them grey: examples.mean(-1)."
        )
    visible = math.prod(shape[1:])
    if visible > MOST_VISIBLE:
        raise Unfit(
            f"{name} has {visible:,} numbers in an example, and at most {MOST_VISIBLE:,} are taken. "
            "Are the examples along the first axis?"
        )
    if shape[0] > MOST_EXAMPLES or shape[0] * visible > MOST_NUMBERS:
        most = min(MOST_EXAMPLES, MOST_NUMBERS // visible)
        raise Unfit(f"{name} has {shape[0]:,} examples, and at most {most:,} of this size are taken.")
