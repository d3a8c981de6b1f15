"""Versions of pictures against slow reference, what a network takes, and what frozen layers give."""

import numpy as np
import pytest
import torch

from nbutils.nets.examples import FARTHEST, draw_versions, make_examples, measure_accuracy, pass_through
from nbutils.nets.plans import PLANS
from tests.nets.tiny import DEVICES, SMALL, build_tiny, make_images, make_tiny

NOISE = np.random.default_rng(0).integers(1, 256, (60, 32, 32, 3), dtype=np.uint8)


def move(image, down, across, direction):
    """Return a picture moved pixel by pixel, then mirrored: black comes in."""
    moved = np.zeros_like(image)
    for row in range(32):
        for column in range(32):
            source = (row + down, column + across)
            if 0 <= source[0] < 32 and 0 <= source[1] < 32:
                moved[row, column] = image[source]
    return moved[:, ::direction]


def find_way(image, version):
    """Return how far and in which direction a version was moved, found by trying all."""
    ways = [(d, a, f) for d in range(-FARTHEST, FARTHEST + 1) for a in range(-FARTHEST, FARTHEST + 1) for f in (1, -1)]
    found = [way for way in ways if np.array_equal(move(image, *way), version)]
    assert len(found) == 1
    return found[0]


def test_the_first_version_is_the_picture_and_the_others_are_moved_up_to_three_pixels_or_flipped():
    drawn = draw_versions(NOISE[:8], 4, seed=3).reshape(4, 8, 32, 32, 3)
    assert np.array_equal(drawn[0], NOISE[:8])
    ways = {find_way(NOISE[at], drawn[version, at]) for version in (1, 2, 3) for at in range(0, 8, 2)}
    assert len(ways) > 6


def test_all_ways_are_drawn_alike():
    """As many rows of a white picture are black as it was moved by; which side of a ramp is bright tells its side."""
    white = np.full((4000, 32, 32, 1), 255, np.uint8)
    moved = draw_versions(white, 2, seed=1)[4000:]
    lines = (moved[:, :, 16, 0] == 0).sum(1)
    counts = np.bincount(lines, minlength=4)
    expected = 4000 * np.array([1, 2, 2, 2]) / 7
    assert ((counts - expected) ** 2 / expected).sum() < 3 + 4 * 6**0.5
    ramp = np.broadcast_to(np.arange(32, dtype=np.uint8)[None, None, :, None], (4000, 32, 32, 1))
    flipped = draw_versions(ramp, 2, seed=1)[4000:, 16, 12, 0] > draw_versions(ramp, 2, seed=1)[4000:, 16, 20, 0]
    assert flipped.mean() == pytest.approx(0.5, abs=0.04)


def test_a_seed_draws_the_same_and_another_one_others():
    first, again, other = (draw_versions(NOISE, 2, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("device", DEVICES)
def test_pictures_go_in_less_their_mean_with_channels_first(device):
    images, labels = make_images(6)
    examples = make_examples(images, labels, SMALL, 3).to(device)
    assert (len(examples), examples.versions) == (6, 3)
    assert examples.inputs.device.type == examples.labels.device.type == device
    taken = examples.take(torch.tensor([4, 1], device=device)).cpu()
    wanted = (images[[4, 1]].astype(np.float32) - SMALL.mean) / SMALL.scale
    torch.testing.assert_close(taken, torch.from_numpy(wanted).permute(0, 3, 1, 2))
    assert taken.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("layers", [1, 3, 5, 6, 7])
def test_what_frozen_layers_give_is_what_they_give_in_any_step(device, layers):
    network, examples = build_tiny(device=device), make_tiny(20, 2, device=device)
    kept = pass_through(network, examples, layers)
    assert (len(kept), kept.versions, kept.first) == (20, 2, layers)
    places = torch.tensor([31, 0, 7, 22], device=device)
    with torch.no_grad():
        torch.testing.assert_close(kept.take(places), network(examples.take(places), last=layers))
        whole = network(examples.take(places))
        torch.testing.assert_close(network(kept.take(places), first=layers), whole)
    assert measure_accuracy(network, kept) == measure_accuracy(network, examples)


def test_accuracy_counts_pictures_as_they_are():
    network, examples = build_tiny(), make_tiny(30, 3)
    with torch.no_grad():
        guessed = network(examples.take(torch.arange(30))).argmax(1)
    assert measure_accuracy(network, examples) == pytest.approx((guessed == examples.labels).float().mean().item())


def test_pictures_of_another_size_are_refused():
    with pytest.raises(ValueError, match="28 x 28 pixels with 1 channels, got"):
        make_examples(*make_images(3), PLANS["small_28"])
