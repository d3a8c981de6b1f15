"""Patches of photographs: their form, the filter against its formula, the same again, and what has none."""

import time

import numpy as np
import pytest
from PIL import Image

from nbutils import zoo
from nbutils.zoo import patching


@pytest.fixture
def made_up(tmp_path):
    """Return a function that makes a photograph of pixels and gives an album of it alone."""

    def make(*pictures):
        for number, pixels in enumerate(pictures):
            Image.fromarray(pixels).save(tmp_path / f"{number}.png")
        return zoo.photos(tmp_path)

    return make


def brown_noise(seed=0, size=256):
    """Return a picture whose amplitudes fall as 1 / frequency, as those of photographs do."""
    white = np.random.default_rng(seed).standard_normal((size, size))
    radius = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size))
    radius[0, 0] = np.inf
    picture = np.fft.ifft2(np.fft.fft2(white) / radius).real
    return np.clip(128 + 40 * picture / picture.std(), 0, 255).astype(np.uint8)


def test_patches_are_level_and_have_nearly_the_same_contrast():
    cut = zoo.patches(zoo.photos()[:8], size=10, number=3000, seed=1)
    assert cut.shape == (3000, 100)
    assert cut.dtype == np.float32
    assert np.abs(cut.mean(1)).max() < 1e-5
    # Contrast c became c / (c + 0.3), and none below 0.2 was left.
    assert cut.std(1).min() >= 0.2 / 0.5 - 1e-5
    assert cut.std(1).max() < 1


def test_the_same_seed_cuts_the_same_patches():
    photos = zoo.photos()[:3]
    again = [zoo.patches(photos, number=50, seed=seed) for seed in (4, 4, 5)]
    assert np.array_equal(again[0], again[1])
    assert not np.array_equal(again[0], again[2])


def test_the_filter_is_the_published_one():
    standard = patching._standardize(np.repeat(brown_noise()[..., None], 3, -1), whitened=True)
    # The same picture, filtered frequency by frequency.
    grey = brown_noise() / 255
    spectrum = np.fft.fft2(grey - grey.mean())
    for row in range(256):
        for column in range(256):
            y, x = ((place + 128) % 256 - 128 for place in (row, column))
            r = (x * x + y * y) ** 0.5 / 256
            spectrum[row, column] *= r * np.exp(-((r / 0.35) ** 4))
    wanted = np.fft.ifft2(spectrum).real[4:-4, 4:-4]
    assert np.allclose(standard, wanted / wanted.std(), atol=1e-3)


def test_whitening_makes_coarse_and_fine_equally_strong(made_up):
    album = made_up(brown_noise(1), brown_noise(2))

    def outweighing(whitened):
        """Return how much stronger waves of 8 pixels are than those of 4, in patches of 16."""
        cut = zoo.patches(album, size=16, number=4000, whitened=whitened).reshape(-1, 16, 16)
        power = (np.abs(np.fft.fft2(cut)) ** 2).mean(0)
        return (power[2, 0] + power[0, 2]) / (power[4, 0] + power[0, 4])

    assert 0.7 < outweighing(whitened=True) < 1.6
    assert outweighing(whitened=False) > 3


def test_flat_places_are_left_out(made_up):
    half = brown_noise()
    half[:, :160] = 100
    cut = zoo.patches(made_up(half), size=8, number=500, whitened=False)
    assert (cut.std(1) >= 0.2 / 0.5 - 1e-5).all()


def test_photographs_without_detail_are_a_sentence(made_up):
    with pytest.raises(ValueError, match=r"only 0 are not flat; 50 are wanted\. Take photographs with more detail"):
        zoo.patches(made_up(np.full((300, 300), 90, np.uint8)), number=50)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"size": 7}, "A patch has 8 to 20 pixels a side, got 7"),
        ({"size": 21}, "got 21"),
        ({"number": 0}, "1 to 100,000 patches can be cut, got 0"),
        ({"number": 100_001}, "got 100,001"),
    ],
)
def test_what_cannot_be_cut_is_said(wish, sentence):
    with pytest.raises(ValueError, match=sentence):
        zoo.patches(zoo.photos()[:1], **wish)
    with pytest.raises(ValueError, match="no photographs"):
        zoo.patches([])


def test_cutting_twenty_thousand_patches_takes_little_beside_reading_the_photographs():
    photos = zoo.photos()
    spent = []
    for number in (100, 20_000):
        began = time.process_time()
        assert len(zoo.patches(photos, number=number)) == number
        spent.append(time.process_time() - began)
    assert spent[1] < 2 * spent[0] + 0.1
