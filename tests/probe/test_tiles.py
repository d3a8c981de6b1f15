import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nbutils.probe import make_tiles

DEVICES = ["cpu"] + [f"cuda:{number}" for number in range(torch.cuda.device_count())]


@pytest.mark.parametrize("device", DEVICES)
def test_one_sided_answers_run_from_black_to_white(device):
    answer = torch.tensor([[[0.0, 2.0]], [[1.0, 4.0]]], device=device)
    tiles = make_tiles(answer, room=8)
    assert tiles.pixels.tolist() == [[[0, 127]], [[63, 255]]]
    assert not tiles.signed
    assert tiles.ranges.tolist() == [[0, 2], [1, 4]]


def test_signed_answers_put_zero_at_middle_grey():
    tiles = make_tiles(torch.tensor([[[0.0, -3.0, 3.0]]]), room=8)
    assert tiles.signed
    assert tiles.pixels[0, 0].tolist() == [128, 0, 255]


def test_share_scales_each_channel_by_its_own():
    answer = torch.tensor([[[1.0]], [[4.0]]])
    assert make_tiles(answer, 8, share=1).pixels.ravel().tolist() == [255, 255]
    assert make_tiles(answer, 8, share=0).pixels.ravel().tolist() == [63, 255]


def test_large_maps_are_averaged_down_to_the_room_they_get():
    answer = torch.arange(64.0).reshape(1, 8, 8)
    tiles = make_tiles(answer, room=4)
    assert tiles.pixels.shape == (1, 4, 4)
    expected = np.arange(64.0).reshape(4, 2, 4, 2).mean((1, 3)) / 63 * 255.5
    np.testing.assert_array_equal(tiles.pixels[0], expected.astype(np.uint8))
    assert tiles.ranges.tolist() == [[0, 63]], "the range is the layer's, not the shrunken tile's"


def test_units_are_tiles_of_one_pixel():
    assert make_tiles(torch.tensor([0.0, 1.0, 0.5]), 10).pixels.shape == (3, 1, 1)


def test_a_silent_layer_is_black():
    assert make_tiles(torch.zeros(2, 3, 3), 10).pixels.max() == 0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_answers_that_are_not_finite_are_refused(bad):
    with pytest.raises(ValueError, match="NaN or infinity"):
        make_tiles(torch.tensor([[[bad]]]), 10)


def test_wrong_axes_are_refused():
    with pytest.raises(ValueError, match="axes"):
        make_tiles(torch.zeros(1, 2, 3, 3), 10)


@given(st.integers(1, 5), st.integers(1, 40), st.integers(1, 40), st.integers(1, 60), st.floats(0, 1))
def test_tiles_come_near_the_room_unless_the_map_is_smaller(channels, height, width, room, share):
    tiles = make_tiles(torch.randn(channels, height, width), room, share).pixels
    assert tiles.shape[0] == channels
    assert 2 / 3 * min(room, max(height, width)) <= max(tiles.shape[1:]) <= max(1.5 * room + 1, 1)
