"""Sheets: many small pictures of one size in one WebP file, in rows."""

import io

import numpy as np
from PIL import Image

COLUMNS = 16
A_SHEET = 256  # tiles at most
QUALITY = 90  # of WebP, 0..100; below it another network recognises fewer of the pictures


def encode_sheet(tiles: np.ndarray) -> bytes:
    """Return tiles (n, side, side, 3), uint8, as one WebP picture with rows of COLUMNS."""
    count, side = tiles.shape[:2]
    rows = -(-count // COLUMNS)
    sheet = np.zeros((rows, COLUMNS, side, side, 3), np.uint8)
    sheet.reshape(-1, side, side, 3)[:count] = tiles
    pixels = sheet.transpose(0, 2, 1, 3, 4).reshape(rows * side, COLUMNS * side, 3)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=QUALITY, method=6)
    return out.getvalue()


def cut_sheet(encoded: bytes, side: int, count: int, name: str) -> np.ndarray:
    """Return the first tiles of a sheet: (count, side, side, 3), uint8, sRGB.

    Raises ValueError for what is no picture or has another size than its tiles need.
    """
    rows = -(-count // COLUMNS)
    try:
        with Image.open(io.BytesIO(encoded)) as opened:
            if opened.size != (COLUMNS * side, rows * side):
                raise ValueError(f"its size is {opened.size}")
            pixels = np.asarray(opened.convert("RGB"))
    except (OSError, ValueError) as error:
        raise ValueError(f"The sheet {name} of a gallery is damaged ({error}): get it from the repository.") from error
    tiles = pixels.reshape(rows, side, COLUMNS, side, 3).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(tiles.reshape(-1, side, side, 3)[:count])
