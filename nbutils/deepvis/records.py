"""The measured results of chapter 6, in data/deepvis."""

from pathlib import Path

from nbutils.runs import records
from nbutils.runs.records import describe_origin

__all__ = ["FOLDER", "describe_origin", "read_record", "write_record"]

FOLDER = Path(__file__).resolve().parents[2] / "data" / "deepvis"


def write_record(name: str, content: dict, folder: Path = FOLDER) -> Path:
    """Write a result as `nbutils.runs.records` does, and return where it lies."""
    return records.write_record(name, content, folder)


def read_record(name: str, folder: Path = FOLDER) -> dict:
    """Return a result that was written before; ValueError where it is absent or cannot be read."""
    return records.read_record(name, folder)
