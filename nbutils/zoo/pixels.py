"""A picture as a square of pixels, whatever kind of picture it is."""

import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

MAX_IMAGE_PIXELS = 40_000_000
MAX_SIZE = 2048
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
# What Pillow's decoders raise on broken files, beside its own UnidentifiedImageError (an OSError).
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, ArithmeticError, struct.error)


def read_pixels(path: Path, size: int) -> np.ndarray:
    """Return the middle square of a picture file, resized : (size, size, 3), uint8, 0..255.

    The rotation that the camera wrote down is done, transparency lies on white, and every pixel of the result is an
    average over the area that it covers. Raises ValueError where the file is no picture, has more than
    MAX_IMAGE_PIXELS, or size is not in 1..MAX_SIZE.
    """
    _require_size(size)
    try:
        with Image.open(path, formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height <= MAX_IMAGE_PIXELS:
                picture.draft("RGB", (size, size))  # a large JPEG is decoded at a half, a quarter or an eighth
                return np.array(_cut_square(_as_rgb(ImageOps.exif_transpose(picture)), size))
    except FileNotFoundError as error:
        raise ValueError(f"The picture {path.name} is not there any more.") from error
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise ValueError(f"{path.name} is not a picture that can be read.") from error
    raise ValueError(
        f"{path.name} has {width} x {height} pixels; at most {MAX_IMAGE_PIXELS // 1_000_000} million are read."
    )


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
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, layer).convert("RGB")


def _cut_square(picture: Image.Image, size: int) -> Image.Image:
    """Return the largest square in the middle, resized."""
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    return picture.resize((size, size), Image.Resampling.BILINEAR, box=box, reducing_gap=3.0)
