"""The corners of a voxel: in how many ways they can be inside or outside, and how many of those differ."""

from itertools import combinations, permutations, product

CORNERS = tuple(product((-1, 1), repeat=3))
Turn = tuple[int, ...]  # corner -> the corner that it comes to


def count_patterns() -> dict[str, int]:
    """Return how many patterns of eight corners differ, when those that symmetries make of each other count as one.

    Section 3.3.3 of the thesis says 2^8 = 256, of which 15 are unique (Lorensen and Cline, 1987).
    """
    turns = [turn for turn, proper in list_symmetries() if proper]
    all_of_them = [turn for turn, _ in list_symmetries()]
    return {
        "patterns": 2 ** len(CORNERS),
        "up to rotation": count_orbits(turns, exchange=False),
        "up to rotation and mirroring": count_orbits(all_of_them, exchange=False),
        "up to rotation and inside for outside": count_orbits(turns, exchange=True),
        "up to rotation, mirroring and inside for outside": count_orbits(all_of_them, exchange=True),
    }


def list_symmetries() -> list[tuple[Turn, bool]]:
    """Return the 48 ways to lay a cube onto itself; True for the 24 that are rotations."""
    found = []
    for order, signs in product(permutations(range(3)), CORNERS):
        swaps = sum(first > second for first, second in combinations(order, 2))
        proper = (-1) ** swaps * signs[0] * signs[1] * signs[2] == 1
        moved = (tuple(corner[axis] * sign for axis, sign in zip(order, signs, strict=True)) for corner in CORNERS)
        found.append((tuple(CORNERS.index(corner) for corner in moved), proper))
    return found


def count_orbits(turns: list[Turn], exchange: bool) -> int:
    """Return how many patterns are left when each is named by the smallest of those that it can be turned into.

    exchange : whether inside and outside may change places, too
    """
    names = set()
    for pattern in range(2 ** len(CORNERS)):
        turned = [sum((pattern >> old & 1) << new for old, new in enumerate(turn)) for turn in turns]
        names.add(min(turned + [one ^ 255 for one in turned] if exchange else turned))
    return len(names)
