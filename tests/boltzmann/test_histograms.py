import itertools

import numpy as np
import pytest
import torch

from nbutils.boltzmann import histograms
from nbutils.boltzmann.machine import Machine, initialize


def test_values_are_counted_by_hand():
    edges, counts = histograms.histogram(torch.tensor([[0.0, 1.0, 1.0], [2.5, 3.0, 4.0]]), bins=4)
    assert edges.tolist() == [0, 1, 2, 3, 4]
    assert counts.tolist() == [1, 2, 1, 2]  # the last bin holds both of its edges


def test_every_value_of_a_large_parameter_is_in_one_bin():
    machine = initialize(100, 40, weight_range=0.022)
    edges, counts = histograms.histogram(machine.weights)
    values = machine.weights.double().numpy().ravel()
    expected = [((values >= low) & (values < high)).sum() for low, high in itertools.pairwise(edges)]
    expected[-1] += (values == edges[-1]).sum()
    assert counts.tolist() == expected
    assert counts.sum() == 4000
    assert len(counts) == 60
    np.testing.assert_allclose(np.diff(edges), edges[1] - edges[0])


@pytest.mark.parametrize("value", [0.0, -20.0, 3e38, 1e-45])
def test_parameters_that_are_all_alike_fill_one_bin(value):
    edges, counts = histograms.histogram(torch.full((400,), value), bins=10)
    assert counts.max() == counts.sum() == 400
    assert edges[0] <= value <= edges[-1]


def test_values_that_are_no_finite_numbers_are_left_out():
    values = torch.tensor([float("nan"), 1.0, float("inf"), 2.0, -float("inf")])
    edges, counts = histograms.histogram(values, bins=2)
    assert counts.tolist() == [1, 1]
    assert edges.tolist() == [1, 1.5, 2]
    assert histograms.histogram(torch.tensor([float("nan")]))[1].sum() == 0


@pytest.mark.parametrize("values", [[1.0, 1.0 + 2**-23], [-3e38, 3e38], [0.0, 1e-45]])
def test_any_range_of_single_precision_has_bins(values):
    edges, counts = histograms.histogram(torch.tensor(values))
    assert counts.sum() == 2
    assert counts[0] == counts[-1] == 1
    assert (np.diff(edges) > 0).all()


def test_each_parameter_and_each_update_has_its_own():
    machine = Machine(torch.full((3, 2), 1.0), torch.full((3,), 2.0), torch.full((2,), 3.0))
    last = Machine(torch.full((3, 2), 4.0), torch.full((3,), 5.0), torch.full((2,), 6.0))
    found = histograms.parameter_histograms(machine, last, bins=2)
    middles = {name: (edges.mean(), counts.sum()) for name, (edges, counts) in found.items()}
    assert middles == {
        "visible_bias": (2, 3),
        "weights": (1, 6),
        "hidden_bias": (3, 2),
        "visible_bias_update": (5, 3),
        "weights_update": (4, 6),
        "hidden_bias_update": (6, 2),
    }
