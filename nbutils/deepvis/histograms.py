"""One small histogram for each channel, drawn as grey pixels."""

import numpy as np

BAR_COUNTS = (48, 24, 16, 12, 8)  # divisors of the number of bins
NARROWEST_BAR = 2
SMALLEST_TILE, LARGEST_TILE = 16, 96
DARK, FAINT, GRID, BRIGHT = 14, 70, 40, 235
DECADES = 4  # a bar's height covers counts from the highest down to a ten-thousandth of it


def draw_histograms(counts: np.ndarray, dead: np.ndarray, room: int) -> np.ndarray:
    """Return one tile a channel with bars that are at least two pixels wide: (channels, side, side), uint8.

    A bar's height is the logarithm of its count over four powers of ten, so that rare strong answers are seen beside
    the many near zero. The tile of a dead channel has a diagonal cross in place of bars.

    counts : (channels, bins), int, bins a multiple of every number in BAR_COUNTS
    dead : (channels,), bool
    room : pixels that a tile gets on the screen
    """
    side = min(max(room, SMALLEST_TILE), LARGEST_TILE)
    bars = next((number for number in BAR_COUNTS if number * NARROWEST_BAR <= side - 2), BAR_COUNTS[-1])
    heights = bar_heights(join_bins(counts, bars), side - 3)
    column_bars = np.arange(side - 2) * bars // (side - 2)
    rows = np.arange(side - 2)[::-1]
    filled = rows[None, :, None] < heights[:, None, column_bars]
    tiles = np.full((len(counts), side, side), DARK, np.uint8)
    tiles[:, 1:-1, 1:-1][filled] = BRIGHT
    tiles[:, -1, :] = GRID
    tiles[dead] = _cross(side)
    return tiles


def join_bins(counts: np.ndarray, bars: int) -> np.ndarray:
    """Return the counts of neighbouring bins put together: (channels, bars).

    counts : (channels, bins), bins a multiple of bars
    """
    return counts.reshape(len(counts), bars, -1).sum(2)


def bar_heights(counts: np.ndarray, highest: int) -> np.ndarray:
    """Return the height of each bar in pixels, logarithmic, at least one where there is a count: (channels, bars), int.

    counts : (channels, bars), int
    highest : height in pixels of each channel's highest bar
    """
    share = np.log10(np.maximum(counts, 1) / np.maximum(counts.max(1, keepdims=True), 1)) / DECADES + 1
    return np.where(counts > 0, np.maximum(np.round(share * highest), 1), 0).astype(int)


def _cross(side: int) -> np.ndarray:
    """Return the tile of a channel that never answered: (side, side), uint8."""
    tile = np.full((side, side), DARK, np.uint8)
    places = np.arange(2, side - 2)
    tile[places, places] = tile[places, side - 1 - places] = FAINT
    return tile
