"""What a machine is on every device that this computer has: begun, sampled from, trained and gone on with."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from nbutils.boltzmann.checkpoints import pack_checkpoint, read_checkpoint
from nbutils.boltzmann.learners import initial_machine
from nbutils.boltzmann.machine import copy_to, initialize
from nbutils.boltzmann.partition import estimate_log_partition, exact_log_partition
from nbutils.boltzmann.samplers import gibbs
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import train
from tests.boltzmann import brute_force, exact

DEVICES = ["cpu"] + ["cuda"] * torch.cuda.is_available()
SAMPLERS = ["cd", "pcd", "tempering"]
PATTERNS = torch.tensor([[1.0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])


def last_of(steps):
    *_, last = steps
    return last


@pytest.mark.parametrize("device", DEVICES)
def test_a_seed_gives_the_same_weights_on_every_device(device):
    assert torch.equal(initialize(9, 8, seed=4, device=device).weights.cpu(), initialize(9, 8, seed=4).weights)


@pytest.mark.parametrize("device", DEVICES)
def test_chains_have_the_shares_of_the_machine(device):
    machine = brute_force.make_machine(4, 3, kind=torch.float32)
    got = last_of(gibbs(copy_to(machine, device), torch.zeros(20_000, 4), 40, seed=1, every=40)).visible
    assert exact.chi_square(got.cpu(), exact.joint(machine).sum(1)) > 0.001


@pytest.mark.parametrize("device", DEVICES)
def test_annealing_agrees_with_the_exact_sum(device):
    machine = brute_force.make_machine(20, 10, 3, scale=0.5, kind=torch.float32)
    data = torch.full((100, 20), 0.3, device=device)
    found = last_of(estimate_log_partition(copy_to(machine, device), data, temperatures=300, chains=100, seed=1))
    missed = found.log_partition - exact_log_partition(machine)
    assert abs(missed) < 4 * found.standard_deviation < 0.4


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_training_raises_the_likelihood_of_what_it_learns(device, sampler):
    """Two patterns of six units: the exact log-likelihood ends near that of a model that knows them, -log 2."""
    examples = PATTERNS.repeat(50, 1)
    settings = Training(
        hidden=4, batch=20, epochs=150, rate=0.2, sampler=sampler, temperatures=4, seed=1, device=device
    )

    def likelihood(machine):
        return np.log(exact.joint(machine).sum(1)[exact.places(PATTERNS)]).mean()

    found = last_of(train(examples, settings)).machine
    assert found.weights.device.type == "cpu"
    assert -0.693 > likelihood(found) > -1.0
    assert likelihood(initial_machine(examples, settings)) < -4


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_run_goes_on_from_a_file_bit_for_bit(device, sampler):
    settings = Training(hidden=5, batch=10, epochs=3, momentum=0.5, sampler=sampler, temperatures=3, device=device)
    examples = PATTERNS.repeat(20, 1)
    half = last_of(train(examples, replace(settings, epochs=1)))
    whole, resumed = last_of(train(examples, settings)), read_checkpoint(pack_checkpoint(half))
    again = last_of(train(examples, settings, resumed))
    assert torch.equal(again.machine.weights, whole.machine.weights)
    assert again.state.numbers == whole.state.numbers
