"""What chapter 3 of the thesis says, measured: a function for each row of the ledger, kept in data/forms."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from nbutils.runs import records

FOLDER = Path(__file__).resolve().parents[2] / "data" / "forms"
NAME = "findings"
SEED = 0  # the first of the seeds that a measurement counts up from

# Where each row is measured; imported when it is, so that figures that only read results open fast.
FINDINGS = {
    "F3.1": "findings_families.measure_gallery",
    "T3.1": "findings_breeding.count_mutations",
    "E3.1": "findings_shapes.measure_symmetries",
    "E3.4": "findings_shapes.measure_grids",
    "E3.5": "findings_shapes.measure_corners",
    "S3-01": "findings_breeding.measure_growth",
    "S3-03": "findings_breeding.compare_first",
    "C3-01": "findings_timing.measure_fifteen",
    "C3-03": "findings_users.breed_heart",
    "C3-04": "findings_users.compare_choices",
    "C3-05": "findings_shapes.measure_resolutions",
    "C3-06": "findings_shapes.measure_repetitions",
    "C3-07": "findings_shapes.measure_watertightness",
    "C3-08": "findings_families.measure_runs",
    "C3-09": "findings_families.compare_distances",
}


def measure(row: str) -> dict:
    """Return what a row of FINDINGS says, measured now."""
    module, function = FINDINGS[row].split(".")
    return getattr(import_module(f"nbutils.forms.{module}"), function)()


def write_findings(rows: tuple[str, ...], say: Callable[[str], object], folder: Path = FOLDER) -> Path:
    """Measure what the ledger's rows, or all of them, say, keep it with its origin, and return where.

    Raises ValueError for a row that is not measured.
    """
    if unknown := [row for row in rows if row not in FINDINGS]:
        raise ValueError(f'There is no measurement "{unknown[0][:40]}"; choose from {", ".join(FINDINGS)}.')
    for row in rows or FINDINGS:
        found = measure(row)
        origin = records.describe_origin(f"python -m nbutils.forms findings {row}", SEED)
        path = records.keep(NAME, {row: {"result": found, "provenance": origin}}, folder)
        say(f"{row} is kept in {path.name}.")
    return path


def read(folder: Path = FOLDER) -> dict[str, dict]:
    """Return {row: its result} of all that was measured; ValueError where the record is absent or damaged."""
    return {row: found["result"] for row, found in records.read_record(NAME, folder).items()}
