"""Runs small enough to ship: all curves, but few examples, units and filters, in one npz file each."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import torch

from nbutils.boltzmann.histograms import PARAMETERS, UPDATES
from nbutils.boltzmann.learners import Resume
from nbutils.boltzmann.machine import Machine, subtract
from nbutils.boltzmann.monitors import Measures
from nbutils.boltzmann.settings import from_mapping
from nbutils.boltzmann.training import Snapshot
from nbutils.rbm.running import Followed, Point
from nbutils.runs.store import write_whole

EXAMPLES, UNITS = 20, 100  # of the picture of hidden probabilities (Figure 4.1)
HISTOGRAMS = PARAMETERS + UPDATES
DIGITS = 6
LARGEST = 64_000_000  # bytes of all numbers of a stored run


def pack(followed: Followed, examples: int = EXAMPLES, units: int = UNITS, filters: int = UNITS) -> bytes:
    """Return a run as the bytes of an npz file: weights with 16 bits, probabilities with 8, measures with six digits.

    examples, units : how many rows and columns of the hidden probabilities are kept
    filters : how many of the first hidden units are kept with their weights
    """
    points, machine = followed.points, followed.snapshot.machine
    kept = np.stack([np.asarray(point.measures.probabilities)[:examples, :units] for point in points])
    ends = [[point.histograms[name][0][[0, -1]] for name in HISTOGRAMS] for point in points]
    counts = [[point.histograms[name][1] for name in HISTOGRAMS] for point in points]
    facts = {
        "title": followed.title,
        "shape": followed.shape,
        "settings": asdict(followed.snapshot.settings),
        "updates_per_epoch": followed.updates_per_epoch,
        "points": [
            {"epoch": point.epoch, "update": point.update, "measures": measures_to_json(point.measures)}
            for point in points
        ],
    }
    file = io.BytesIO()
    np.savez_compressed(
        file,
        facts=np.frombuffer(json.dumps(facts, allow_nan=False).encode(), np.uint8),
        probabilities=np.round(255 * np.nan_to_num(kept.astype(np.float32))).astype(np.uint8),
        ends=np.array(ends, np.float64),
        counts=np.array(counts, np.uint32),
        weights=machine.weights[:, :filters].half().numpy(),
        visible_bias=machine.visible_bias.numpy(),
        hidden_bias=machine.hidden_bias[:filters].numpy(),
    )
    return file.getvalue()


def unpack(packed: bytes) -> Followed:
    """Return the run that `pack` made bytes of; its machine has the hidden units that were kept.

    It can be looked at, not gone on with: nothing is kept of the chances and chains of the run.
    Raises ValueError for bytes that hold no run.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST:
                raise ValueError("a stored run is smaller.")
        with np.load(io.BytesIO(packed), allow_pickle=False) as held:
            return _read({name: held[name] for name in held.files})
    except (OSError, KeyError, TypeError, IndexError, EOFError, zipfile.BadZipFile, ValueError) as error:
        raise ValueError("The stored run cannot be read: get it from the repository again.") from error


def write_run(path: Path, packed: bytes) -> None:
    """Write a packed run, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, packed)


def read_run(path: Path) -> Followed:
    """Return a run from its file.

    Raises ValueError where it is absent or cannot be read.
    """
    try:
        packed = path.read_bytes()
    except OSError:
        raise ValueError(f"The stored run {path.name} is not there; it comes with the repository.") from None
    return unpack(packed)


def measures_to_json(measures: Measures) -> dict:
    """Return all numbers of measures, those that JSON does not know as words; the probabilities are left out."""
    return {name: _to_json(value) for name, value in vars(measures).items() if name != "probabilities"}


def measures_from_json(held: Mapping, probabilities: np.ndarray | None = None) -> Measures:
    """Return the measures that `measures_to_json` wrote down.

    probabilities : (examples, units), uint8 or float 0..1; (0, 0) where they were not kept
    Raises KeyError, TypeError or ValueError for something else.
    """
    values = {field.name: _from_json(held[field.name]) for field in fields(Measures) if field.name != "probabilities"}
    kept = np.zeros((0, 0), np.float16) if probabilities is None else probabilities
    return replace(Measures(**values, probabilities=kept), finite=bool(values["finite"]))


def _read(held: Mapping[str, np.ndarray]) -> Followed:
    facts = json.loads(held["facts"].tobytes())
    shown = (held["probabilities"].astype(np.float32) / 255).astype(np.float16)
    points = tuple(
        Point(
            int(told["epoch"]),
            int(told["update"]),
            measures_from_json(told["measures"], shown[place]),
            _read_histograms(held["ends"][place], held["counts"][place]),
        )
        for place, told in enumerate(facts["points"])
    )
    machine = Machine(
        torch.from_numpy(held["weights"]).float(),
        torch.from_numpy(held["visible_bias"]),
        torch.from_numpy(held["hidden_bias"]),
        bool(facts["settings"]["gaussian"]),
    )
    snapshot = Snapshot(
        epoch=points[-1].epoch,
        update=points[-1].update,
        updates_per_epoch=int(facts["updates_per_epoch"]),
        machine=machine,
        last=subtract(machine, machine),
        settings=from_mapping(facts["settings"]),
        plot=True,
        finished=True,
        finite=points[-1].measures.finite,
        updates_per_second=0.0,
        swap_rates=(),
        state=Resume((), None, *(torch.zeros(0) for _ in range(3))),
    )
    return Followed(snapshot, points, tuple(int(side) for side in facts["shape"]), str(facts["title"]))


def _read_histograms(ends: np.ndarray, counts: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return edges and counts of each histogram.

    ends : (6, 2), float64; counts : (6, bins), uint32
    """
    bins = counts.shape[-1]
    return {
        name: (np.linspace(*ends[place], bins + 1), counts[place].astype(np.int64))
        for place, name in enumerate(HISTOGRAMS)
    }


def _to_json(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _to_json(one) for name, one in value.items()}
    if isinstance(value, bool):
        return value
    found = float(value)
    return float(f"{found:.{DIGITS}g}") if np.isfinite(found) else str(found)


def _from_json(value: object) -> object:
    return {str(name): _from_json(one) for name, one in value.items()} if isinstance(value, dict) else float(value)
