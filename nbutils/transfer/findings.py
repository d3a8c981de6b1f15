"""What chapter 5 of the thesis says, measured: a function for each row of the ledger, kept in data/transfer."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from nbutils.runs import records
from nbutils.transfer.results import FOLDER, load_results

NAME = "findings"
SEED = 0

# Where each row is measured; imported when it is, so that a page that only reads results opens fast.
FROM_RUNS = {
    "F5.2": "findings_gaps.measure_levels",
    "F5.3": "findings_distance.measure_panels",
    "F5.4": "findings_data.measure_ladder",
    "T5.1": "findings_gaps.measure_boosts",
    "C5-02": "findings_gaps.count_grid",
    "C5-04": "findings_data.compare_classes",
    "C5-05": "findings_gaps.measure_selffers",
    "C5-06": "findings_gaps.measure_tuned_selffers",
    "C5-07": "findings_gaps.split_drops",
    "C5-08": "findings_gaps.measure_tuned_transfers",
    "C5-09": "findings_gaps.compare_lengths",
    "C5-10": "findings_gaps.measure_spreads",
    "C5-11": "findings_distance.compare_targets",
    "C5-12": "findings_distance.measure_random",
    "C5-13": "findings_distance.compare_nonlinearities",
    "C5-14": "findings_distance.compare_distances",
    "C5-15": "findings_distance.compare_with_random",
    "C5-18": "findings_networks.measure_speeds",
    "C5-20": "findings_networks.compare_first_layers",
    "C5-22": "findings_data.measure_last_rise",
    "C5-23": "findings_data.find_chance",
    "C5-24": "findings_data.measure_fewest",
    "C5-27": "findings_networks.fit_filters",
}
WITHOUT_RUNS = {
    "S5-05": "findings_classes.halve_by_nature",
    "C5-03": "findings_classes.deal_cats",
    "C5-25": "findings_classes.count_nodes",
    "C5-26": "findings_classes.count_halves",
}
FINDINGS = FROM_RUNS | WITHOUT_RUNS


def measure(row: str, folder: Path = FOLDER) -> dict:
    """Return what a row of FINDINGS says, measured now; ValueError, as a sentence, where runs for it are missing."""
    module, function = FINDINGS[row].split(".")
    found = getattr(import_module(f"nbutils.transfer.{module}"), function)
    return found(load_results(folder)) if row in FROM_RUNS else found()


def write_findings(rows: tuple[str, ...], say: Callable[[str], object], folder: Path = FOLDER) -> Path:
    """Measure what the ledger's rows say, keep it with its origin, and return where.

    rows : those to measure; none are all, and of these a row for which runs are missing is told and left out
    Raises ValueError for a row that is not measured, and for one that was asked for and lacks runs.
    """
    if unknown := [row for row in rows if row not in FINDINGS]:
        raise ValueError(f'There is no measurement "{unknown[0][:40]}"; choose from {", ".join(FINDINGS)}.')
    path = folder / f"{NAME}.json"
    for row in rows or FINDINGS:
        try:
            found = measure(row, folder)
        except ValueError as error:
            if rows:
                raise
            say(f"{row} is left out: {error}")
            continue
        origin = records.describe_origin(f"python -m nbutils.transfer findings {row}", SEED)
        path = records.keep(NAME, {row: {"result": found, "provenance": origin}}, folder)
        say(f"{row} is kept in {path.name}.")
    return path


def read(folder: Path = FOLDER) -> dict[str, dict]:
    """Return {row: its result} of all that was measured; ValueError where the record is absent or damaged."""
    return {row: found["result"] for row, found in records.read_record(NAME, folder).items()}
