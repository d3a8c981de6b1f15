"""A sheet of paper with pictures on dark ground, words and bars: what a page shows, as one picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nbutils.figures.palette import ACCENT, INK, LINE, MUTED, PAPER, STAGE

MARGIN, GAP, FRAME = 28, 28, 10
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 26, 17, 15
TALLEST, WIDEST = 4_000, 4_000
MOST_LINES = 4
# Told apart from any grey and from the near-black ground around a tile.
RING = "#ffb000"


@dataclass(frozen=True)
class Picture:
    """A picture on dark ground, enlarged by a whole factor or brought down to the width of its column."""

    pixels: np.ndarray  # (height, width, 3), uint8, sRGB


@dataclass(frozen=True)
class Words:
    """A text, broken into lines."""

    text: str
    size: int = TEXT_SIZE
    colour: str = INK


@dataclass(frozen=True)
class Shares:
    """Named shares between 0 and 1 as bars."""

    rows: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Column:
    """Blocks that stand below each other."""

    width: int
    blocks: tuple[Picture | Words | Shares, ...]


def draw_sheet(title: str, subtitle: str, columns: Sequence[Column], foot: str) -> np.ndarray:
    """Return columns side by side between a title and a foot : (height, width, 3), uint8, sRGB.

    Raises ValueError for columns that are wider than a sheet together.
    """
    width = sum(column.width for column in columns) + GAP * (len(columns) - 1) + 2 * MARGIN
    if width > WIDEST:
        raise ValueError(f"A sheet is at most {WIDEST} pixels wide, and these columns take {width}.")
    sheet = Image.new("RGB", (width, TALLEST), PAPER)
    inner = width - 2 * MARGIN
    y = _draw_words(sheet, (MARGIN, MARGIN), inner, Words(title, TITLE_SIZE))
    top = _draw_words(sheet, (MARGIN, y + 6), inner, Words(subtitle, TEXT_SIZE, MUTED)) + 20
    x, bottom = MARGIN, top
    for column in columns:
        bottom = max(bottom, _draw_column(sheet, (x, top), column))
        x += column.width + GAP
    end = _draw_words(sheet, (MARGIN, bottom + 8), inner, Words(foot, SMALL_SIZE, MUTED)) + MARGIN
    return np.asarray(sheet.crop((0, 0, width, min(end, TALLEST))))


def lay_tiles(tiles: np.ndarray, table: np.ndarray, columns: int, width: int, selected: int | None) -> np.ndarray:
    """Return tiles in rows, coloured, one of them ringed : (height, width or less, 3), uint8, sRGB.

    tiles : (n, height, width), uint8, grey
    table : (256, 3), uint8, sRGB: the colour of each grey
    """
    number, high, wide = tiles.shape
    rows, gap = ceil(number / columns), 2
    factor = max(1, (width - gap * columns) // (columns * wide))
    coloured = table[tiles].repeat(factor, 1).repeat(factor, 2)
    high, wide = high * factor + gap, wide * factor + gap
    grid = np.empty((rows * high, columns * wide, 3), np.uint8)
    grid[:] = _rgb(STAGE)
    for place, tile in enumerate(coloured):
        y, x = divmod(place, columns)
        grid[y * high + 1 : (y + 1) * high - 1, x * wide + 1 : (x + 1) * wide - 1] = tile
    if selected is not None and 0 <= selected < number:
        _ring(grid, (selected // columns * high, selected % columns * wide), (high, wide))
    return grid


def _ring(grid: np.ndarray, corner: tuple[int, int], size: tuple[int, int], thick: int = 3) -> None:
    """Draw a ring just inside and around a tile."""
    (y, x), (high, wide) = corner, size
    top, left = max(y - 1, 0), max(x - 1, 0)
    part = grid[top : y + high + 1, left : x + wide + 1]
    inside = part[thick:-thick, thick:-thick].copy()
    part[:] = _rgb(RING)
    part[thick:-thick, thick:-thick] = inside


def _draw_column(sheet: Image.Image, corner: tuple[int, int], column: Column) -> int:
    """Draw the blocks below each other; returns where they end."""
    x, y = corner
    for block in column.blocks:
        draw = {Picture: _draw_picture, Words: _draw_words, Shares: _draw_shares}[type(block)]
        y = draw(sheet, (x, y), column.width, block) + 12
    return y


def _draw_picture(sheet: Image.Image, corner: tuple[int, int], width: int, block: Picture) -> int:
    picture = Image.fromarray(np.ascontiguousarray(block.pixels))
    room = width - 2 * FRAME
    if picture.width <= room:
        factor = min(room // picture.width, max(1, room // picture.height))
        picture = picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    else:
        size = (room, max(1, round(picture.height * room / picture.width)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    (x, y), high = corner, picture.height + 2 * FRAME
    ImageDraw.Draw(sheet).rectangle((x, y, x + width - 1, y + high - 1), fill=STAGE)
    sheet.paste(picture, (x + (width - picture.width) // 2, y + FRAME))
    return y + high


def _draw_words(sheet: Image.Image, corner: tuple[int, int], width: int, block: Words) -> int:
    font, draw = _font(block.size), ImageDraw.Draw(sheet)
    (x, y), line = corner, round(block.size * 1.4)
    for text in break_lines(block.text, width, block.size):
        draw.text((x, y), text, fill=block.colour, font=font)
        y += line
    return y


def _draw_shares(sheet: Image.Image, corner: tuple[int, int], width: int, block: Shares) -> int:
    font, draw = _font(SMALL_SIZE), ImageDraw.Draw(sheet)
    (x, y), room = corner, 48
    for name, share in block.rows:
        draw.text((x, y), break_lines(name, width - room - 8, SMALL_SIZE, 1)[0], fill=INK, font=font)
        draw.text((x + width, y), f"{share:.2f}", fill=INK, font=font, anchor="ra")
        draw.rectangle((x, y + 22, x + width - 1, y + 28), fill=LINE)
        draw.rectangle((x, y + 22, x + round((width - 1) * min(max(share, 0), 1)), y + 28), fill=ACCENT)
        y += 40
    return y


def break_lines(text: str, width: int, size: int, most: int = MOST_LINES) -> list[str]:
    """Return the text in lines that fit the width; what is too long for a line or for all of them ends in an ellipsis.

    width : pixels that a line may take
    size : height of the type in pixels
    """
    font, lines = _font(size), [""]
    for word in " ".join(text.split()).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [_cut(line, width, font) for line in lines]


def _cut(line: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    if font.getlength(line) <= width:
        return line
    kept = line.removesuffix(" …")
    while kept and font.getlength(f"{kept}…") > width:
        kept = kept[:-1]
    return f"{kept}…"


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    import matplotlib as mpl  # it brings DejaVu Sans, which has Greek, Cyrillic, Arabic and the signs of arithmetic

    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", size)


def _rgb(colour: str) -> tuple[int, int, int]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))
