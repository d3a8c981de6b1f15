"""One palette for the whole suite: page colours, categories, and lookup tables for grey values."""

from functools import cache

import numpy as np

# The same as --dv-paper and so on of widgets/style.css and of the Voila template; a test compares them.
PAPER = "#faf8f4"
INK = "#1f2428"
MUTED = "#5b6168"
LINE = "#d9d5cc"
ACCENT = "#1a6fb5"
STALE = "#9a6700"
STALE_PAPER = "#fff3d6"
ERROR = "#b3261e"
STAGE = "#14161a"

# Petroff's ten-colour cycle (arXiv 2107.02270, table of the 10-colour set): told apart by the colour-blind.
CATEGORIES = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
MARKERS = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "x",
    "cross",
    "triangle-down",
    "star",
    "pentagon",
    "hexagon",
)
DASHES = (
    "solid",
    "dash",
    "dot",
    "dashdot",
    "longdash",
    "longdashdot",
    "solid",
    "dash",
    "dot",
    "dashdot",
)

TABLES = ("gray", "inferno", "cividis", "diverging")


@cache
def lookup(name: str) -> np.ndarray:
    """Return a lookup table from grey value to colour: (256, 3), uint8, sRGB.

    "gray", "inferno" and "cividis" run from dark to light; "diverging" is blue, white at 128, red.
    Raises ValueError for another name.
    """
    if name not in TABLES:
        raise ValueError(f'There is no colour table "{name}"; choose one of {", ".join(TABLES)}.')
    if name == "gray":
        colours = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, 1)
    else:
        import matplotlib as mpl  # half a second and 20 MB, which a page in grey does not need

        table = mpl.colormaps["RdBu_r" if name == "diverging" else name]
        colours = np.round(table(np.arange(256))[:, :3] * 255).astype(np.uint8)
    colours.flags.writeable = False
    return colours


def lift(name: str, gamma: float, signed: bool = False) -> np.ndarray:
    """Return a lookup table that lifts faint values before it colours them: (256, 3), uint8, sRGB.

    A value v in 0..1 is shown as v ** gamma; where signed, v is the distance from the middle (grey 128) and any
    table but "gray" gives way to "diverging", because a middle must look like one.
    """
    table = lookup("diverging" if signed and name != "gray" else name)
    grey = np.arange(256)
    if signed:
        distance = np.abs(grey - 128) / 128
        places = 128 + np.sign(grey - 128) * distance**gamma * 128
    else:
        places = (grey / 255) ** gamma * 255
    return table[np.clip(np.round(places), 0, 255).astype(int)]


def spread_faint(picture: np.ndarray, gamma: float) -> np.ndarray:
    """Return a picture around grey 128 in which faint colours are seen: one in 100 becomes as strong as can be.

    A distance d from grey, in shares of that strongest one, is shown as d ** gamma; grey stays grey.
    picture : any shape, uint8, sRGB
    """
    offsets = picture.astype(np.float32) - 128
    faint = np.abs(offsets[offsets != 0])
    if not faint.size:
        return picture
    shares = np.minimum(1, np.abs(offsets) / np.percentile(faint, 99)) ** gamma
    return np.round(128 + np.sign(offsets) * shares * 127).astype(np.uint8)
