"""Making the table of `wordnet` from WordNet's own file of nouns."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from nbutils.zoo.wordnet import TABLE, class_nodes

_HEAD = """\
# Part of WordNet 3.0, Copyright 2006 by Princeton University. All rights reserved. Licence: wordnet.LICENSE.txt
# ImageNet's 1000 classes and all that stands above them: node, its parents (hypernyms), its words.
# Made by `python -m nbutils data wordnet PATH`, PATH being data.noun with the SHA-256
# {sha256}
"""
_HYPERNYMS = ("@", "@i")


def write_table(nouns: Path) -> Path:
    """Write the table of ImageNet's classes anew and return its path; raises what `make_table` does."""
    data = nouns.read_bytes()
    text = make_table(data.decode("utf-8").splitlines(), class_nodes(), hashlib.sha256(data).hexdigest())
    part = TABLE.with_name(f"{TABLE.name}.{os.getpid()}.part")
    part.write_text(text, "utf-8")
    part.replace(TABLE)
    return TABLE


def make_table(nouns: Iterable[str], classes: Iterable[str], sha256: str) -> str:
    """Return the table's text.

    nouns : the lines of data.noun, whose form is described in WordNet's manual page wndb(5)
    classes : the nodes from which all above is taken; sha256 : of data.noun, written into the head
    Raises ValueError where a line is none of data.noun, or a node is not there.
    """
    nodes = dict(_read_line(line) for line in nouns if not line.startswith("  "))
    wanted = set()
    above = list(classes)
    while above:
        name = above.pop()
        if name not in nodes:
            raise ValueError(f"These nouns have no {name}; the data.noun of WordNet 3.0 is wanted.")
        if name not in wanted:
            wanted.add(name)
            above += nodes[name][0]
    rows = (f"{name}\t{' '.join(nodes[name][0])}\t{'; '.join(nodes[name][1])}\n" for name in sorted(wanted))
    return _HEAD.format(sha256=sha256) + "".join(rows)


def _read_line(line: str) -> tuple[str, tuple[list[str], list[str]]]:
    """Return a node, its parents and its words.

    A line is: offset, number of a file, letter, number of words (hexadecimal), word and number for each, number of
    pointers, then symbol, offset, letter and two numbers for each, and after a bar the meaning.
    """
    try:
        said = line.partition("|")[0].split()
        words = 4 + 2 * int(said[3], 16)
        pointers = said[words + 1 : words + 1 + 4 * int(said[words])]
        parents = [f"n{pointers[at + 1]}" for at in range(0, len(pointers), 4) if pointers[at] in _HYPERNYMS]
    except (IndexError, ValueError) as error:
        raise ValueError(f"This is no line of data.noun: {line[:60]!r}.") from error
    return f"n{said[0]}", (parents, [word.replace("_", " ") for word in said[4:words:2]])
