"""A picture as a square of pixels, whatever kind of picture it is."""

import io
import os
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from nbutils.zoo.album import IS_CUT_OFF, IS_NO_PICTURE

MAX_IMAGE_PIXELS = 40_000_000
MAX_SIZE = 2048
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}
_MOST_SEARCHED = 100_000_000
_IS_A_BOMB = f"has more than {2 * Image.MAX_IMAGE_PIXELS // 1_000_000} million pixels"
# What Pillow's decoders raise on broken files, beside its own UnidentifiedImageError (an OSError).
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, ArithmeticError, struct.error)
_Shape = Callable[[Image.Image, int], Image.Image]


def read_pixels(path: Path, size: int) -> np.ndarray:
    """Return the middle square of a picture file, resized : (size, size, 3), uint8, 0..255.

    The rotation that the camera wrote down is done, transparency lies on white, of several frames it is the first,
    and every pixel of the result is an average over the area that it covers. Raises ValueError where the file is no
    picture, has too many pixels to be decoded (see find_fault), or size is not in 1..MAX_SIZE.
    """
    return _decode(path, path.name, size, _cut_square)


def warp_pixels(path: Path, size: int) -> np.ndarray:
    """Return a whole picture file pulled to a square : (size, size, 3), uint8, 0..255; else as `read_pixels` does."""
    return _decode(path, path.name, size, _warp)


def decode_pixels(data: bytes, name: str, size: int) -> np.ndarray:
    """Return what `read_pixels` does, for the bytes of a picture file; `name` is what messages call it."""
    return _decode(io.BytesIO(data), name, size, _cut_square)


def count_pixels(data: bytes) -> int:
    """Return width times height of a picture file, which is not decoded; 0 where its bytes are none."""
    try:
        with _open(io.BytesIO(data)) as picture:
            return _pixels_of(picture)
    except (Image.DecompressionBombError, *_BROKEN):
        return 0


def _decode(source: Path | BinaryIO, name: str, size: int, shape: _Shape) -> np.ndarray:
    """Return a picture brought into shape : (size, size, 3), uint8, 0..255."""
    _require_size(size)
    try:
        with _open(source) as picture:
            reason = _too_large(picture)
            picture.draft("RGB", (size, size))  # a large JPEG is decoded at a half, a quarter or an eighth
            if reason is None and _pixels_of(picture) > MAX_IMAGE_PIXELS:
                reason = f"has {_pixels_of(picture) / 1e6:.0f} million pixels in this shape"
            if reason is None:
                return np.array(shape(_as_rgb(ImageOps.exif_transpose(picture)), size))
    except FileNotFoundError as error:
        raise ValueError(f"The picture {name} is not there any more.") from error
    except Image.DecompressionBombError:
        reason = _IS_A_BOMB
    except _BROKEN as error:
        raise ValueError(f"{name} is not a picture that can be read.") from error
    raise ValueError(f"{name} {reason}; at most {MAX_IMAGE_PIXELS // 1_000_000} million are decoded.")


def find_fault(path: Path) -> str | None:
    """Return why a file cannot be read as a picture, from its first and last bytes, or None.

    Raises OSError where it cannot be opened.
    """
    try:
        with path.open("rb") as file, _open(file) as picture:
            return _too_large(picture) or (None if _is_whole(picture, file) else IS_CUT_OFF)
    except Image.DecompressionBombError:
        return _IS_A_BOMB
    except UnidentifiedImageError:
        return IS_NO_PICTURE
    except PermissionError:
        raise
    except _BROKEN:
        return IS_NO_PICTURE


def _open(source: Path | BinaryIO) -> Image.Image:
    """Open a picture without decoding it; its size is for the caller to judge, so Pillow's warning is kept quiet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return Image.open(source, formats=_FORMATS)


def _pixels_of(picture: Image.Image) -> int:
    return picture.size[0] * picture.size[1]


def _too_large(picture: Image.Image) -> str | None:
    """Return how many pixels a picture has, where it can neither be decoded whole nor at a part of its size.

    Only a JPEG can be decoded smaller, and a progressive one is held whole in memory even then.
    """
    smaller = picture.format == "JPEG" and "progressive" not in picture.info
    if smaller or _pixels_of(picture) <= MAX_IMAGE_PIXELS:
        return None
    return f"has {_pixels_of(picture) / 1e6:.0f} million pixels"


def _is_whole(picture: Image.Image, file: BinaryIO) -> bool:
    """Say whether a JPEG or PNG file has its end; pictures of other kinds are taken to be whole."""
    end = _ENDS.get(picture.format)
    if end is None:
        return True
    begin = file.tell()  # after the header, which can hold a small JPEG with an end of its own
    file.seek(-len(end), os.SEEK_END)
    if file.read() == end:
        return True
    file.seek(begin)
    return end in file.read(_MOST_SEARCHED)  # some cameras write more after the picture


def fit(pixels: np.ndarray, size: int) -> np.ndarray:
    """Return the middle square of a picture, resized : (size, size, 3), uint8, 0..255.

    pixels : (height, width, 3), uint8, 0..255
    Raises ValueError for another shape or type, for no pixels at all, or where size is not in 1..MAX_SIZE.
    """
    _require_size(size)
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError(
            f"A picture is uint8 pixels of shape (height, width, 3); this is {pixels.dtype} of shape {pixels.shape}."
        )
    return np.array(_cut_square(Image.fromarray(np.ascontiguousarray(pixels)), size))


def _require_size(size: int) -> None:
    """Raise ValueError for a side that is out of range."""
    if not 1 <= size <= MAX_SIZE:
        raise ValueError(f"A picture can be read at 1 to {MAX_SIZE} pixels a side, not at {size}.")


def _as_rgb(picture: Image.Image) -> Image.Image:
    """Return the picture in red, green and blue, its transparent parts on white."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if picture.mode in ("I", "F"):
        return Image.fromarray(_to_bytes(np.asarray(picture))).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, layer).convert("RGB")


def _to_bytes(values: np.ndarray) -> np.ndarray:
    """Return grey values of 32 bits as uint8; their largest says whether they reach to 1, 255 or 65535.

    values : (height, width), int32 or float32
    """
    finite = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    largest = float(finite.max(initial=0))
    white = 1 if values.dtype.kind == "f" and largest <= 1 else 255 if largest <= 255 else max(65535, largest)
    return np.clip(finite * (255 / white), 0, 255).astype(np.uint8)


def _cut_square(picture: Image.Image, size: int) -> Image.Image:
    """Return the largest square in the middle, resized."""
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    return picture.resize((size, size), Image.Resampling.BILINEAR, box=box, reducing_gap=3.0)


def _warp(picture: Image.Image, size: int) -> Image.Image:
    """Return the whole picture, resized without keeping its proportions."""
    return picture.resize((size, size), Image.Resampling.BILINEAR, reducing_gap=3.0)
