"""What the runs say of speed, of the shape of the first layer, and of what first layers look for."""

from collections.abc import Iterable
from statistics import median

from nbutils.nets.plans import PLANS, Plan
from nbutils.nets.schedules import THESIS
from nbutils.transfer import summaries, thesis
from nbutils.transfer.filters import describe_networks
from nbutils.transfer.findings_gaps import choose, describe
from nbutils.transfer.records import Run
from nbutils.transfer.results import load_filters

SECONDS_A_DAY = 86_400
PLAN = "small_32"
FINER, COARSER = "small_32_7x7", "small_32_11x11"
FIRST_LAYERS = {PLAN: "5x5, stride 2", FINER: "7x7, stride 2", COARSER: "11x11, stride 4"}


def measure_speeds(runs: Iterable[Run]) -> dict:
    """Return pictures a second and seconds a network, by machine and treatment, and what the thesis' steps would take.

    Speeds are those of the runs as they were trained, several at once where the machine had room, and of their network:
    they say nothing of the thesis' larger one (C5-18).
    """
    chosen = choose(runs)
    found = {}
    for hardware in sorted({run.hardware for run in chosen}):
        here = [run for run in chosen if run.hardware == hardware]
        bases = [run.images_per_s for run in here if run.settings.treatment == "base"]
        if not bases:
            continue
        pictures = THESIS.steps * thesis.BATCH.value
        found[hardware] = {
            "runs": len(here),
            "images_per_s": median(bases),
            "seconds": {name: _median_seconds(here, name) for name in sorted({run.settings.treatment for run in here})},
            "days_for_the_thesis_steps": pictures / median(bases) / SECONDS_A_DAY,
        }
    seconds = THESIS.steps * thesis.SECONDS_AN_ITERATION.value
    plan = PLANS[chosen[0].settings.plan]
    network = {"pixels": plan.size, "weights": _count_weights(plan, summaries.count_classes(chosen[0].settings))}
    return {"hardware": found, "network": network, "days_of_450000_steps_of_1.7_s": seconds / SECONDS_A_DAY}


def compare_first_layers(runs: Iterable[Run]) -> dict:
    """Return what base networks of the same halves reach whose first layers differ in size and stride (C5-20).

    finer : by how much 7 x 7 with stride 2 is better than 11 x 11 with stride 4
    """
    bases = [run for run in runs if _is_plain_base(run)]
    by_plan = {plan: {_unit(run): run for run in bases if run.settings.plan == plan} for plan in FIRST_LAYERS}
    shared = sorted(set.intersection(*(set(found) for found in by_plan.values())))
    if not shared:
        raise ValueError("There are no runs with first layers of 7x7 and 11x11 beside the usual ones yet.")
    alike = {plan: [found[unit] for unit in shared] for plan, found in by_plan.items()}
    finer, coarser = alike[FINER], alike[COARSER]
    gaps = [one.score - other.score for one, other in zip(finer, coarser, strict=True)]
    noise = summaries.noise_of_testing((*finer, *coarser), ("base",))
    return {
        "levels": {
            title: describe(summaries.average([run.score for run in alike[plan]]))
            for plan, title in FIRST_LAYERS.items()
        },
        "finer": describe(summaries.average(gaps, noise)),
        "networks": len(shared),
    }


def fit_filters(runs: Iterable[Run]) -> dict:
    """Return how much the first layers of base networks are like Gabor functions and blobs of colour (C5-27)."""
    usual = [run for run in runs if _is_plain_base(run) and run.settings.plan == PLAN]
    return describe_networks(usual, load_filters())


def _count_weights(plan: Plan, classes: int) -> int:
    # It brings torch along.
    from nbutils.nets.networks import build

    return sum(parameter.numel() for parameter in build(plan, classes, seed=0).parameters())


def _median_seconds(runs: Iterable[Run], treatment: str) -> float:
    return median(run.seconds for run in runs if run.settings.treatment == treatment)


def _is_plain_base(run: Run) -> bool:
    settings = run.settings
    return (settings.treatment, settings.per_class, settings.nonlinearity) == ("base", 0, "relu")


def _unit(run: Run) -> tuple:
    settings = run.settings
    return (settings.data, settings.split, settings.target, settings.seed, settings.epochs, settings.rate)
