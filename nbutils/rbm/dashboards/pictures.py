"""Small grey pictures in the text of a page."""

import base64
import io
from html import escape

import ipywidgets as ipw
import numpy as np
from PIL import Image

LARGEST = 2000  # pixels along a side of what is shown


def picture(gray: np.ndarray, alt: str, zoom: int = 4) -> ipw.HTML:
    """Return grey values as part of the page, each as a square of `zoom` pixels.

    gray : (height, width), uint8, 0 black
    alt : what the picture shows, for those who do not see it
    Raises ValueError for other numbers: bytes say for themselves which value is black and which is white.
    """
    gray = np.asarray(gray)
    if gray.dtype != np.uint8 or gray.ndim != 2 or 0 in gray.shape:
        raise ValueError(
            f"A picture is (height, width) of bytes, 0 black and 255 white; got {gray.shape} of {gray.dtype}. "
            "Probabilities become bytes with to_gray(...)."
        )
    if zoom < 1 or max(gray.shape) * zoom > LARGEST:
        raise ValueError(f"{gray.shape[0]} x {gray.shape[1]} values, {zoom} times larger, are above {LARGEST} pixels.")
    file = io.BytesIO()
    Image.fromarray(gray).resize((gray.shape[1] * zoom, gray.shape[0] * zoom), Image.Resampling.NEAREST).save(
        file, "PNG"
    )
    source = base64.b64encode(file.getvalue()).decode()
    return ipw.HTML(f'<img style="max-width: 100%" alt="{escape(alt)}" src="data:image/png;base64,{source}">')
