"""Pixels and spectra against numpy's own transform, warps against shifts and turns done by hand."""

import numpy as np
import pytest
import torch

from nbutils import zoo
from nbutils.preferred import starts
from nbutils.preferred.pictures import Canvas, colour, discolour, learn, learned_shape, paint
from nbutils.preferred.randomness import draw_from
from nbutils.preferred.recipe import Recipe
from nbutils.preferred.warps import draw_warp, side_at, warp


def make_canvas(kind="fourier", height=24, width=24, channels=3, **given):
    return Canvas(kind, height, width, torch.linspace(0.4, 0.6, channels)[:, None, None], **given)


def draw(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(4))


def test_a_spectrum_makes_the_waves_that_numpy_makes():
    """Without colours: irfft2 of learned x pace, pace 1 at one cycle a picture and 1 / f^slope beyond."""
    canvas = make_canvas(channels=1, height=12, width=18, slope=1.5)
    learned = draw(2, *learned_shape(canvas))
    cycles = np.hypot(np.fft.fftfreq(12)[:, None] * 18, np.fft.rfftfreq(18)[None] * 18)
    spectrum = torch.view_as_complex(learned).numpy() / np.maximum(cycles, 1) ** 1.5
    wanted = np.fft.irfft2(spectrum, s=(12, 18)) * 12 * 18 / 4
    np.testing.assert_allclose(paint(canvas, learned, 12, 18).numpy(), wanted, atol=1e-5)


def test_colours_are_decorrelated_as_lucid_does():
    matrix = np.array([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]])
    matrix /= np.linalg.norm(matrix, axis=0).max()
    canvas, grey = make_canvas(), make_canvas(channels=1)
    learned = draw(1, *learned_shape(canvas))
    waves = np.stack([paint(grey, learned[:, [place]], 24, 24)[0, 0].numpy() for place in range(3)])
    wanted = np.einsum("dc,chw->dhw", matrix, waves)
    np.testing.assert_allclose(paint(canvas, learned, 24, 24)[0].numpy(), wanted, atol=1e-5)


@pytest.mark.parametrize("kind", ["fourier", "pixels"])
@pytest.mark.parametrize("sides", [(24, 24), (15, 20), (21, 9)])
@pytest.mark.parametrize("channels", [1, 3, 5])
def test_what_is_painted_can_be_learned_back(kind, sides, channels):
    canvas = make_canvas(kind, *sides, channels, slope=1.2)
    offsets = draw(2, channels, *sides)
    again = paint(canvas, learn(canvas, offsets), *sides)
    np.testing.assert_allclose(again.numpy(), offsets.numpy(), atol=2e-5)
    pictures = torch.rand(2, channels, *sides) * 0.9 + 0.05
    np.testing.assert_allclose(colour(canvas, discolour(canvas, pictures)).numpy(), pictures.numpy(), atol=1e-5)


