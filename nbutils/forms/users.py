"""Simulated users: each has something in mind, and tells evolution nothing but which of the shapes it likes.

What a user thinks of a shape is a number that stays with the user. Evolution sees what it would see of a person: the
places that were selected, 1 to 15 of them, and that a generation was undone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from nbutils.forms.breeding import MOST_SEED, STRENGTH, Generation, Organism, begin, begin_from, evolve, gather
from nbutils.forms.fields import mark_shape
from nbutils.neat import Evolution, Genome

EVOLUTION = Evolution()  # Table 3.1
STRENGTHS = (1.0, 0.5, 0.25, 0.1, 0.05)  # where a user sets the slider for the strength of mutations, drawn at random
SAME = 1e-6  # organisms whose likings differ by less look the same to a user


@dataclass(frozen=True)
class User:
    """Someone who breeds.

    like : how much a shape is liked; larger is better
    most : how many shapes are selected at once
    """

    like: Callable[[Genome], float]
    most: int = 2
    strengths: tuple[float, ...] = STRENGTHS


@dataclass(frozen=True)
class Start:
    """What a user begins with: nothing, or a shape that is forked."""

    genome: Genome | None = None
    shape: str | None = None


SCRATCH = Start()


@dataclass(frozen=True)
class Sitting:
    """How far a user has come.

    path : generations that were not undone, oldest first
    choice : places in the last one that the user likes best
    likings : how much the user likes them, best first
    evolved : how often Evolve was pressed; as often as not it was undone
    """

    path: tuple[Generation, ...]
    choice: tuple[int, ...]
    likings: tuple[float, ...]
    evolved: int = 0

    @property
    def undone(self) -> int:
        """Return how many generations were undone."""
        return self.evolved - (len(self.path) - 1)

    @property
    def best(self) -> Organism:
        """Return the organism that the user likes best."""
        return self.path[-1].organisms[self.choice[0]]


@dataclass(frozen=True)
class Curve:
    """What came of choices, generation by generation.

    best : (generations,), how near the nearest organism is to what the user has in mind
    clicks : (generations,), clicks until then: one for each shape that is selected, one for Evolve
    """

    best: np.ndarray
    clicks: np.ndarray


def measure_overlap(inside: np.ndarray, wanted: np.ndarray) -> float:
    """Return how far two volumes overlap: what both hold over what either holds, 0 to 1.

    inside, wanted : (x, y, z) corners, bool
    """
    either = np.count_nonzero(inside | wanted)
    return np.count_nonzero(inside & wanted) / either if either else 0.0


def measure_likeness(inside: np.ndarray, wanted: np.ndarray, surface: np.ndarray | None = None) -> float:
    """Return how like two volumes are, 0 to 1: the mean of four overlaps.

    Three are the mean overlaps of their layers along x, y and z, which all count alike: a thin neck is worth as much
    as a broad foot. The fourth is that of their surfaces, which tells a heart from an egg.
    inside, wanted : (x, y, z) corners, bool; surface : of what is wanted, where it is known
    """
    both, either = _count_layers(inside & wanted), _count_layers(inside | wanted)
    layers = [_average_overlap(held, seen) for held, seen in zip(both, either, strict=True)]
    surface = mark_surface(wanted) if surface is None else surface
    return (sum(layers) + measure_overlap(mark_surface(inside), surface)) / 4


def mark_surface(inside: np.ndarray) -> np.ndarray:
    """Return which corners have a neighbour on the other side of a volume's surface: bool."""
    crossing = np.zeros(inside.shape, bool)
    for axis in range(3):
        lower, upper = [slice(None)] * 3, [slice(None)] * 3
        lower[axis], upper[axis] = slice(None, -1), slice(1, None)
        changes = inside[tuple(lower)] != inside[tuple(upper)]
        crossing[tuple(lower)] |= changes
        crossing[tuple(upper)] |= changes
    return crossing


def likeness_to(wanted: np.ndarray) -> Callable[[Genome], float]:
    """Return the liking of a user who has a volume in mind.

    wanted : (x, y, z) corners of the grid of the thesis, bool
    """
    return partial(_liken, wanted=wanted, surface=mark_surface(wanted))


