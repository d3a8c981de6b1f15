"""Networks written by hand compute what their formula says."""

import numpy as np
import pytest

from nbutils.forms.handmade import connect
from nbutils.neat import SPACE, compile_genome, evaluate, fill_inputs

POINTS = {name: np.linspace(-1, 2, 50) * factor for name, factor in (("x", 1.0), ("y", -0.7), ("z", 0.3))}


def values(genome):
    return evaluate(compile_genome(genome), fill_inputs(SPACE, POINTS))[0]


def test_a_sum_of_inputs_is_their_sum():
    found = values(connect({"x": 2, "z": -0.5, "bias": 0.25}))
    np.testing.assert_allclose(found, 2 * POINTS["x"] - 0.5 * POINTS["z"] + 0.25)


def test_a_function_is_applied_to_the_sum():
    radius = np.sqrt(sum(axis**2 for axis in POINTS.values()))
    np.testing.assert_allclose(values(connect({"r_xyz": 3}, "sine")), np.sin(3 * radius))


@pytest.mark.parametrize(
    ("weights", "function", "said"),
    [
        ({"w": 1}, "linear", "there is no 'w'"),
        ({"x": 1}, "eval", "there is no 'eval'"),
        ({"x": float("nan")}, "linear", "weight"),
        ({"x": "1"}, "linear", "weight"),
        ({"x": 1e9}, "linear", "weight"),
    ],
)
def test_what_is_no_network_is_a_sentence(weights, function, said):
    with pytest.raises(ValueError, match=said):
        connect(weights, function)
