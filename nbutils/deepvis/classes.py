"""Which of ImageNet's classes a photograph of the collections shows."""

import random
from collections.abc import Sequence

from nbutils.zoo import Photo

# Places of classes in ImageNet's usual order: pizza; tabby to Egyptian cat; Chihuahua to Mexican hairless. The file
# names of the collections begin with what is on the photograph.
CLASSES = {
    "pizza": range(963, 964),
    "cat": range(281, 286),
    "dog": range(151, 269),
    # Foods that ImageNet's 1000 classes do not know.
    "steak": range(0),
    "sushi": range(0),
}


def subject_of(photo: Photo) -> str:
    """Return what a photograph of food or pets shows, a key of CLASSES; "" for the samples."""
    word = photo.name.split("-")[0]
    return word if photo.collection in ("food", "pets") and word in CLASSES else ""


def mix(photos: Sequence[Photo], number: int, seed: int = 0) -> list[Photo]:
    """Return so many of the photographs in an order by chance, all where there are not more."""
    return random.Random(seed).sample(list(photos), min(number, len(photos)))
