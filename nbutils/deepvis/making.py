"""Pictures of one or several recipes made side by side, with their curves and what two networks say about them."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn import functional as F

from nbutils import runs
from nbutils.preferred.asking import PICTURES_A_PASS
from nbutils.preferred.judging import find_same_class, judge
from nbutils.preferred.maximizing import Snapshot, every_step
from nbutils.preferred.objectives import class_of, parse
from nbutils.preferred.recipe import Recipe
from nbutils.zoo import Network

PATIENCE = 2.0  # seconds between two questions to the networks while a picture grows
JUDGES = {"mobilenet_v2": "efficientnet_lite0"}
ANY_JUDGE = "mobilenet_v2"

Steer = Callable[[], Mapping[str, float]]


@dataclass(frozen=True)
class Opinion:
    """What one network says about one picture.

    wanted : the probability of the class that the picture was made for, None where it was made for no class
    best, sure : the class that it finds most likely, and its probability
    """

    wanted: float | None
    best: str
    sure: float


@dataclass(frozen=True)
class Verdict:
    """What is said about a picture as it was at a step.

    own : by the network that it was made with, None where that has no classes
    other : by one that never saw it, None where there is none
    """

    step: int
    own: Opinion | None
    other: Opinion | None


@dataclass(frozen=True)
class Made:
    """What a recipe has made so far.

    snapshot : the newest of all pictures of the recipe; not to be gone on from
    steps : of each picture, after how many steps it is as it is seen; 0 where it has not begun
    objectives : (steps, n), float32
    probabilities : (steps, n), float32, of the class that each objective names, nan where it names none
    removed : of each regularizer in use, (steps,), float32: the mean over pictures, nan where it did not act
    verdicts : of each picture, None before it was first asked about
    """

    snapshot: Snapshot
    steps: tuple[int, ...]
    objectives: np.ndarray
    probabilities: np.ndarray
    removed: dict[str, np.ndarray]
    verdicts: tuple[Verdict | None, ...]

    def choose(self, place: int) -> Snapshot:
        """Return the snapshot with the step of one picture: pictures take turns, and some may be a step ahead.

        Raises ValueError where the picture has not begun.
        """
        if not self.steps[place]:
            raise ValueError("That picture has not begun yet: wait for it, or choose another one.")
        return replace(self.snapshot, step=self.steps[place])


Together = tuple[Made | None, ...]


def make_together(
    networks: Sequence[Network],
    recipes: Sequence[Recipe],
    other: Callable[[Network], Network | None] = lambda network: None,
    steer: Steer | None = None,
) -> Iterator[Together]:
    """Yield what all recipes have made, after each pass of some pictures of one of them; they take turns.

    networks : of each recipe
    other : other(network) returns one that never saw its pictures, asked about them at the end and, where there is
        one recipe alone, now and then before
    steer : fields with the values that they are to have from the next step on, for all recipes; see `maximize`
    Raises what `nbutils.preferred.maximizing.maximize` raises.
    """
    works = [
        _make(network, recipe, other(network), steer, len(recipes) == 1)
        for network, recipe in zip(networks, recipes, strict=True)
    ]
    made: list[Made | None] = [None] * len(works)
    waiting = list(range(len(works)))
    while waiting:
        for place in tuple(waiting):
            found = next(works[place], None)
            if found is None:
                waiting.remove(place)
            else:
                made[place] = found
                yield tuple(made)


def count_passes(recipes: Sequence[Recipe]) -> int:
    """Return how often `make_together` yields for these recipes, if none settles before its last step."""
    return sum(recipe.steps * len(_divide(recipe)) for recipe in recipes)


def judge_of(name: str) -> str:
    """Return the name of the network of the zoo that judges pictures made with the network of that name."""
    return JUDGES.get(name, ANY_JUDGE)


def _divide(recipe: Recipe) -> list[slice]:
    """Return the pictures of a recipe in parts as large as one pass takes them, so that Stop waits for one pass only.

    The parts are those in which the whole recipe would be computed, so the pictures come out the same to the bit.
    Whether all have settled can only be asked of all.
    """
    size = recipe.pictures if recipe.settle else PICTURES_A_PASS[recipe.device]
    return [slice(begin, min(begin + size, recipe.pictures)) for begin in range(0, recipe.pictures, size)]


def _make(
    network: Network, recipe: Recipe, other: Network | None, steer: Steer | None, watched: bool
) -> Iterator[Made]:
    """Yield what one recipe has made, after each pass; watched is judged before its end, too."""
    wanted: dict[str, float] = {}
    parts = _divide(recipe)
    works = {place: every_step(network, _take(recipe, part), steer=lambda: wanted) for place, part in enumerate(parts)}
    whole, verdicts = _Whole(recipe, parts), [None] * recipe.pictures
    asked = time.perf_counter()
    while works:
        wanted = {} if steer is None else dict(steer())
        due = watched and time.perf_counter() - asked >= PATIENCE
        for place in tuple(works):
            snapshot = next(works[place])
            if due or snapshot.finished:
                verdicts[parts[place]] = ask_about(network, other, snapshot)
                asked = time.perf_counter()
            if snapshot.finished:
                del works[place]
            whole.add(place, snapshot)
            yield whole.tell(tuple(verdicts))


def ask_about(network: Network, other: Network | None, snapshot: Snapshot) -> list[Verdict]:
    """Return what the network that a snapshot was made with, and another one, say about each of its pictures."""
    named = [class_of(parse(line)) for line, _ in snapshot.recipe.pairs()]
    before = torch.get_num_threads()
    runs.threads(snapshot.recipe.threads)
    try:
        said = [_opinions(one, network, snapshot.pictures, named) for one in (network, other)]
    finally:
        runs.threads(before)
    return [Verdict(snapshot.step, *both) for both in zip(*said, strict=True)]


def _opinions(
    asked: Network | None, maker: Network, pictures: np.ndarray, named: Sequence[str | int | None]
) -> Sequence[Opinion | None]:
    """Return what a network says about pictures made for these classes of their maker; None of each where it cannot."""
    if asked is None or asked.labels is None or asked.shape[0] != pictures.shape[1]:
        return [None] * len(pictures)
    spread = judge(asked, pictures)
    wanted = [None if one is None else find_same_class(asked, maker, one) for one in named]
    return [
        Opinion(None if place is None else float(row[place]), asked.labels[best], float(row[best]))
        for row, best, place in zip(spread, spread.argmax(1), wanted, strict=True)
    ]


def _take(recipe: Recipe, part: slice) -> Recipe:
    """Return the recipe of some of a recipe's pictures alone."""
    pairs = recipe.pairs()[part]
    return replace(recipe, objectives=tuple(line for line, _ in pairs), seeds=tuple(seed for _, seed in pairs))


