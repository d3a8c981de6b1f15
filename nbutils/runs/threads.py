"""The one place that decides how many threads the numerical libraries use."""

import os
import sys

# Measured with torch 2.13 on one of two cores: a thousand million multiplications take 25 ms (VGG16) to 60 ms
# (MobileNetV2). Below this a pass takes less than about 60 ms, a second thread saves little and takes the core on
# which the browser draws.
HEAVY_MULTIPLICATIONS = 2_000_000_000
MOST_LIVE_THREADS = 4


def threads(number: int) -> int:
    """Use that many threads for torch in this process (0 = all cores) and return the number in force.

    Live dashboards ask `live_threads` how many: beside a busy browser two threads wait for each other.
    Threads that wait sleep instead of spinning, so that other programs get the core, unless torch was imported
    before: OpenMP reads OMP_WAIT_POLICY once, then. Kernels of `serve` and `lab` are started with it.
    Raises ValueError for a negative number.
    """
    if number < 0:
        raise ValueError(f"threads must be 0 (all cores) or more, got {number}.")
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    torch.set_num_threads(number or os.cpu_count() or 1)
    return torch.get_num_threads()


def live_threads(multiplications: int) -> int:
    """Return how many threads a live dashboard gives to a pass of that many multiplications.

    One for a light network; for a heavy one, such as VGG16 (15.3 thousand million), all cores, at most four.
    Raises ValueError for a negative number.
    """
    if multiplications < 0:
        raise ValueError(f"multiplications must be 0 or more, got {multiplications}.")
    if multiplications < HEAVY_MULTIPLICATIONS:
        return 1
    return min(usable_cores(), MOST_LIVE_THREADS)


def one_thread() -> None:
    """Use one thread for torch in this process, without importing it where it is not needed.

    A worker of a sweep asks for it before every run, as a run may bring torch with it.
    """
    os.environ["OMP_NUM_THREADS"] = "1"  # read by a torch that is imported later
    if "torch" in sys.modules:
        threads(1)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
