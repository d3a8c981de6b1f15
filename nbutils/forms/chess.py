"""The chess challenge (section 3.5.1): where the pieces stand, and how the shapes that play them are related.

The best shape with the name of a piece plays light, the second best dark; a set of 32 has 12 different ones.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

PIECES = ("king", "queen", "rook", "bishop", "knight", "pawn")
SIDES = ("light", "dark")
Role = tuple[str, str]  # (side, piece)
BACK_ROW = ("rook", "knight", "bishop", "queen", "king", "bishop", "knight", "rook")
HOME_ROWS = {"light": (0, 1), "dark": (7, 6)}  # of the pieces, and of the pawns before them


@dataclass(frozen=True)
class Standing:
    """A piece on its first square. column : 0 to 7 for a to h; row : 0 to 7, light stands on 0 and 1."""

    piece: str
    side: str
    column: int
    row: int


@dataclass(frozen=True)
class Relation:
    """How two shapes are related: both descend from `ancestor`, so many generations back from each; 0 is itself."""

    ancestor: Hashable
    first: int
    second: int

    @property
    def length(self) -> int:
        """Return how many generations lie between the two, by way of the ancestor."""
        return self.first + self.second


def set_up() -> tuple[Standing, ...]:
    """Return all 32 pieces on their first squares."""
    return tuple(
        Standing(piece, side, column, row)
        for side in SIDES
        for row, pieces in zip(HOME_ROWS[side], (BACK_ROW, ("pawn",) * 8), strict=True)
        for column, piece in enumerate(pieces)
    )


def find_relation(first: Sequence[Hashable], second: Sequence[Hashable]) -> Relation | None:
    """Return how two lines of ancestors meet, None where they do not.

    first, second : the shape itself first, then its parent, then the parent's parent; what is equal is the same one
    """
    reached = {}
    for steps, one in enumerate(second):
        reached.setdefault(one, steps)
    for steps, one in enumerate(first):
        if one in reached:
            return Relation(one, steps, reached[one])
    return None


def tell_relation(relation: Relation | None, other: str) -> str:
    """Return in words how a shape is related to another one."""
    if relation is None:
        return f"no common ancestor with {other} is known"
    if relation.length == 0:
        return f"the same shape as {other}"
    if relation.first == 0:
        return f"an ancestor of {other}, {_count(relation.second)} before it"
    if relation.second == 0:
        return f"descends from {other}, {_count(relation.first)} after it"
    return f"a common ancestor with {other}, {_count(relation.first)} back from here and {relation.second} from there"


def _count(generations: int) -> str:
    return f"{generations} generation{'s' if generations != 1 else ''}"
