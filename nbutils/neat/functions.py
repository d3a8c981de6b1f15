"""The functions of nodes; each works on a whole array in place."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# Where linear functions and absolute values end, so that the sums of cycles stay finite numbers.
LARGEST = 1000.0


@dataclass(frozen=True)
class Function:
    """A function of nodes.

    formula : for people, with s for the weighted sum that arrives at the node
    apply : takes an array of sums, any shape, float32 or float64, and overwrites it with the function's values
    """

    formula: str
    apply: Callable[[np.ndarray], object]


def _apply_gaussian(sums: np.ndarray) -> None:
    np.multiply(sums, sums, out=sums)
    np.negative(sums, out=sums)
    np.exp(sums, out=sums)
    np.multiply(sums, 2.0, out=sums)
    np.subtract(sums, 1.0, out=sums)


def _apply_sigmoid(sums: np.ndarray) -> None:
    # 1 / (1 + exp(-s)) written so that no sum overflows.
    np.multiply(sums, 0.5, out=sums)
    np.tanh(sums, out=sums)
    np.multiply(sums, 0.5, out=sums)
    np.add(sums, 0.5, out=sums)


def _apply_linear(sums: np.ndarray) -> None:
    np.clip(sums, -LARGEST, LARGEST, out=sums)


def _apply_abs(sums: np.ndarray) -> None:
    np.abs(sums, out=sums)
    np.minimum(sums, LARGEST, out=sums)


# Section 3.3.2 of the thesis names sine, cosine and Gaussian and prints no formulas. The Gaussian is stretched to
# -1..1, as sine and cosine are, so that each of them can be on either side of a level.
FUNCTIONS = {
    "sine": Function("sin(s)", lambda sums: np.sin(sums, out=sums)),
    "cosine": Function("cos(s)", lambda sums: np.cos(sums, out=sums)),
    "gaussian": Function("2 exp(-s²) - 1", _apply_gaussian),
    "sigmoid": Function("1 / (1 + exp(-s))", _apply_sigmoid),
    "tanh": Function("tanh(s)", lambda sums: np.tanh(sums, out=sums)),
    "linear": Function(f"s, between -{LARGEST:.0f} and {LARGEST:.0f}", _apply_linear),
    "abs": Function(f"|s|, at most {LARGEST:.0f}", _apply_abs),
}

# Section 3.3.2: "For this study we included sine, cosine, and Gaussian functions."
THESIS_FUNCTIONS = ("sine", "cosine", "gaussian")