def choose(likings: Sequence[float], most: int) -> tuple[int, ...]:
    """Return the places of the shapes that are liked best, at most so many, best first; of equal ones the first."""
    chosen: list[int] = []
    for place in sorted(range(len(likings)), key=lambda place: -likings[place]):
        if len(chosen) < most and all(abs(likings[place] - likings[other]) > SAME for other in chosen):
            chosen.append(place)
    return tuple(chosen)


def sit_down(user: User, seed: int, start: Start = SCRATCH) -> Sitting:
    """Return a user before the first generation, from scratch or forked from a shape."""
    first, _ = draw(user, seed, 0)
    if start.genome is None:
        generation = gather(begin(first, EVOLUTION), first)
    else:
        generation = gather(begin_from(start.genome, first, EVOLUTION), first, begun_from=start.shape)
    return _look(user, Sitting((generation,), (), ()))


def go_on(user: User, sitting: Sitting, seed: int, times: int) -> Iterator[Sitting]:
    """Yield how far a user is each time that Evolve was pressed.

    Where nothing in the new generation is better than what was selected for it, the user undoes it and presses
    Evolve again: other random numbers, perhaps another strength, bring other children.
    """
    for evolved in range(sitting.evolved + 1, sitting.evolved + times + 1):
        drawn, strength = draw(user, seed, evolved)
        now = sitting.path[-1]
        organisms = tuple(evolve(now, sitting.choice, EVOLUTION, drawn, strength))
        likings = [user.like(organism.genome) for organism in organisms]
        choice = choose(likings, user.most)
        best = tuple(likings[place] for place in choice)
        if sum(best) > sum(sitting.likings) + SAME:
            after = gather(organisms, drawn, now, sitting.choice, strength)
            sitting = Sitting((*sitting.path, after), choice, best)
        sitting = replace(sitting, evolved=evolved)
        yield sitting


def draw(user: User, seed: int, evolved: int) -> tuple[int, float]:
    """Return the seed of a generation, and the strength of mutations, that a user comes to at the n-th press."""
    random = np.random.default_rng([seed, evolved])
    return int(random.integers(MOST_SEED + 1)), user.strengths[int(random.integers(len(user.strengths)))]


def follow_choices(
    user: User,
    seed: int,
    generations: int,
    *,
    at_random: bool = False,
    mistaken: float = 0.0,
    strength: float = STRENGTH,
) -> Curve:
    """Return what comes of selecting in every generation, without undoing any.

    at_random : as many shapes are selected, whichever they are
    mistaken : 0 to 1, how likely each selected shape is another one than was meant
    """
    random = np.random.default_rng([seed, 1])
    now = gather(begin(seed, EVOLUTION), seed)
    best, clicks = np.zeros(generations), np.zeros(generations, int)
    for number in range(generations):
        likings = [user.like(organism.genome) for organism in now.organisms]
        meant = choose(likings, user.most)
        slips = (at_random or random.random() < mistaken for _ in meant)
        chosen = {
            int(random.integers(len(likings))) if slip else place for place, slip in zip(meant, slips, strict=True)
        }
        best[number] = max(likings)
        clicks[number] = (clicks[number - 1] if number else 0) + len(chosen) + 1
        drawn = int(random.integers(MOST_SEED + 1))
        now = gather(evolve(now, sorted(chosen), EVOLUTION, drawn, strength), drawn, now, sorted(chosen), strength)
    return Curve(best, clicks)


def _liken(genome: Genome, wanted: np.ndarray, surface: np.ndarray) -> float:
    return measure_likeness(mark_shape(genome), wanted, surface)


def _average_overlap(held: np.ndarray, seen: np.ndarray) -> float:
    layers = np.count_nonzero(seen)
    return float((held / np.maximum(seen, 1)).sum() / layers) if layers else 0.0


def _count_layers(volume: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how many corners each layer along x, y and z holds."""
    ones = volume.view(np.uint8)
    along_y, along_z = (np.add.reduce(ones, axis=axis, dtype=np.uint16) for axis in (1, 2))
    return np.add.reduce(along_y, axis=1), np.add.reduce(along_z, axis=0), np.add.reduce(along_y, axis=0)


def _look(user: User, sitting: Sitting) -> Sitting:
    likings = [user.like(organism.genome) for organism in sitting.path[-1].organisms]
    choice = choose(likings, user.most)
    return replace(sitting, choice=choice, likings=tuple(likings[place] for place in choice))
