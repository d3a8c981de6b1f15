"""What choices alone achieve, measured with simulated users who tell evolution only which shapes they like."""

from statistics import mean, median

import numpy as np

from nbutils.forms.grids import THESIS
from nbutils.forms.targets import TARGETS, fill
from nbutils.forms.users import SCRATCH, Curve, Sitting, Start, User, follow_choices, go_on, likeness_to, sit_down

THINGS = ("heart", "mushroom", "vase", "bottle", "lamp", "bell", "pear", "star", "ring", "arch")
SEEDS, GENERATIONS = 8, 40
AT = (0, 5, 10, 20, 39)
MISTAKEN = 0.3
PRESSES, FORKED_PRESSES = 300, 40


def compare_choices(seeds: int = SEEDS, generations: int = GENERATIONS, at: tuple[int, ...] = AT) -> dict:
    """Return how near users come to what they have in mind, against choices at random and mistaken ones (C3-04)."""
    users = {name: _imagine(name) for name in THINGS}
    found = {}
    for title, wish in (("chosen", {}), ("mistaken", {"mistaken": MISTAKEN}), ("at_random", {"at_random": True})):
        curves = [follow_choices(user, seed, generations, **wish) for user in users.values() for seed in range(seeds)]
        found[title] = _sum_up(curves, at)
    return {"things": len(users), "runs": len(users) * seeds, "share_mistaken": MISTAKEN} | found


def breed_heart(seeds: int = SEEDS, presses: int = PRESSES, forked: int = FORKED_PRESSES) -> dict:
    """Return what users who may undo need for a heart, and for a broken one that is forked from it (C3-03)."""
    heart, broken = _imagine("heart"), _imagine("broken heart")
    sittings = [_finish(heart, seed, presses) for seed in range(seeds)]
    best = max(sittings, key=lambda sitting: sitting.likings[0])
    start = Start(best.best.genome)
    forks = [_finish(broken, seed, forked, start) for seed in range(seeds)]
    scratch = [_finish(broken, seed, forked) for seed in range(seeds)]
    return {
        "runs": seeds,
        "presses": presses,
        "heart_likeness": median(sitting.likings[0] for sitting in sittings),
        "heart_best_likeness": best.likings[0],
        "heart_generations": median(len(sitting.path) - 1 for sitting in sittings),
        "forked_presses": forked,
        "broken_heart_likeness_of_the_heart": broken.like(best.best.genome),
        "broken_heart_forked": median(sitting.likings[0] for sitting in forks),
        "broken_heart_forked_best": max(sitting.likings[0] for sitting in forks),
        "broken_heart_forked_generations": median(len(sitting.path) - 1 for sitting in forks),
        "broken_heart_from_scratch": median(sitting.likings[0] for sitting in scratch),
    }


def _imagine(name: str) -> User:
    return User(likeness_to(fill(TARGETS[name], THESIS)), most=2)


def _finish(user: User, seed: int, presses: int, start: Start = SCRATCH) -> Sitting:
    *_, last = go_on(user, sit_down(user, seed, start), seed, presses)
    return last


def _sum_up(curves: list[Curve], at: tuple[int, ...]) -> dict:
    best = np.array([curve.best for curve in curves])
    rows = {f"generation_{number}": float(best[:, number].mean()) for number in at}
    return rows | {"clicks": mean(float(curve.clicks[-1]) for curve in curves)}
