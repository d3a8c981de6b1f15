"""The clinic's runs as they ship in data/rbm: the measurements of every seed, and the plots of those that are dealt."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.monitors import Measures
from nbutils.rbm import stored_runs
from nbutils.rbm.clinic import CASES, DEALT_SEEDS, run_case
from nbutils.rbm.running import Followed
from nbutils.runs import records

FOLDER = Path(__file__).resolve().parents[2] / "data" / "rbm"
RECORD = "clinic"
FILTERS = 25  # tiles that are shown of a patient, five by five

Histories = dict[tuple[str, int], tuple[Measures, ...]]


def run_seed(seed: int) -> Iterator[tuple[str, Followed]]:
    """Yield each case with its run, again and again until all are finished."""
    for case in CASES:
        for followed in run_case(case, seed):
            yield case, followed


def keep_seed(finished: Mapping[str, Followed], seed: int, origin: dict, folder: Path = FOLDER) -> list[Path]:
    """Put the runs of a seed into the record, in place of those that are there, and return what was written.

    finished : case -> its finished run
    """
    try:
        held = records.read_record(RECORD, folder)["seeds"]
    except ValueError:
        held = {}
    told = {
        case: [stored_runs.measures_to_json(measures) for measures in followed.epochs]
        for case, followed in finished.items()
    }
    seeds = held | {str(seed): {"cases": told, "provenance": origin}}
    record = {"seeds": dict(sorted(seeds.items(), key=lambda entry: int(entry[0])))}
    written = [records.write_record(RECORD, record, folder)]
    if seed in DEALT_SEEDS:
        for case, followed in finished.items():
            path = _path(case, seed, folder)
            stored_runs.write_run(path, stored_runs.pack(followed, filters=FILTERS))
            written.append(path)
    return written


def read_histories(folder: Path = FOLDER) -> Histories:
    """Return what was measured before training and after every epoch, for each case and seed; no hidden images.

    Raises ValueError where the record is absent or cannot be read.
    """
    held = records.read_record(RECORD, folder)
    try:
        return {
            (case, int(seed)): tuple(stored_runs.measures_from_json(told) for told in history)
            for seed, kept in held["seeds"].items()
            for case, history in kept["cases"].items()
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError("The clinic's measurements cannot be read: get data/rbm from the repository again.") from error


@cache
def read_patient(case: str, seed: int, folder: Path = FOLDER) -> Followed:
    """Return the run of a patient with its plots.

    Raises ValueError for a case or seed that is not kept, and where the file is absent or cannot be read.
    """
    if case not in CASES or seed not in DEALT_SEEDS:
        raise ValueError(f"No plots are kept of {str(case)[:40]!r} with seed {seed}.")
    return stored_runs.read_run(_path(case, seed, folder))


def cut(followed: Followed) -> Followed:
    """Return a run with as few filters as a kept one has, so that both are shown alike."""
    machine = followed.snapshot.machine
    fewer = Machine(machine.weights[:, :FILTERS], machine.visible_bias, machine.hidden_bias[:FILTERS], machine.gaussian)
    return replace(followed, snapshot=replace(followed.snapshot, machine=fewer), watch=None)


def read_origins(folder: Path = FOLDER) -> dict[int, dict]:
    """Return by which command, when and on what the runs of each seed were made."""
    held = records.read_record(RECORD, folder)
    return {int(seed): kept["provenance"] for seed, kept in held["seeds"].items()}


def _path(case: str, seed: int, folder: Path) -> Path:
    return folder / RECORD / f"{case}_{seed}.npz"
