"""All photographs on one wall, to choose from."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from nbutils.widgets import Wall
from nbutils.zoo import Photo

THUMBNAIL, ACROSS = 64, 25
HEIGHT, LEAST = 260, 56


def make_strip() -> Wall:
    """Make the wall, empty."""
    label = "all photographs: click one to look at it"
    return Wall(height=HEIGHT, least=LEAST, noun="photograph", label=label).add_class("dv-strip")


def find_photo(photos: Sequence[Photo], name: str) -> Photo:
    """Return the photograph of that name; ValueError says where all can be seen."""
    for photo in photos:
        if photo.name == name:
            return photo
    raise ValueError(f'There is no photograph "{name}"; "All photographs" shows the {len(photos)} there are.')


def fill_strip(strip: Wall, photos: Sequence[Photo], pictures: np.ndarray) -> None:
    """Put the photographs on their wall, all in one JPEG.

    pictures : (n, THUMBNAIL, THUMBNAIL, 3), uint8, sRGB
    """
    rows = -(-len(photos) // ACROSS)
    sheet = np.zeros((rows * ACROSS, *pictures.shape[1:]), np.uint8)
    sheet[: len(pictures)] = pictures
    sheet = sheet.reshape(rows, ACROSS, THUMBNAIL, THUMBNAIL, 3).swapaxes(1, 2)
    out = io.BytesIO()
    Image.fromarray(sheet.reshape(rows * THUMBNAIL, ACROSS * THUMBNAIL, 3)).save(out, "JPEG", quality=80)
    names = [photo.name for photo in photos]
    strip.show_atlas(out.getvalue(), len(photos), THUMBNAIL, THUMBNAIL, ACROSS, names)
