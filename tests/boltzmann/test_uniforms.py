import numpy as np
import pytest
import torch
from scipy import stats

from nbutils.boltzmann.uniforms import RandomNumbers, random_numbers, restored

KINDS = [torch.float32, torch.float64]


@pytest.mark.parametrize("kind", KINDS)
def test_uniform_numbers_are_spread_evenly_from_0_to_below_1(kind):
    got = random_numbers(1).uniforms(torch.empty(200, 1000, dtype=kind))
    assert (got.dtype, got.shape) == (kind, (200, 1000))
    assert got.min() >= 0
    assert got.max() < 1
    counts = np.histogram(got.numpy(), 1000, (0, 1))[0]
    assert stats.chisquare(counts).pvalue > 0.001


def test_neighbouring_numbers_are_independent():
    """Two come from each word of 64 bits: their pairs fill a square evenly, within a word and across words."""
    flat = random_numbers(2).uniforms(torch.empty(400_001)).numpy()
    for first in (0, 1):
        left, right = flat[first : first + 400_000 : 2], flat[first + 1 : first + 400_001 : 2]
        counts = np.histogram2d(left, right, 20, ((0, 1), (0, 1)))[0]
        assert stats.chisquare(counts.ravel()).pvalue > 0.001


def test_every_bit_of_a_uniform_number_is_a_fair_coin():
    got = random_numbers(3).uniforms(torch.empty(100_000)).double().numpy()
    whole = np.round(got * 2**23).astype(int)
    assert np.array_equal(whole / 2**23, got)
    for bit in range(23):
        assert stats.binomtest(int((whole >> bit & 1).sum()), 100_000).pvalue > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_normal_numbers_are_normal(kind):
    got = random_numbers(4).normals(torch.empty(100, 1000, dtype=kind))
    assert (got.dtype, got.shape) == (kind, (100, 1000))
    assert stats.kstest(got.double().flatten().numpy(), "norm").pvalue > 0.001


def test_a_seed_gives_its_stream_again_and_others_give_others():
    like = torch.empty(7, 3)
    streams = [random_numbers(seed).uniforms(like) for seed in (0, 0, 1, (0, 1), (0, 2))]
    assert torch.equal(streams[0], streams[1])
    assert all(not torch.equal(streams[0], other) for other in streams[2:])
    assert not torch.equal(streams[3], streams[4])


def test_a_stream_goes_on_from_its_state():
    numbers = random_numbers(5)
    numbers.uniforms(torch.empty(11))
    numbers.normals(torch.empty(5))
    state = numbers.state()
    expected = numbers.uniforms(torch.empty(9)), numbers.normals(torch.empty(9))
    again = restored(state)
    assert torch.equal(again.uniforms(torch.empty(9)), expected[0])
    assert torch.equal(again.normals(torch.empty(9)), expected[1])


@pytest.mark.parametrize("state", [(), (1, 2, 3), (1,) * 16, (-1, 2, 3, 4, 0, 0), (1, 2, 3, 2**64, 0, 0)])
def test_a_state_of_something_else_is_refused(state):
    with pytest.raises(ValueError, match="no state of the random numbers of cpu"):
        restored(state)


def test_a_generator_of_torch_as_gpus_have_one_gives_the_same_kinds_of_numbers():
    numbers = RandomNumbers(torch.Generator().manual_seed(6))
    state = numbers.state()
    uniforms, normals = numbers.uniforms(torch.empty(100, 100)), numbers.normals(torch.empty(100, 100))
    assert stats.kstest(uniforms.flatten().numpy(), "uniform").pvalue > 0.001
    assert stats.kstest(normals.flatten().numpy(), "norm").pvalue > 0.001
    again = torch.Generator()
    again.set_state(torch.tensor(state, dtype=torch.uint8))
    assert torch.equal(RandomNumbers(again).uniforms(torch.empty(100, 100)), uniforms)
