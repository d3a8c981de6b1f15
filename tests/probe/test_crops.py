"""Crops against pictures worked out by hand, also where a field reaches beyond the picture."""

import numpy as np
import pytest
import torch
from torch import nn

from nbutils import zoo
from nbutils.probe import (
    METHODS,
    Unit,
    backward,
    cut,
    cut_backward,
    draw_backward,
    fit_side,
    read_picture,
    receptive_field,
)
from nbutils.probe.crops import GREY, cut_values

PICTURE = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)


@pytest.mark.parametrize(
    "box", [(1, 2, 3, 5), (-2, -1, 3, 3), (2, 3, 7, 9), (-3, -3, 8, 9), (-4, 0, -1, 5), (6, 7, 9, 9)]
)
def test_a_crop_is_the_picture_in_the_box_and_grey_beyond(box):
    crop = cut(PICTURE, box)
    top, left, bottom, right = box
    assert crop.shape == (bottom - top, right - left, 3)
    for row in range(top, bottom):
        for column in range(left, right):
            inside = 0 <= row < 4 and 0 <= column < 5
            wanted = PICTURE[row, column] if inside else [GREY] * 3
            assert crop[row - top, column - left].tolist() == list(wanted)


@pytest.mark.parametrize("box", [(1, 2, 3, 5), (-2, -1, 3, 3), (2, 3, 7, 9)])
def test_values_beyond_the_picture_are_zero(box):
    values = torch.arange(1.0, 21.0).reshape(1, 4, 5)
    cropped = cut_values(values, box)
    picture = np.repeat(values[0].numpy().astype(np.uint8)[..., None], 3, 2)
    wanted = cut(picture, box)[..., 0].astype(np.float32)
    assert np.array_equal(cropped[0].numpy(), np.where(wanted == GREY, 0, wanted))


@pytest.mark.parametrize("box", [(0, 0, 0, 4), (3, 0, 2, 4), (0, 0, 5000, 4), (0, -3000, 4, 4)])
def test_a_box_that_holds_nothing_or_far_too_much_is_a_sentence(box):
    with pytest.raises(ValueError, match="A box must be 1 to 2048 pixels high and wide, got"):
        cut(PICTURE, box)


@pytest.fixture(scope="module")
def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = nn.Sequential(
            nn.Conv2d(3, 4, 5, stride=2, padding=2), nn.ReLU(), nn.Conv2d(4, 2, 3, padding=1), nn.ReLU()
        )
    return zoo.wrap(module, size=(20, 30), mean=0.5, std=0.25)


@pytest.fixture(scope="module")
def square():
    return np.random.default_rng(3).integers(0, 256, (30, 30, 3), np.uint8)


@pytest.mark.parametrize("method", METHODS)
def test_what_comes_back_to_a_crop_is_all_that_comes_back(network, square, method):
    picture = zoo.prepare(network, square)
    position = (0, 9)
    box = receptive_field(network.module, "3", position, network.shape)
    assert box == (-4, 14, 5, 23)
    came = backward(network.module, picture, Unit("3", 1, position), method).pixels[0]
    outside = came.clone()
    outside[:, :5, 14:23] = 0
    assert not outside.any()
    drawn = cut_backward(network, square, Unit("3", 1, position), box, method)
    assert drawn.shape == (9, 9, 3)
    assert (drawn[:4] == 128).all()
    assert np.array_equal(drawn[4:], draw_backward(came[:, :5, 14:23], "raw"))


def test_the_picture_is_what_the_network_sees_of_a_photograph(network):
    photo = zoo.photos()[0]
    picture = read_picture(network, photo)
    assert picture.shape == (20, 30, 3)
    seen = zoo.prepare(network, zoo.read_photo(photo, network.size))[0]
    assert torch.allclose(seen, torch.from_numpy((picture / 255 - 0.5) / 0.25).permute(2, 0, 1).float(), atol=1e-5)


def test_small_pictures_have_the_side_asked_for():
    checks = np.array([[0, 255], [255, 0]], np.uint8)[..., None].repeat(3, 2)
    grown = fit_side(checks, 6)
    assert np.array_equal(grown, checks.repeat(3, 0).repeat(3, 1))
    assert (fit_side(checks.repeat(8, 0), 8)).shape == (8, 1, 3)
    assert abs(int(fit_side(np.tile(checks, (8, 8, 1)), 4).mean()) - 127) <= 1
    with pytest.raises(ValueError, match="1 to 2048 pixels, got 0"):
        fit_side(checks, 0)
