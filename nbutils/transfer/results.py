"""The runs that ship in data/transfer: a table with one row a run, their curves, and where they come from."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path

import filelock
import numpy as np

from nbutils.runs.store import LOCK, Result, Store, canonical, version_of, write_whole
from nbutils.transfer.records import Run, RunSettings, from_json, to_json

FOLDER = Path(__file__).resolve().parents[2] / "data" / "transfer"
RUNS, CURVES, FILTERS, PROVENANCE = "runs.csv", "curves.npz", "filters.npz", "provenance.json"
LEARNING = ("base", "BnB+", "AnB+")  # treatments whose first layer learns: that of the others lies with another run
DIGITS = 5
NUMBERS = ("score", "best_ten", "seconds", "images_per_s")
WORDS = ("hardware", "version", "date")
SETTINGS = {field.name: field.type for field in fields(RunSettings)}
COLUMNS = ("key", *SETTINGS, *NUMBERS, *WORDS)


def key_of(settings: RunSettings) -> str:
    """Return the name of a run's settings in the files: 16 hexadecimal digits."""
    return sha256(canonical(to_json(settings)).encode()).hexdigest()[:16]


def load_results(folder: Path = FOLDER) -> tuple[Run, ...]:
    """Return the measured runs in the order of the table; none where nothing has been measured yet.

    Raises ValueError, as a sentence, where a file is damaged.
    """
    try:
        text = (folder / RUNS).read_text("utf-8")
        with np.load(folder / CURVES, allow_pickle=False) as curves:
            return tuple(_read_row(row, curves) for row in csv.DictReader(io.StringIO(text)))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"The measured runs in {RUNS} and {CURVES} cannot be read: get them from the repository again."
        ) from error


def load_filters(folder: Path = FOLDER) -> dict[str, np.ndarray]:
    """Return the filters of the first layer by the key of their run, for the runs in which this layer learned.

    Each is (filters, channels, height, width), float32.
    Raises ValueError, as a sentence, where the file is damaged.
    """
    try:
        with np.load(folder / FILTERS, allow_pickle=False) as held:
            return {key: held[key].astype(np.float32) for key in held.files}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"The filters in {FILTERS} cannot be read: get them from the repository again.") from error


def read_origins(folder: Path = FOLDER) -> list[dict]:
    """Return by which commands, when and on what the runs were made; none where nothing has been measured yet."""
    try:
        return list(json.loads((folder / PROVENANCE).read_text("utf-8"))["commands"])
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{PROVENANCE} cannot be read: get it from the repository again.") from error


def write_results(
    folder: Path | str,
    settings: Sequence[RunSettings],
    out: Path = FOLDER,
    version: str | None = None,
    origin: Mapping[str, object] | None = None,
) -> tuple[Run, ...]:
    """Put the finished ones of some runs among the shipped ones, and return all that are there now.

    folder : the store that the runs were kept in
    settings : those to look for; what is not finished is left out. A run of the same settings is replaced
    version : the store's; None is that of `nbutils.transfer.running.train_one`
    origin : command, seed, date and machine, as `nbutils.runs.records.describe_origin` gives them: of the one command
        that makes these runs, and told only where some of them are finished; call this once for every command
    Each file is replaced whole, the table last; who else writes there meanwhile waits. Raises ValueError where the
    shipped runs are damaged.
    """
    if version is None:
        # It brings torch along, which who only reads results does without.
        from nbutils.transfer.running import train_one

        version = version_of(train_one)
    store = Store(Path(folder), version)
    found = {wanted: result for wanted in settings if (result := store.get(to_json(wanted))) is not None}
    out.mkdir(parents=True, exist_ok=True)
    lock = out / LOCK
    with filelock.FileLock(lock):
        try:
            return _add(found, origin, out)
        finally:
            with suppress(OSError):  # Windows does not remove a file that is open
                lock.unlink()


def _add(found: Mapping[RunSettings, Result], origin: Mapping[str, object] | None, out: Path) -> tuple[Run, ...]:
    """Put runs among those that lie in a folder; whoever calls this is the only one who writes there."""
    held = {run.settings: run for run in load_results(out)}
    runs = held | {wanted: make_run(wanted, result) for wanted, result in found.items()}
    filters = load_filters(out) | {
        key_of(wanted): result.arrays["conv1"]
        for wanted, result in found.items()
        if wanted.treatment in LEARNING and "conv1" in result.arrays
    }
    origins = read_origins(out)
    if origin is not None and found:
        origins = [*(held for held in origins if held.get("command") != origin.get("command")), dict(origin)]
    ordered = sorted(runs.values(), key=lambda run: canonical(to_json(run.settings)))
    write_whole(out / PROVENANCE, (json.dumps({"commands": origins}, indent=1) + "\n").encode())
    write_whole(out / FILTERS, pack({key: filters[key].astype(np.float16) for key in sorted(filters)}))
    write_whole(out / CURVES, pack({key_of(run.settings): _curves(run) for run in ordered}))
    write_whole(out / RUNS, _to_csv(ordered).encode())
    return tuple(ordered)


def make_run(settings: RunSettings, result: Result) -> Run:
    """Return a run as the store of a sweep holds it, its numbers as the table has them."""
    numbers = {name: float(f"{float(result.facts[name]):.{DIGITS}g}") for name in NUMBERS}
    words = {name: str(result.facts[name]) for name in WORDS}
    curves = {name: np.asarray(result.arrays[name], np.float32) for name in ("epochs", "accuracy", "loss")}
    return Run(settings, **numbers, **words, **curves)


def _read_row(row: Mapping[str, str], curves: Mapping[str, np.ndarray]) -> Run:
    settings = from_json({name: kind(row[name]) for name, kind in SETTINGS.items()})
    numbers = {name: float(row[name]) for name in NUMBERS}
    epochs, accuracy, loss = curves[row["key"]]
    words = {name: row[name] for name in WORDS}
    return Run(settings, **numbers, **words, epochs=epochs, accuracy=accuracy, loss=loss)


def _curves(run: Run) -> np.ndarray:
    return np.stack([run.epochs, run.accuracy, run.loss]).astype(np.float32)


def _to_csv(runs: Iterable[Run]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for run in runs:
        settings, found = asdict(run.settings), {name: getattr(run, name) for name in (*NUMBERS, *WORDS)}
        table.writerow([key_of(run.settings), *settings.values(), *found.values()])
    return text.getvalue()


def pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return an npz file whose bytes depend on the arrays alone."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            # A date of its own would make another file of the same runs.
            file.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue())
    return packed.getvalue()
