import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from nbutils.probe import SHOWN, draw_backward


def test_raw_stands_around_grey_128_by_the_largest_of_either_sign():
    pixels = torch.tensor([[[2.0, 0.0]], [[-4.0, 0.0]], [[1.0, 0.0]]])
    assert draw_backward(pixels, "raw").tolist() == [[[191, 0, 159], [128, 128, 128]]]


def test_gray_is_the_mean_of_the_colours():
    pixels = torch.tensor([[[3.0, 1.0]], [[0.0, 1.0]], [[-6.0, 1.0]]])
    assert draw_backward(pixels, "gray")[0, :, 0].tolist() == [0, 255]


def test_norm_is_the_length_over_the_colours_from_its_smallest_to_its_largest():
    pixels = torch.tensor([[[3.0, 0.0, 0.0]], [[4.0, 1.0, -3.0]], [[0.0, 0.0, 0.0]]])
    assert draw_backward(pixels, "norm")[0, :, 0].tolist() == [255, 0, 127]


@pytest.mark.parametrize(("side", "sigma"), [(227, 4.0), (224, 4 * 224 / 227), (96, 4 * 96 / 227)])
def test_blurred_norm_is_a_gaussian_of_4_pixels_at_227(side, sigma):
    pixels = torch.randn(3, side, side, generator=torch.Generator().manual_seed(0))
    blurred = gaussian_filter(pixels.norm(dim=0).numpy(), sigma, mode="mirror")
    wanted = (blurred - blurred.min()) / (blurred.max() - blurred.min()) * 255
    drawn = draw_backward(pixels, "blurred norm").astype(float)
    assert np.abs(drawn[..., 0] - wanted).max() < 2


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 28, 28), (4, 5, 9), (2, 1, 6), (1, 1, 1), (1, 3, 6, 5)])
def test_any_picture_is_drawn_in_three_colours(shape, shown):
    drawn = draw_backward(torch.randn(shape), shown)
    assert drawn.shape == (*shape[-2:], 3)
    assert drawn.dtype == np.uint8
    if shape[-3] != 3:
        assert (drawn[..., 0] == drawn[..., 1]).all()


@pytest.mark.parametrize(("shown", "level"), list(zip(SHOWN, (128, 128, 0, 0), strict=True)))
def test_nothing_came_back_is_one_even_grey(shown, level):
    assert (draw_backward(torch.zeros(3, 9, 9), shown) == level).all()


def test_what_cannot_be_drawn_is_answered_with_a_sentence():
    with pytest.raises(ValueError, match='raw, gray, norm, blurred norm; got "blur"'):
        draw_backward(torch.zeros(3, 4, 4), "blur")
    with pytest.raises(ValueError, match=r"the axes \(channels, height, width\), got shape \(2, 3, 4, 4\)"):
        draw_backward(torch.zeros(2, 3, 4, 4), "raw")
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="NaN or infinity came back"):
            draw_backward(torch.full((3, 4, 4), value), "norm")
