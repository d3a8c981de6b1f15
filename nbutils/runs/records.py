"""What was measured beforehand: results in a folder of data/, each with how, when and on what it was made."""

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("torch", "numpy", "pillow")
CPU_FILE = Path("/proc/cpuinfo")


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
