"""Pictures in rows of three, each with its caption under it, as HTML that needs nothing else."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from PIL import Image

QUALITY = 85  # of WebP, 0..100


@dataclass(frozen=True)
class Tile:
    """One picture of a grid.

    pixels : (height, width, 3), uint8, sRGB
    caption : plain text under it
    said : what it shows, for who cannot see it
    """

    pixels: np.ndarray
    caption: str
    said: str


def grid(tiles: Sequence[Tile], columns: int = 3) -> str:
    """Return pictures side by side with their captions, as HTML; every text is escaped."""
    figures = "".join(
        f"<figure><img src='{to_data_uri(tile.pixels)}' alt='{escape(tile.said, quote=True)}'>"
        f"<figcaption>{escape(tile.caption)}</figcaption></figure>"
        for tile in tiles
    )
    return f"<div class='dv-grid' style='--n: {int(columns)}'>{figures}</div>"


def to_data_uri(pixels: np.ndarray) -> str:
    """Return a picture as the address that holds it whole.

    pixels : (height, width, 3), uint8, sRGB
    """
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "WEBP", quality=QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"
