"""Measurements of the suite on the computer at hand: one module per bench, each with measure(say) -> dict.

A result holds nested dicts and plain numbers; `say` takes lines for whoever waits.
"""

import datetime as dt
import importlib
import os
import platform
from collections.abc import Callable

from nbutils.runs.records import name_processor

NAMES = ("serve", "deepvis", "preferred", "rbm", "forms", "transfer", "soak")


class CannotMeasureError(Exception):
    """A bench cannot run here; the message is a sentence that says what to do."""


def run(name: str, say: Callable[[str], None], **wish: int) -> dict:
    """Run one bench and return its numbers with a description of the machine under "machine".

    wish : what that bench's `measure` may be told beside, such as how many classes
    Raises CannotMeasureError for an unknown name, and when the bench lacks something it needs.
    """
    if name not in NAMES:
        raise CannotMeasureError(f'There is no bench "{name}"; choose one of {", ".join(NAMES)}.')
    result = importlib.import_module(f"nbutils.bench.{name}").measure(say, **wish)
    return {**result, "machine": machine()}


def machine() -> dict[str, object]:
    """Return what a number depends on: processor, cores, threads, versions, date."""
    import torch

    return {
        "processor": name_processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "system": f"{platform.system()} {platform.release()}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
    }


def table(result: dict, indent: str = "") -> str:
    """Return a nested result as indented lines, one number a line."""
    lines = []
    for key, value in result.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}", table(value, indent + "  ")]
        else:
            shown = f"{value:.3g}" if isinstance(value, float) else value
            lines.append(f"{indent}{key:24} {shown}")
    return "\n".join(lines)
