"""Parameters of base networks that ship, so that nobody waits for one whose layers are to be copied."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nbutils.runs.store import Store, write_whole
from nbutils.transfer.records import RunSettings, to_json
from nbutils.transfer.results import FOLDER, key_of, pack

FILE = "bases.npz"
PARAMETERS = "layers."  # how their names begin


def write_bases(folder: Path | str, settings: Sequence[RunSettings], version: str, out: Path = FOLDER) -> list[str]:
    """Put the parameters of the finished ones of some base networks among those that ship; return the keys of all.

    folder, version : the store that the runs were kept in
    Numbers are rounded to float16, as half of the bytes is enough to begin with.
    """
    store = Store(Path(folder), version)
    held = _read_all(out)
    for wanted in settings:
        result = store.get(to_json(wanted)) if wanted.treatment == "base" else None
        if result is not None:
            held |= {f"{key_of(wanted)}/{name}": value for name, value in result.arrays.items() if _is_parameter(name)}
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / FILE, pack({name: held[name].astype(np.float16) for name in sorted(held)}))
    return sorted({name.partition("/")[0] for name in held})


def list_bases(folder: Path = FOLDER) -> frozenset[str]:
    """Return the keys of the base networks that ship; raises ValueError where the file is damaged."""
    try:
        with zipfile.ZipFile(folder / FILE) as held:
            return frozenset(name.partition("/")[0] for name in held.namelist())
    except FileNotFoundError:
        return frozenset()
    except (OSError, zipfile.BadZipFile) as error:
        raise _damaged() from error


def read_base(settings: RunSettings, folder: Path = FOLDER) -> dict[str, np.ndarray]:
    """Return the parameters of a base network by their names, float32; none where it does not ship.

    Raises ValueError, as a sentence, where the file is damaged.
    """
    key = f"{key_of(settings)}/"
    return {name.removeprefix(key): value for name, value in _read_all(folder, key).items()}


def _read_all(folder: Path, begin: str = "") -> dict[str, np.ndarray]:
    try:
        with np.load(folder / FILE, allow_pickle=False) as held:
            return {name: held[name].astype(np.float32) for name in held.files if name.startswith(begin)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise _damaged() from error


def _is_parameter(name: str) -> bool:
    return name.startswith(PARAMETERS)


def _damaged() -> ValueError:
    return ValueError(f"The base networks in {FILE} cannot be read: get them from the repository again.")
