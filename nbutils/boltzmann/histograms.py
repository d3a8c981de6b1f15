"""Histograms of a machine's parameters and of their last updates, as in section 4.3.3 of the thesis."""

import numpy as np
from torch import Tensor

from nbutils.boltzmann.machine import PARAMETERS, Machine

UPDATES = tuple(f"{name}_update" for name in PARAMETERS)
BINS = 60


def name_values(machine: Machine, last: Machine) -> dict[str, Tensor]:
    """Return the parameters of a machine and their last updates under the names of PARAMETERS and UPDATES."""
    parameters = {name: getattr(machine, name) for name in PARAMETERS}
    return parameters | {update: getattr(last, name) for update, name in zip(UPDATES, PARAMETERS, strict=True)}


def parameter_histograms(machine: Machine, last: Machine, bins: int = BINS) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return edges and counts of each of PARAMETERS and UPDATES, as `histogram` does."""
    return {name: histogram(values, bins) for name, values in name_values(machine, last).items()}


def histogram(values: Tensor, bins: int = BINS) -> tuple[np.ndarray, np.ndarray]:
    """Return the edges of equally wide bins from the lowest to the highest value, and how many lie in each.

    Values that are no finite numbers are left out. A bin holds its lower edge, the last one both. Where all values
    are alike the bins reach half a unit to each side, for large values a thousandth of them.

    values : any shape, float
    Returns edges (bins + 1,), float64, and counts (bins,), int64.
    """
    array = values.detach().cpu().double().numpy().ravel()
    finite = array[np.isfinite(array)]
    low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 0.0)
    margin = max(0.5, abs(low) / 1000) if low == high else 0.0
    counts, edges = np.histogram(finite, bins, (low - margin, high + margin))
    return edges, counts