@pytest.mark.parametrize("small", [8, 11, 15])
def test_a_small_picture_is_the_large_one_without_its_high_frequencies(small):
    canvas = make_canvas(height=32, width=32)
    learned = draw(1, *learned_shape(canvas))
    large = np.fft.fft2(paint(canvas, learned, 32, 32)[0].numpy(), norm="forward")
    found = np.fft.fft2(paint(canvas, learned, small, small)[0].numpy(), norm="forward")
    highest = (small - 1) // 2
    held = [*range(highest + 1), *range(-highest, 0)]
    np.testing.assert_allclose(found[:, held][:, :, held], large[:, held][:, :, held], atol=1e-6)
    if small % 2 == 0:
        assert np.abs(found[:, small // 2]).max() < 1e-6


def test_the_gradient_of_a_small_picture_touches_low_frequencies_alone():
    canvas = make_canvas(height=32, width=32)
    learned = draw(1, *learned_shape(canvas)).requires_grad_()
    (gradient,) = torch.autograd.grad(paint(canvas, learned, 8, 8).square().sum(), learned)
    moved = gradient.abs().sum((0, 1, 4)) > 0
    rows = torch.tensor([0, 1, 2, 3, 29, 30, 31])
    assert moved[rows][:, :4].all()
    assert moved.sum() == len(rows) * 4


def test_small_pixels_are_means_of_large_ones():
    canvas = make_canvas("pixels", 4, 4, 1)
    ramp = torch.arange(16.0).reshape(1, 1, 4, 4)
    whole = paint(canvas, ramp, 2, 2)
    assert float(whole.mean()) == pytest.approx(7.5)
    assert (whole.flatten().diff() > 0).all()


def test_the_mean_picture_is_zero():
    for kind in ("fourier", "pixels"):
        canvas = make_canvas(kind)
        np.testing.assert_allclose(
            colour(canvas, torch.zeros(1, 3, 24, 24)).numpy(), canvas.mean.expand(1, 3, 24, 24).numpy(), atol=1e-6
        )


def test_spectra_never_leave_the_range_of_colours():
    canvas = make_canvas()
    pictures = colour(canvas, 50 * draw(1, 3, 24, 24))
    assert pictures.min() >= 0
    assert pictures.max() <= 1


@pytest.mark.parametrize("kind", ["fourier", "pixels"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_each_start_is_what_it_says(kind, channels):
    canvas = make_canvas(kind, 40, 40, channels)

    def begin(start, photo=""):
        learned = starts.make_start(canvas, start, 7, photo)
        assert learned.shape == learned_shape(canvas)
        return colour(canvas, paint(canvas, learned[None], 40, 40))[0].numpy()

    mean = canvas.mean.numpy()
    assert 0.001 < np.abs(begin("noise") - mean).max() < 0.2
    np.testing.assert_allclose(begin("zero"), np.broadcast_to(mean, (channels, 40, 40)), atol=1e-5)
    uniform = begin("uniform")
    assert uniform.mean() == pytest.approx(0.5, abs=0.03)
    assert uniform.std() == pytest.approx(12**-0.5, abs=0.02)
    noisy = begin("mean plus noise") - mean
    assert noisy.std() == pytest.approx(10 / 255, rel=0.05)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_photograph_is_a_start(channels):
    canvas = make_canvas("pixels", 40, 32, channels)
    found = colour(canvas, starts.make_start(canvas, "photograph", 0, "cat")[None])[0].numpy()
    cat = next(photo for photo in zoo.photos() if photo.name == "cat")
    pixels = zoo.read_photo(cat, 40)[:, 4:36].transpose(2, 0, 1) / 255
    wanted = {1: (np.array([0.299, 0.587, 0.114]) @ pixels.reshape(3, -1)).reshape(1, 40, 32), 3: pixels}
    shown = wanted.get(channels, np.concatenate([pixels, np.full((1, 40, 32), 0.6)]))
    np.testing.assert_allclose(found, shown, atol=1e-5)


@pytest.mark.parametrize("name", ["no such photograph", "../../etc/passwd", "/etc/passwd"])
def test_only_photographs_of_the_collections_are_read(name):
    with pytest.raises(ValueError, match="There is no photograph"):
        starts.make_start(make_canvas(), "photograph", 0, name)


def test_draws_depend_on_seed_and_step_alone():
    def first(seed, step):
        return float(torch.rand(1, generator=draw_from(seed, step)))

    assert first(3, 5) == first(3, 5)
    assert len({first(seed, step) for seed in range(20) for step in range(20)}) > 380
    assert first(1, 0) != first(0, 1)


STILL = Recipe(size=20)


def test_a_warp_of_nothing_changes_nothing():
    pictures = torch.rand(2, 3, 20, 20)
    drawn = torch.stack([draw_warp(draw_from(seed, 1), STILL, 20, 20) for seed in (0, 1)])
    np.testing.assert_allclose(warp(pictures, drawn).numpy(), pictures.numpy(), atol=1e-5)


def test_a_shift_is_a_shift_in_pixels():
    pictures = torch.rand(1, 1, 16, 24)
    shifted = warp(pictures, torch.tensor([[[1, 0, 2 * 3 / 24], [0, 1, 2 * 2 / 16]]]))
    np.testing.assert_allclose(shifted[0, 0, :14, :21].numpy(), pictures[0, 0, 2:, 3:].numpy(), atol=1e-5)


def test_a_quarter_turn_of_a_picture_that_is_not_square():
    """The recipe's turn keeps angles: a turned square stays one although the picture is twice as wide as high."""
    drawn = draw_warp(draw_from(0, 1), Recipe(rotation=90, size=20), 10, 20)
    turn = np.degrees(np.arcsin(float(drawn[1, 0]) * 10 / 20))
    assert float(drawn[0, 1]) == pytest.approx(-np.sin(np.radians(turn)) * 10 / 20, abs=1e-5)
    pictures = torch.zeros(1, 1, 11, 21)
    pictures[0, 0, 5, 13] = 1.0  # three pixels right of the centre
    quarter = torch.tensor([[[0, -11 / 21, 0], [21 / 11, 0, 0]]])
    assert float(warp(pictures, quarter)[0, 0, 2, 10]) == pytest.approx(1, abs=1e-5)


def test_warps_stay_in_their_ranges():
    recipe = Recipe(jitter=6, rotation=30, zoom=0.2, size=48)
    drawn = torch.stack([draw_warp(draw_from(seed, 1), recipe, 48, 48) for seed in range(300)]).numpy()
    shifts = drawn[:, :, 2] * 48 / 2
    scales = 1 / np.hypot(drawn[:, 0, 0], drawn[:, 1, 0])
    turns = np.degrees(np.arctan2(drawn[:, 1, 0], drawn[:, 0, 0]))
    assert 5.8 < np.abs(shifts).max() <= 6
    assert 0.8 <= scales.min() < 0.82 < 1.18 < scales.max() <= 1.2
    assert 29 < np.abs(turns).max() <= 30
    assert np.abs(np.corrcoef(np.c_[shifts, scales, turns].T) - np.eye(4)).max() < 0.2


def test_the_pictures_of_a_batch_are_warped_each_by_its_own():
    pictures = torch.rand(3, 3, 20, 20)
    recipe = Recipe(jitter=6, rotation=30, zoom=0.2)
    drawn = torch.stack([draw_warp(draw_from(seed, 1), recipe, 20, 20) for seed in range(3)])
    together = warp(pictures, drawn)
    for place in range(3):
        alone = warp(pictures[place : place + 1], drawn[place : place + 1])
        np.testing.assert_allclose(together[place].numpy(), alone[0].numpy(), atol=1e-6)


def test_sizes_of_coarse_steps_and_of_octaves():
    coarse = Recipe(size=64, steps=6, coarse_size=32, coarse_steps=2)
    assert [side_at(coarse, step) for step in range(1, 7)] == [32, 32, 64, 64, 64, 64]
    octaves = Recipe(size=112, steps=6, octaves=3, octave_scale=2)
    assert [side_at(octaves, step) for step in range(1, 7)] == [28, 28, 56, 56, 112, 112]
    assert side_at(Recipe(size=64), 1) == 64
