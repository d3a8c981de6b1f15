"""Pretrained networks, photographs and digits: where they come from, fetched once, checked, converted, kept in a cache.

`load`, `prepare` and the photographs are imported when first asked for, so that looking whether all is there needs
no torch.
"""

import importlib
from typing import TYPE_CHECKING

from nbutils.zoo.cache import cache_folder, is_ready
from nbutils.zoo.catalogue import Address, Archive, Bundle, Entry, Package, Pieces, Unavailable, entries, find_entry
from nbutils.zoo.fetching import Progress, fetch
from nbutils.zoo.verifying import Verdict, verify

if TYPE_CHECKING:
    from nbutils.zoo.album import Album, Photo, Skipped
    from nbutils.zoo.contact_sheet import has_thumbnails, thumbnails
    from nbutils.zoo.image_tree import ImageFolder, Pictures, image_folder
    from nbutils.zoo.labelled_images import LABELLED, Labelled, class_names, labelled
    from nbutils.zoo.mnist import Digits, digits
    from nbutils.zoo.networks import Network, load
    from nbutils.zoo.patching import patches
    from nbutils.zoo.photographs import photos, read_photo
    from nbutils.zoo.pixels import fit
    from nbutils.zoo.preparing import prepare
    from nbutils.zoo.wrapping import wrap

__all__ = [
    "LABELLED",
    "Address",
    "Album",
    "Archive",
    "Bundle",
    "Digits",
    "Entry",
    "ImageFolder",
    "Labelled",
    "Network",
    "Package",
    "Photo",
    "Pictures",
    "Pieces",
    "Progress",
    "Skipped",
    "Unavailable",
    "Verdict",
    "cache_folder",
    "class_names",
    "digits",
    "entries",
    "fetch",
    "find_entry",
    "fit",
    "has_thumbnails",
    "image_folder",
    "is_ready",
    "labelled",
    "load",
    "patches",
    "photos",
    "prepare",
    "read_photo",
    "thumbnails",
    "verify",
    "wrap",
]

_LATER = {
    "Network": "networks",
    "load": "networks",
    "prepare": "preparing",
    "wrap": "wrapping",
    "ImageFolder": "image_tree",
    "Pictures": "image_tree",
    "image_folder": "image_tree",
    "LABELLED": "labelled_images",
    "Labelled": "labelled_images",
    "class_names": "labelled_images",
    "labelled": "labelled_images",
    "Digits": "mnist",
    "digits": "mnist",
    "patches": "patching",
    "fit": "pixels",
    "Album": "album",
    "Photo": "album",
    "Skipped": "album",
    "photos": "photographs",
    "read_photo": "photographs",
    "has_thumbnails": "contact_sheet",
    "thumbnails": "contact_sheet",
}


def __getattr__(name: str) -> object:
    """Import what needs torch, numpy or Pillow when it is first asked for."""
    if name not in _LATER:
        raise AttributeError(f"nbutils.zoo has no {name!r}.")
    value = getattr(importlib.import_module(f"nbutils.zoo.{_LATER[name]}"), name)
    globals()[name] = value
    return value
