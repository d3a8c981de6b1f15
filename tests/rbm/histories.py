"""Histories of runs to be judged: short ones of the clinic's cases, and healthy measures that a test can alter."""

from dataclasses import replace
from functools import cache

from nbutils.boltzmann.monitors import Measures
from nbutils.boltzmann.reconstruction import DEFAULT
from nbutils.rbm.clinic import run_case
from nbutils.rbm.running import Followed

# Small enough for a test, large enough that every verdict is that of the full size.
NUMBER, HIDDEN, EPOCHS = 4000, 64, 3


@cache
def short_run(case: str, seed: int) -> Followed:
    """Return three epochs of a case on 4,000 spheres with 64 hidden units."""
    return next(run for run in run_case(case, seed, number=NUMBER, hidden=HIDDEN) if len(run.epochs) > EPOCHS)


def alter(measures: Measures, error: float | None = None, **changes: object) -> Measures:
    """Return measures with other numbers; error is the reconstruction error that is shown first."""
    if error is not None:
        changes["error"] = measures.error | {DEFAULT: error}
    if "ratio_weights" in changes:
        changes["ratios"] = measures.ratios | {"weights": changes.pop("ratio_weights")}
    if "largest_weight" in changes:
        changes["largest"] = measures.largest | {"weights": changes.pop("largest_weight")}
    return replace(measures, **changes)
