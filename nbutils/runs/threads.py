"""The one place that decides how many threads the numerical libraries use."""

import os
import sys


def threads(number: int) -> int:
    """Use that many threads for torch in this process (0 = all cores) and return the number in force.

    Live dashboards use one: beside a busy browser two threads wait for each other and are slower.
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
