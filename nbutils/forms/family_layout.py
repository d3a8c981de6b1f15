"""Where each generation of a family tree stands in a picture: forks fan out around what they were begun from.

Every tree is cut into paths, each of which goes on with the child that has most descendants. A path is drawn straight;
the others leave its generations to both sides, inside wedges that do not overlap, so nothing lies on anything else.
A child that leaves a path has at most half of its descendants: of n generations no one is more than log2(n) turns away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, pi, sin, sqrt

import numpy as np

from nbutils.forms.families import check_parents, list_children

SPACING = 1.0  # between a generation and the next one
ASPECT = 1.5  # of the picture in which families stand side by side
_HALF = SPACING / 2
_WIDTHS = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5)  # of the shelves, in sides of the area of all trees
_GROWTH = 1.12  # by which a fan that is too narrow for its branches moves outwards


@dataclass(frozen=True)
class Branch:
    """A path and all that leaves it, in a box along +x: it begins at x = 0, and |y| is at most `half`.

    places : the generations of the path; at : how far along the path each stands
    """

    places: tuple[int, ...]
    at: tuple[float, ...]
    length: float
    half: float


@dataclass(frozen=True)
class Fan:
    """Branches around one generation: (branch, direction), each beginning at `away` from it.

    behind, ahead, half : how far the fan reaches against the path, along it, and to either side
    """

    branches: tuple[tuple[Branch, float], ...] = ()
    away: float = 0.0
    behind: float = _HALF
    ahead: float = _HALF
    half: float = _HALF


def lay_out(parents: Sequence[int] | np.ndarray) -> np.ndarray:
    """Return where generations stand: (n, 2) float32, x to the right, y down, none nearer than 1 to another.

    parents : (n,) int, the place of each generation's parent, -1 for none; parents before their children
    Raises ValueError where they are not.
    """
    parents = check_parents(parents)
    children = list_children(parents)
    heavy = _find_heirs(parents, children)
    fans: dict[int, Fan] = {}
    branches: dict[int, Branch] = {}
    for place in reversed(range(len(parents))):
        leaving = [branches[child] for child in children[place] if child != heavy[place]]
        if leaving:
            fans[place] = _spread(leaving)
        parent = parents[place]
        if parent < 0 or heavy[parent] != place:
            branches[place] = _join(place, heavy, fans)
    points = np.zeros((len(parents), 2), np.float32)
    _pack([branches[root] for root in np.flatnonzero(parents < 0).tolist()], fans, points)
    return points


def _find_heirs(parents: np.ndarray, children: Sequence[Sequence[int]]) -> list[int]:
    """Return the child of each generation that has most descendants, -1 where there is none."""
    sizes = [1] * len(parents)
    for place in reversed(range(len(parents))):
        if parents[place] >= 0:
            sizes[parents[place]] += sizes[place]
    return [max(own, key=sizes.__getitem__, default=-1) for own in children]


def _join(first: int, heavy: Sequence[int], fans: dict[int, Fan]) -> Branch:
    """Return the path from a generation on, its fans one after the other."""
    places, at, reached, half, place = [], [], 0.0, 0.0, first
    while place >= 0:
        fan = fans.get(place, Fan())
        places.append(place)
        at.append(reached + fan.behind)
        reached += fan.behind + fan.ahead
        half = max(half, fan.half)
        place = heavy[place]
    return Branch(tuple(places), tuple(at), reached, half)


def _spread(branches: Sequence[Branch]) -> Fan:
    """Return a fan of branches to both sides of a path, the longest ones across it."""
    longest_first = sorted(branches, key=lambda branch: -branch.length)
    away = SPACING
    while (sides := _share_out(longest_first, away)) is None:
        away *= _GROWTH
    placed = [pair for sign, side in zip((1, -1), sides, strict=True) for pair in _turn(side, away, sign)]
    corners = [
        (x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle))
        for branch, angle in placed
        for x in (away, away + branch.length)
        for y in (-branch.half, branch.half)
    ]
    return Fan(
        tuple(placed),
        away,
        behind=max(_HALF, *(-x for x, _ in corners)),
        ahead=max(_HALF, *(x for x, _ in corners)),
        half=max(_HALF, *(abs(y) for _, y in corners)),
    )


def _wedge(half: float, away: float) -> float:
    """Return the angle that a branch takes of the circle at whose rim it begins."""
    return 2 * atan(half / away)


def _share_out(branches: Sequence[Branch], away: float) -> tuple[list[Branch], list[Branch]] | None:
    """Return the branches of either side of a path, None where they have no room beside it at this distance."""
    room = pi - _wedge(_HALF, away)
    sides: tuple[list[Branch], list[Branch]] = ([], [])
    taken = [0.0, 0.0]
    for branch in branches:
        side = 0 if taken[0] <= taken[1] else 1
        taken[side] += _wedge(branch.half, away)
        if taken[side] > room:
            return None
        sides[side].append(branch)
    return sides


def _turn(side: Sequence[Branch], away: float, sign: int) -> list[tuple[Branch, float]]:
    """Return each branch of a side with its direction: wedge beside wedge, the first ones in the middle."""
    ordered = [*reversed(side[1::2]), *side[::2]]
    angle = pi / 2 - sum(_wedge(branch.half, away) for branch in side) / 2
    placed = []
    for branch in ordered:
        wedge = _wedge(branch.half, away)
        placed.append((branch, sign * (angle + wedge / 2)))
        angle += wedge
    return placed


def _pack(trees: Sequence[Branch], fans: dict[int, Fan], points: np.ndarray) -> None:
    """Write where all stand: the trees on shelves, the highest first."""
    if not trees:
        return
    area = sum((tree.length + SPACING) * (2 * tree.half + SPACING) for tree in trees)
    longest = max(tree.length for tree in trees)
    ordered = sorted(trees, key=lambda tree: -tree.half)
    tried = [_shelve(ordered, max(longest, sqrt(area * ASPECT) * wider)) for wider in _WIDTHS]
    for tree, corner in zip(ordered, min(tried, key=_measure_frame)[0], strict=True):
        _place(tree, corner, fans, points)


def _shelve(trees: Sequence[Branch], width: float) -> tuple[list[tuple[float, float]], float, float]:
    """Return where each tree begins on shelves that are at most so wide, how wide they become, and how high."""
    begins, x, y, depth, reached = [], 0.0, 0.0, 0.0, 0.0
    for tree in trees:
        if x and x + tree.length > width:
            x, y, depth = 0.0, y + depth + SPACING, 0.0
        depth = max(depth, 2 * tree.half)
        begins.append((x, y + tree.half))
        reached = max(reached, x + tree.length)
        x += tree.length + SPACING
    return begins, reached, y + depth


def _measure_frame(shelves: tuple[object, float, float]) -> float:
    """Return how high a frame of the wanted aspect must be to hold all shelves."""
    _, width, height = shelves
    return max(width / ASPECT, height)


def _place(tree: Branch, begin: tuple[float, float], fans: dict[int, Fan], points: np.ndarray) -> None:
    waiting = [(tree, *begin, 0.0)]
    while waiting:
        branch, x, y, angle = waiting.pop()
        along, across = cos(angle), sin(angle)
        for place, at in zip(branch.places, branch.at, strict=True):
            here_x, here_y = x + at * along, y + at * across
            points[place] = here_x, here_y
            fan = fans.get(place)
            for leaving, turn in fan.branches if fan else ():
                to = angle + turn
                waiting.append((leaving, here_x + fan.away * cos(to), here_y + fan.away * sin(to), to))
