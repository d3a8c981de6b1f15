"""What the runs say of tasks that lie far apart, and of layers that learned nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from nbutils.transfer import summaries
from nbutils.transfer.findings_gaps import choose, describe, find_halves, list_gaps
from nbutils.transfer.halves import NATURE
from nbutils.transfer.records import Run
from nbutils.transfer.splits import classes_of
from nbutils.transfer.thesis import LAYERS

FAR = "cifar10_nature"
SIDES = {"A": "man-made", "B": "natural"}


def measure_panels(runs: Iterable[Run]) -> dict:
    """Return the three panels of Figure 5.3 (F5.3)."""
    runs = tuple(runs)
    nature = find_halves(FAR, runs)
    return {
        "nature": _list_by_target(nature),
        "random": measure_random(runs),
        "subtracted": {
            "similar": list_gaps(choose(runs), "AnB", "base"),
            "dissimilar": list_gaps(nature, "AnB", "base"),
            "random": list_gaps(choose(runs), "random", "base"),
        },
    }


def compare_targets(runs: Iterable[Run]) -> dict:
    """Return what networks reach on natural and on man-made things, also on one scale from chance to all (C5-11)."""
    found = {}
    nature = find_halves(FAR, runs)
    list_gaps(nature, "AnB", "base")  # a sentence where these are missing
    for side, row in _list_by_target(nature).items():
        chance = 1 / row["classes"]
        found[side] = {
            "classes": row["classes"],
            "chance": chance,
            "base": row["base"],
            "base_from_chance": (row["base"] - chance) / (1 - chance),
            "AnB": row["AnB"],
            "AnB_from_chance": [value and (value - chance) / (1 - chance) for value in row["AnB"]],
        }
    return found


def measure_random(runs: Iterable[Run]) -> dict:
    """Return accuracy and training loss where the first n layers are random and never learn (C5-12)."""
    chosen = choose(runs)
    levels = summaries.points(chosen)
    if "random" not in levels or "base" not in levels:
        raise ValueError("There are no runs with random layers beside their base network yet.")
    random = levels["random"]
    return {
        "chance": summaries.chance_of(chosen[0].settings),
        "base": describe(levels["base"][0].mean),
        "accuracy": [describe(random[n].mean) if n in random else None for n in LAYERS],
        "base_loss": _mean_loss(levels["base"][0].runs),
        "loss": [_mean_loss(random[n].runs) if n in random else None for n in LAYERS],
        "loss_of_guessing": float(np.log(summaries.count_classes(chosen[0].settings))),
    }


def compare_nonlinearities(runs: Iterable[Run]) -> dict:
    """Return what random first layers cost with max(0, x) and with abs(tanh(x)), from each one's own base (C5-13)."""
    held = {run.settings: run for run in runs}
    bent = [run for run in held.values() if run.settings.nonlinearity == "abs_tanh"]
    if not bent:
        raise ValueError("There are no runs with abs(tanh(x)) yet.")
    # Only where both were trained: the same halves, the same n.
    plain = [held[twin] for run in bent if (twin := replace(run.settings, nonlinearity="relu")) in held]
    return {name: _list_random(chosen) for name, chosen in (("relu", plain), ("abs_tanh", bent))}


def compare_distances(runs: Iterable[Run]) -> dict:
    """Return how much AnB loses at every n, between random halves and between man-made and natural (C5-14).

    man_made : of each split by chance, how many man-made classes its halves A and B have
    """
    runs = tuple(runs)
    found = {}
    for name, chosen in (("similar", choose(runs)), ("dissimilar", find_halves(FAR, runs))):
        gaps = list_gaps(chosen, "AnB", "base")
        known = [(n, gap["mean"]) for n, gap in zip(LAYERS, gaps, strict=True) if gap]
        found[name] = {
            "gaps": gaps,
            "points_a_layer": float(np.polyfit(*zip(*known, strict=True), 1)[0]) if len(known) > 1 else None,
            "by_target": {SIDES[side]: list_gaps(part, "AnB", "base") for side, part in _by_target(chosen).items()}
            if name == "dissimilar"
            else {},
        }
    splits = sorted({(run.settings.data, run.settings.split) for run in choose(runs)})
    return found | {"man_made": {split: _count_man_made(data, split) for data, split in splits}}


def compare_with_random(runs: Iterable[Run]) -> dict:
    """Return by how much layers of the distant task are better than random ones, each from its own base (C5-15)."""
    runs = tuple(runs)
    distant = list_gaps(find_halves(FAR, runs), "AnB", "base")
    random = list_gaps(choose(runs), "random", "base")
    better = [far["mean"] - none["mean"] if far and none else None for far, none in zip(distant, random, strict=True)]
    return {"distant": distant, "random": random, "better_by": better}


def _count_man_made(data: str, split: str) -> list[int]:
    man_made = set(classes_of(data, NATURE)[0])
    return [len(man_made.intersection(half)) for half in classes_of(data, split)]


def _list_by_target(runs: Sequence[Run]) -> dict:
    means = summaries.mean_by_target(runs, "AnB")
    classes = {run.settings.target: summaries.count_classes(run.settings) for run in runs}
    return {
        SIDES[side]: {
            "classes": classes[side],
            "base": by_n[0].mean,
            "AnB": [by_n[n].mean if n in by_n else None for n in LAYERS],
        }
        for side, by_n in means.items()
        if 0 in by_n
    }


def _list_random(runs: Sequence[Run]) -> dict:
    levels = summaries.points(runs)
    if "base" not in levels or "random" not in levels:
        raise ValueError("There are no runs with random layers beside their base network yet.")
    return {
        "base": describe(levels["base"][0].mean),
        "random": [describe(levels["random"][n].mean) if n in levels["random"] else None for n in LAYERS],
        "gaps": list_gaps(runs, "random", "base"),
    }


def _by_target(runs: Sequence[Run]) -> dict[str, list[Run]]:
    sides = sorted({run.settings.target for run in runs})
    return {side: [run for run in runs if run.settings.target == side] for side in sides}


def _mean_loss(runs: Iterable[Run]) -> float:
    """Return the mean loss in training before the last validation."""
    return fmean(float(run.loss[-1]) for run in runs)
