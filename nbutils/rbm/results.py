"""What chapter 4 was trained and measured beforehand: in data/rbm, each with how, when and on what it was made."""

from collections.abc import Mapping
from pathlib import Path

from nbutils.boltzmann.settings import Training
from nbutils.rbm import stored_runs
from nbutils.rbm.running import Followed
from nbutils.runs import records

FOLDER = Path(__file__).resolve().parents[2] / "data" / "rbm"
RATES_ON = ("mean", "sum")


def thesis_settings(rate_on: str, seed: int = 0) -> Training:
    """Return the settings of Table 4.2; the thesis does not say whether its rate is on the mean or on the sum."""
    return Training(rate_on=rate_on, seed=seed)


def load(rate_on: str = "mean", folder: Path = FOLDER) -> Followed:
    """Return the thesis' 45 epochs as they ship, with the rate on the "mean" or on the "sum" of a mini-batch.

    The run can be looked at and sampled from, not gone on with.
    Raises ValueError, as a sentence, where it is absent or damaged.
    """
    if rate_on not in RATES_ON:
        raise ValueError(f"The stored runs have their rate on the {' or on the '.join(RATES_ON)}, got {rate_on!r}.")
    return stored_runs.read_run(folder / f"{_name(rate_on)}.npz")


def write_run(followed: Followed, origin: Mapping[str, object], folder: Path = FOLDER) -> list[Path]:
    """Keep a finished run with its origin, and return where both lie."""
    settings = followed.snapshot.settings
    path = folder / f"{_name(settings.rate_on)}.npz"
    stored_runs.write_run(path, stored_runs.pack(followed, filters=settings.hidden))
    return [path, records.write_record(_name(settings.rate_on), {"provenance": dict(origin)}, folder)]


def read_origin(rate_on: str, folder: Path = FOLDER) -> dict:
    """Return by which command, when and on what a run of `load` was made; ValueError where that is absent."""
    return records.read_record(_name(rate_on), folder)["provenance"]


def keep(name: str, found: Mapping[str, dict], folder: Path = FOLDER) -> Path:
    """Put results into a record beside what it holds already, in place of those of the same name."""
    return records.keep(name, found, folder)


def read(name: str, folder: Path = FOLDER) -> dict:
    """Return a record of data/rbm; ValueError where it is absent or damaged."""
    return records.read_record(name, folder)


def _name(rate_on: str) -> str:
    return f"thesis_{rate_on}"
