"""Chains that begin at spheres, and what is told of the shapes that they become."""

import math

import pytest
import torch

from nbutils.boltzmann.machine import Machine, initialize
from nbutils.boltzmann.samplers import gibbs
from nbutils.rbm.sampling import dream, judge
from nbutils.rbm.sphere_shapes import list_shapes
from nbutils.rbm.spheres import make_spheres

SMALL = {"grid": 5, "smallest": 1.0, "largest": 2.0}


@pytest.fixture(scope="module")
def shapes():
    return list_shapes(**SMALL)


def test_chains_are_those_of_the_sampler():
    machine, start = initialize(125, 9, weight_range=0.5), make_spheres(3, seed=1, **SMALL)
    sweeps = list(gibbs(machine, start, 6, seed=2))
    chains = dream(machine, start, steps=6, every=3, seed=2)
    assert torch.equal(chains.samples, torch.stack([sweeps[2].visible, sweeps[5].visible]))
    assert torch.equal(chains.means, sweeps[5].means)


def test_a_machine_that_copies_what_it_sees_stays_with_spheres(shapes):
    """Each hidden unit follows one voxel and gives it back."""
    copier = Machine(100 * torch.eye(125), torch.full((125,), -50.0), torch.full((125,), -50.0))
    spheres = make_spheres(40, seed=3, **SMALL)
    found = judge(dream(copier, spheres, steps=5, every=5, seed=0).means, shapes)
    assert (found.empty, found.likeness, found.good, found.components) == (0, 1, 1, 1)
    assert found.filled == pytest.approx(float(spheres.sum(1).mean()))


def test_empty_shapes_count_as_bad_and_not_as_pieces(shapes):
    corners = torch.zeros(5, 5, 5)
    corners[0, 0, 0] = corners[4, 4, 4] = 1
    sphere = make_spheres(1, seed=4, **SMALL)
    found = judge(torch.cat([sphere, corners.reshape(1, -1), torch.zeros(2, 125)]), shapes)
    assert found.empty == 0.5
    assert found.good == 0.25
    assert found.components == 1.5
    assert found.filled == pytest.approx((float(sphere.sum()) + 2) / 4)
    # The least sphere that holds a corner voxel has it and three neighbours: 1 voxel in common of 5 altogether.
    assert found.likeness == pytest.approx((1 + 1 / 5) / 2)


def test_nothing_but_empty_shapes_have_no_likeness(shapes):
    found = judge(torch.zeros(3, 125), shapes)
    assert (found.empty, found.good, found.filled) == (1, 0, 0)
    assert math.isnan(found.likeness)
    assert math.isnan(found.components)
