"""What was measured beforehand: results in a folder of data/, each with how, when and on what it was made."""

import json
import math
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("torch", "numpy", "pillow")
CPU_FILE = Path("/proc/cpuinfo")
DIGITS = 5


def describe_origin(command: str, seed: int) -> dict:
    """Return where a result comes from: command, seed, date, machine and versions."""
    return {
        "command": command,
        "seed": seed,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"processor": name_processor(), "cores": os.cpu_count() or 1, "system": platform.system()},
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
    }


def name_processor() -> str:
    """Return the name of this machine's processor as far as the system tells it."""
    if CPU_FILE.is_file():
        for line in CPU_FILE.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def write_record(name: str, content: dict, folder: Path) -> Path:
    """Write a result as JSON, whole or not at all, and return where it lies."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.json"
    part = target.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(content, allow_nan=False, separators=(",", ":")) + "\n", encoding="utf-8")
    part.replace(target)
    return target


def read_record(name: str, folder: Path) -> dict:
    """Return a result that was written before.

    Raises ValueError where it is absent or cannot be read.
    """
    path = folder / f"{name}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"The measured result {path.name} is not there; it comes with the repository.") from None
    except (OSError, ValueError) as error:
        raise ValueError(
            f"The measured result {path.name} cannot be read: get it from the repository again."
        ) from error
    if not isinstance(content, dict):
        raise ValueError(f"The measured result {path.name} is no record: get it from the repository again.")
    return content


def keep(name: str, found: Mapping[str, dict], folder: Path) -> Path:
    """Put results into a record beside what it holds already, in place of those of the same name."""
    try:
        held = read_record(name, folder)
    except ValueError:
        held = {}
    return write_record(name, held | plain(found), folder)


def plain(found: object) -> object:
    """Return a result with numbers of five digits, as JSON holds it: what is no finite number becomes None."""
    if isinstance(found, Mapping):
        return {str(name): plain(value) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return [plain(value) for value in found]
    if not isinstance(found, float):
        return found
    return float(f"{found:.{DIGITS}g}") if math.isfinite(found) else None
