"""A channel that answers to faces: found by measuring, then tried on faces of other sizes, places and light."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from nbutils.probe import activations
from nbutils.zoo import Network, prepare

ZOOMS = (0.5, 0.7, 1.4, 2.0)
SHIFTS = (-0.25, 0.25)
LIGHTS = (0.4, 0.7, 1.4)


@dataclass(frozen=True)
class Face:
    """Where a face is on a photograph, in shares of its middle square."""

    photo: str
    top: float
    left: float
    bottom: float
    right: float


# Marked by hand on the two samples of scikit-image that show a person.
FACES = (Face("astronaut", 0.10, 0.33, 0.40, 0.55), Face("photographer", 0.12, 0.33, 0.36, 0.56))


@dataclass(frozen=True)
class Trial:
    """What a channel answers to one changed picture of a face.

    share : its largest answer, as a share of that to the unchanged picture
    on_face : whether it is strongest on the face
    """

    change: str
    share: float
    on_face: bool


def answer(network: Network, layer: str, pixels: np.ndarray) -> np.ndarray:
    """Return what a layer answers to a picture: (channels, height, width), float32.

    pixels : (size, size, 3), uint8, sRGB
    """
    return activations(network.module, prepare(network, pixels), [layer])[layer][0].float().cpu().numpy()


def rank_face_channels(answers: Sequence[np.ndarray], faces: Sequence[Face], others: np.ndarray) -> list[int]:
    """Return the channels that are strongest on the face of every picture, the most outstanding first.

    A channel's score is its weakest answer to a picture with a face over the 95th percentile of its answers to
    photographs without.

    answers : for each picture with a face, (channels, height, width), float
    others : (photographs, channels), float: largest answers to photographs without faces
    """
    on_face = np.all([is_on(maps, face) for maps, face in zip(answers, faces, strict=True)], 0)
    largest = np.min([maps.max((1, 2)) for maps in answers], 0)
    scores = np.where(on_face, largest / np.maximum(np.percentile(others, 95, axis=0), 1e-6), -1)
    return [int(channel) for channel in np.argsort(-scores) if scores[channel] >= 0]


def is_on(maps: np.ndarray, face: Face) -> np.ndarray:
    """Return which channels are strongest within a face, one cell of the map about it included: (channels,), bool.

    maps : (channels, height, width), float
    """
    channels, height, width = maps.shape
    rows, columns = np.divmod(maps.reshape(channels, -1).argmax(1), width)
    rows, columns = (rows + 0.5) / height, (columns + 0.5) / width
    inside = (rows > face.top - 1 / height) & (rows < face.bottom + 1 / height)
    inside &= (columns > face.left - 1 / width) & (columns < face.right + 1 / width)
    return inside & (maps.max((1, 2)) > 0)


def try_face(network: Network, layer: str, channel: int, picture: np.ndarray, face: Face) -> list[Trial]:
    """Return what a channel answers when the face is larger, smaller, elsewhere, mirrored, darker or brighter.

    picture : (side, side, 3), uint8, sRGB, the middle square of the photograph, as large as there is
    Raises ValueError for a channel that does not answer to the picture as it is.
    """
    untouched = answer(network, layer, change_view(picture, face, network.size)[0])[channel].max()
    if untouched <= 0:
        raise ValueError(f"channel {channel} does not answer to {face.photo}: there is nothing to compare with.")
    views = {f"zoom {zoom:g}": change_view(picture, face, network.size, zoom=zoom) for zoom in ZOOMS}
    views |= {
        f"moved {shift:+g} of the width": change_view(picture, face, network.size, shift=shift) for shift in SHIFTS
    }
    plain, place = change_view(picture, face, network.size)
    mirrored = Face(face.photo, place.top, 1 - place.right, place.bottom, 1 - place.left)
    views["mirrored"] = (np.ascontiguousarray(plain[:, ::-1]), mirrored)
    views |= {f"light {light:g}": (change_light(plain, light), place) for light in LIGHTS}
    trials = []
    for name, (pixels, where) in views.items():
        maps = answer(network, layer, pixels)[channel : channel + 1]
        trials.append(Trial(name, float(maps.max() / untouched), bool(is_on(maps, where)[0])))
    return trials


def change_view(
    picture: np.ndarray, face: Face, size: int, zoom: float = 1.0, shift: float = 0.0
) -> tuple[np.ndarray, Face]:
    """Return a square picture seen from nearer or farther, the face moved sideways, and where the face is then.

    Beyond the edges the outermost pixels go on.

    picture : (side, side, 3), uint8
    zoom : how many times larger the face gets, about its middle
    shift : how far it moves to the right, as a share of the width
    """
    side = len(picture)
    middle = np.array([face.top + face.bottom, face.left + face.right]) / 2
    corner = middle - middle / zoom - np.array([0, shift / zoom])
    padded = np.pad(picture, ((side, side), (side, side), (0, 0)), "edge")
    top, left = (corner + 1) * side
    box = (left, top, left + side / zoom, top + side / zoom)
    seen = Image.fromarray(padded).resize((size, size), Image.Resampling.BILINEAR, box=box, reducing_gap=3.0)
    (top, left), (bottom, right) = (
        (np.array(edge) - corner) * zoom for edge in ((face.top, face.left), (face.bottom, face.right))
    )
    return np.array(seen), Face(face.photo, top, left, bottom, right)


def change_light(pixels: np.ndarray, light: float) -> np.ndarray:
    """Return a picture with every sRGB value multiplied, 255 at most: uint8."""
    return np.clip(np.round(pixels * light), 0, 255).astype(np.uint8)
