"""What the sweeps of the tests run: functions of settings, told by them where to leave traces."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from nbutils.runs import Result

VERSION = 1


def square(settings: dict) -> Result:
    """Return the square of a number; every run leaves a file named after its process."""
    started = len(list(Path(settings["traces"]).glob(f"{settings['number']}.*")))
    (Path(settings["traces"]) / f"{settings['number']}.{started}.{os.getpid()}").touch()
    time.sleep(settings.get("seconds", 0))
    if settings["number"] in settings.get("raising", ()):
        raise ValueError(f"{settings['number']} is not liked.")
    if started < settings.get("deaths", {}).get(str(settings["number"]), 0):
        os.kill(os.getpid(), signal.SIGKILL)
    return Result({"square": np.array([settings["number"] ** 2])}, {"process": os.getpid()})


def fill_the_disk(settings: dict) -> Result:
    """Return a result that cannot be written: what is written of it goes to a device that is always full."""
    name = f"{settings['key']}.npz.{os.getpid()}.part"
    (Path(settings["folder"]) / name).symlink_to("/dev/full")
    return Result({}, {})


def count_threads(settings: dict) -> Result:
    """Return how many threads torch uses, as found in a worker."""
    import torch

    return Result({}, {"threads": torch.get_num_threads()})