class _Whole:
    """Puts the parts of a recipe together again and keeps its curves."""

    def __init__(self, recipe: Recipe, parts: Sequence[slice]) -> None:
        self._recipe, self._parts = recipe, parts
        self._newest: list[Snapshot | None] = [None] * len(parts)
        self._objectives = np.full((recipe.steps, recipe.pictures), np.nan, np.float32)
        self._probabilities = np.full_like(self._objectives, np.nan)
        self._removed: dict[str, np.ndarray] = {}

    def add(self, place: int, snapshot: Snapshot) -> None:
        """Keep the newest of one part."""
        self._newest[place] = snapshot
        row, part = snapshot.step - 1, self._parts[place]
        self._objectives[row, part] = snapshot.objectives
        if snapshot.probabilities is not None:
            self._probabilities[row, part] = snapshot.probabilities
        share = (part.stop - part.start) / self._recipe.pictures
        for name, values in snapshot.removed.items():
            curve = self._removed.setdefault(name, np.full(self._recipe.steps, np.nan, np.float32))
            curve[row] = np.nansum([curve[row], share * values.mean()])

    def tell(self, verdicts: tuple[Verdict | None, ...]) -> Made:
        """Return what there is of the whole recipe."""
        there = [snapshot for snapshot in self._newest if snapshot is not None]
        furthest = max(there, key=lambda snapshot: snapshot.step)
        steps = furthest.step
        own = [
            0 if snapshot is None else snapshot.step
            for snapshot, part in zip(self._newest, self._parts, strict=True)
            for _ in range(part.start, part.stop)
        ]
        return Made(
            _join(self._recipe, there, furthest),
            tuple(own),
            self._objectives[:steps],
            self._probabilities[:steps],
            {name: curve[:steps] for name, curve in self._removed.items()},
            verdicts,
        )


def _join(recipe: Recipe, parts: Sequence[Snapshot], furthest: Snapshot) -> Snapshot:
    """Return one snapshot of all parts, with step and changes of the furthest; what has not begun is grey."""
    gaps = recipe.pictures - sum(len(part.pictures) for part in parts)

    def join(name: str) -> np.ndarray:
        return np.concatenate([*(getattr(part, name) for part in parts), _blank(getattr(furthest, name), gaps)])

    return replace(
        furthest,
        pictures=join("pictures"),
        objectives=join("objectives"),
        probabilities=None if furthest.probabilities is None else join("probabilities"),
        removed=furthest.removed if len(parts) == 1 else {},
        silent=join("silent"),
        passes=join("passes"),
        recipe=replace(recipe, changes=furthest.recipe.changes),
        finished=not gaps and all(part.finished for part in parts),
        state=None,
    )


def _blank(values: np.ndarray, number: int) -> np.ndarray:
    """Return grey pictures, or zeros, for those that have not begun."""
    fill = 0.5 if values.ndim == 4 else 0
    return np.full((number, *values.shape[1:]), fill, values.dtype)


def stretch(pictures: np.ndarray) -> np.ndarray:
    """Return pictures whose faint colours are spread around their mean until one in 200 reaches black or white.

    The published tool saves pictures like this; those that are strong already stay as they are.
    pictures : (n, channels, height, width), float32, 0..1
    """
    means = pictures.mean((2, 3), keepdims=True)
    offsets = pictures - means
    reach = np.percentile(np.abs(offsets), 99.5, axis=(1, 2, 3), keepdims=True)
    room = np.minimum(means, 1 - means).min(1, keepdims=True)
    return (means + offsets * np.maximum(1, room / np.maximum(reach, 1e-6))).clip(0, 1).astype(np.float32)


def draw_tiles(pictures: np.ndarray, room: int) -> np.ndarray:
    """Return pictures as tiles for a wall, brought down to the room that there is.

    pictures : (n, channels, height, width), float32, 0..1
    room : pixels for the longer side of a tile; smaller pictures stay as they are
    Returns (n, height, width, 3), uint8, or (n, height, width) for one channel; of others the first three are seen.
    """
    tensor = torch.from_numpy(pictures[:, :3])
    longer = max(tensor.shape[2:])
    if longer > room:
        sides = [max(1, round(side * room / longer)) for side in tensor.shape[2:]]
        tensor = F.interpolate(tensor, sides, mode="bilinear", antialias=True)
    tiles = (tensor * 255).round().clamp(0, 255).to(torch.uint8).numpy()
    if tiles.shape[1] < 3:
        return tiles[:, 0].copy()
    return np.ascontiguousarray(tiles.transpose(0, 2, 3, 1))
