"""What the runs say of speed, of the shape of the first layer, and of what first layers look for."""

from collections.abc import Iterable
from statistics import median

from nbutils.transfer import summaries, thesis
from nbutils.transfer.filters import describe_networks
from nbutils.transfer.findings_gaps import choose, describe
from nbutils.transfer.records import Run
from nbutils.transfer.results import load_filters

SECONDS_A_DAY = 86_400
PLAN = "small_32"
FIRST_LAYERS = {PLAN: "5x5, stride 2", "small_32_7x7": "7x7, stride 2", "small_32_11x11": "11x11, stride 4"}


def measure_speeds(runs: Iterable[Run]) -> dict:
    """Return pictures a second and seconds a network, by machine and treatment, and what the thesis' steps would take.

    Speeds are those of the runs as they were trained, several at once where the machine had room (C5-18).
    """
    chosen = choose(runs)
    found = {}
    for hardware in sorted({run.hardware for run in chosen}):
        here = [run for run in chosen if run.hardware == hardware]
        bases = [run.images_per_s for run in here if run.settings.treatment == "base"]
        if not bases:
            continue
        pictures = thesis.SCHEDULE.iterations * thesis.BATCH.value
        found[hardware] = {
            "runs": len(here),
            "images_per_s": median(bases),
            "seconds": {name: _median_seconds(here, name) for name in sorted({run.settings.treatment for run in here})},
            "days_for_the_thesis_steps": pictures / median(bases) / SECONDS_A_DAY,
        }
    steps = thesis.SCHEDULE.iterations * thesis.SECONDS_AN_ITERATION.value
    return {"hardware": found, "days_of_450000_steps_of_1.7_s": steps / SECONDS_A_DAY}


def compare_first_layers(runs: Iterable[Run]) -> dict:
    """Return what base networks reach whose first layers differ in size and stride (C5-20)."""
    bases = [run for run in runs if _is_plain_base(run)]
    shared = None
    for plan in FIRST_LAYERS:
        units = {_unit(run) for run in bases if run.settings.plan == plan}
        shared = units if shared is None else shared & units
    if not shared:
        raise ValueError("There are no runs with first layers of 7x7 and 11x11 beside the usual ones yet.")
    return {
        title: describe(
            summaries.average([run.score for run in bases if run.settings.plan == plan and _unit(run) in shared])
        )
        for plan, title in FIRST_LAYERS.items()
    } | {"networks": len(shared)}


def fit_filters(runs: Iterable[Run]) -> dict:
    """Return how much the first layers of base networks are like Gabor functions and blobs of colour (C5-27)."""
    usual = [run for run in runs if _is_plain_base(run) and run.settings.plan == PLAN]
    return describe_networks(usual, load_filters())


def _median_seconds(runs: Iterable[Run], treatment: str) -> float:
    return median(run.seconds for run in runs if run.settings.treatment == treatment)


def _is_plain_base(run: Run) -> bool:
    settings = run.settings
    return (settings.treatment, settings.per_class, settings.nonlinearity) == ("base", 0, "relu")


def _unit(run: Run) -> tuple:
    settings = run.settings
    return (settings.data, settings.split, settings.target, settings.seed, settings.epochs, settings.rate)
