"""Gabor fits against filters whose make is known: waves under bells, blobs of colour, and noise."""

import numpy as np
import pytest

from nbutils.transfer import filters
from nbutils.transfer.results import key_of
from tests.transfer.made_up import make_run

SHAPE = (3, 5, 5)


def gabor(side=9, angle=30.0, wavelength=4.0, phase=0.7, bell=2.0, colour=(1.0, 1.0, 1.0)):
    """A Gabor function written down anew, in one colour."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    along = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    wave = np.exp(-(x**2 + y**2) / (2 * bell**2)) * np.cos(2 * np.pi * along / wavelength + phase)
    return np.array(colour)[:, None, None] * wave


@pytest.mark.parametrize("angle", [0, 30, 75, 120, 165])
def test_a_gabor_function_is_found_with_its_wave_and_its_angle(angle):
    (found,) = filters.fit(gabor(angle=angle)[None])
    assert found.quality > 0.99
    assert found.wavelength == pytest.approx(4.0, rel=0.05)
    assert abs((found.angle - angle + 90) % 180 - 90) < 3
    assert found.colour == pytest.approx(0, abs=1e-9)


def test_what_is_fitted_is_the_filter_itself():
    weights = gabor(side=5, bell=1.2, wavelength=3, colour=(0.2, -1.0, 0.4))
    (found,) = filters.fit(weights[None])
    assert np.abs(found.fitted - weights).max() < 0.05 * np.abs(weights).max()


def test_a_blob_of_colour_fits_and_is_all_colour():
    y, x = np.mgrid[:5, :5] - 2
    blob = np.exp(-(x**2 + y**2) / 4) * np.array([1.0, -0.5, -0.5])[:, None, None]
    (found,) = filters.fit(blob[None])
    assert found.quality > 0.99
    assert found.colour == pytest.approx(1)


def test_the_share_of_colour_is_that_of_the_energy():
    grey, colour = gabor(colour=(1, 1, 1)), gabor(angle=120, colour=(1, -1, 0))
    (found,) = filters.fit((grey + colour)[None])
    assert found.colour == pytest.approx((colour**2).sum() / ((grey**2).sum() + (colour**2).sum()))


def test_noise_is_unlike_a_gabor_function_and_noise_on_one_costs_its_share():
    noise = filters.fit(filters.untrained(SHAPE, 40, seed=1))
    assert np.median([found.quality for found in noise]) < 0.3
    assert max(found.quality for found in noise) < 0.6
    weights = gabor(side=5, bell=1.2, wavelength=3)
    weights /= np.linalg.norm(weights)
    spoiled = weights + np.random.default_rng(0).normal(size=SHAPE) * np.sqrt(0.25 / 75)
    (found,) = filters.fit(spoiled[None])
    assert 0.75 < found.quality < 0.95


def test_a_fit_does_not_depend_on_scale_and_a_silent_filter_is_like_nothing():
    weights = gabor(side=5)
    small, large = filters.fit(np.stack([weights * 1e-3, weights * 1e3]))
    assert small.quality == pytest.approx(large.quality)
    (silent,) = filters.fit(np.zeros((1, *SHAPE)))
    assert (silent.quality, silent.colour) == (0, 0)
    assert not silent.fitted.any()


def test_grey_filters_have_no_colour():
    (found,) = filters.fit(gabor(colour=(1.0,))[None])
    assert found.colour == 0
    assert found.quality > 0.99


@pytest.mark.parametrize("shape", [(5, 5), (1, 3, 5, 4), (1, 3, 2, 2)])
def test_other_axes_are_refused(shape):
    with pytest.raises(ValueError, match="Filters have the axes"):
        filters.fit(np.zeros(shape))


def test_filters_of_a_network_that_came_apart_are_refused():
    with pytest.raises(ValueError, match="no finite number"):
        filters.fit(np.full((1, *SHAPE), np.nan))


def test_networks_are_described_by_data_and_half_beside_random_ones():
    waves = np.stack([gabor(side=5, angle=angle, bell=1.2, wavelength=3) for angle in range(0, 180, 30)])
    runs = [make_run(target="A"), make_run(target="B"), make_run(target="B", treatment="AnB+", n=3)]
    held = {key_of(runs[0].settings): waves, key_of(runs[1].settings): filters.untrained(SHAPE, 6, seed=3)}
    found = filters.describe_networks(runs, held)
    assert set(found) == {"random", "cifar10 random A small_32 relu", "cifar10 random B small_32 relu"}
    learned, noise = found["cifar10 random A small_32 relu"], found["cifar10 random B small_32 relu"]
    assert learned["like_gabor"] == 1
    assert learned["coloured"] == 0
    assert noise["like_gabor"] < 0.5
    assert found["random"]["median_quality"] < 0.3


def test_no_first_layer_at_all_is_a_sentence():
    with pytest.raises(ValueError, match="no first layers"):
        filters.describe_networks([], {})
