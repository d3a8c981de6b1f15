"""Probabilities as grey values between fixed limits, so that one picture can be compared with the next."""

import numpy as np


def to_gray(probabilities: np.ndarray) -> np.ndarray:
    """Return probabilities as grey values, 0 black and 1 white whatever else is in the picture: uint8, same shape.

    probabilities : any shape, float 0..1, or uint8 0..255 as it comes from here
    Raises ValueError for a number that is not finite: there is no grey for it.
    """
    probabilities = np.asarray(probabilities)
    if probabilities.dtype == np.uint8:
        return probabilities
    if not np.isfinite(probabilities).all():
        raise ValueError("a probability is not a finite number: the weights have left the range of numbers.")
    return np.round(np.clip(probabilities.astype(np.float32), 0, 1) * 255).astype(np.uint8)


def to_columns(gray: np.ndarray) -> np.ndarray:
    """Return a picture cut into its columns, one tile a column: (width, height, 1), uint8.

    gray : (height, width), uint8
    """
    return np.ascontiguousarray(gray.T[:, :, None])
