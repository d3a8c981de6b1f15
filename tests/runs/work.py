"""What the sweeps of the tests run; the settings say where to leave traces and what to wait for."""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from nbutils.runs import Result, Store, version_of

VERSION = 1


def square(settings: dict) -> Result:
    """Return the square of a number.

    traces : a folder, where every run leaves a file named after its number and its process
    until : a file to wait for
    raising : the numbers that raise
    raising_while : a file; while it exists the run raises
    deadly : the numbers that end their process
    """
    number = settings["number"]
    leave_trace(settings)
    while "until" in settings and not Path(settings["until"]).exists():
        time.sleep(0.01)
    if number in settings.get("raising", ()) or Path(settings.get("raising_while", "/no/such/file")).exists():
        raise ValueError(f"{number} is not liked.")
    if number in settings.get("deadly", ()):
        os.kill(os.getpid(), signal.SIGKILL)
    return Result({"square": np.array([number**2])}, {"process": os.getpid()})


def leave_trace(settings: dict) -> None:
    """Leave an empty file that names the number, the process and the time."""
    name = f"{settings['number']}.{time.monotonic_ns()}.{os.getpid()}"
    (Path(settings["traces"]) / name).touch()


def write_half(settings: dict) -> Result:
    """Begin to write a result as the store does, and never end."""
    part_of(write_half, settings).write_bytes(b"half")
    leave_trace(settings)
    while True:
        time.sleep(0.01)


def fill_the_disk(settings: dict) -> Result:
    """Return a result that is written to a device that is always full."""
    part_of(fill_the_disk, settings).symlink_to("/dev/full")
    leave_trace(settings)
    return Result({}, {})


def add_to(settings: dict, folder: Path) -> Result:
    """Return a number added to the square of another one that lies finished in the folder."""
    square_of = Store(folder, version_of(square)).get(settings["builds_on"])
    return Result({"sum": square_of.arrays["square"] + settings["number"]}, {})


def count_threads(settings: dict) -> Result:
    """Return how many threads torch uses where this runs."""
    import torch

    return Result({}, {"threads": torch.get_num_threads()})


def knows_torch() -> bool:
    """Say whether torch was imported where this runs."""
    return "torch" in sys.modules


def return_a_number(settings: dict) -> int:
    """Return what no run should."""
    return settings["number"]


def part_of(function: object, settings: dict) -> Path:
    """Return the file that this process writes a result to before it is renamed."""
    store = Store(Path(settings["kept"]), version_of(function))
    return store.folder / f"{store.key(settings)}.npz.{os.getpid()}.part"
