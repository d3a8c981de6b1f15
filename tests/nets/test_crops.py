"""Which pictures a step takes and what is cut out of them."""

from collections import Counter

import numpy as np
import pytest
import torch

from nbutils.nets.crops import Cut, Cuts, Middles, Order, Part, load, split, warped
from nbutils.nets.plans import PLANS
from tests.nets.in_processes import Drawn

ALL = Part()


def make_order(first=0, last=6, part=ALL, seed=1):
    return list(Order(count=20, batch=8, seed=seed, room=4, part=part, first=first, last=last))


def test_the_thesis_cuts_227_pixels_out_of_256():
    assert warped(PLANS["alexnet_227"]) == 256
    assert warped(PLANS["small_32"]) == 36


def test_a_pass_takes_no_picture_twice_and_passes_differ():
    cuts = make_order()
    passes = [[cut.place for cut in cuts[at] + cuts[at + 1]] for at in (0, 2, 4)]
    assert [len(set(one)) for one in passes] == [16, 16, 16]
    assert passes[0] != passes[1] != passes[2]


def test_from_any_step_and_in_any_number_of_parts_the_cuts_are_the_same():
    whole = make_order()
    assert make_order(3) == whole[3:]
    parts = [make_order(part=Part(rank, 4)) for rank in range(4)]
    assert [[cut for one in lists for cut in one] for lists in zip(*parts, strict=True)] == whole
    assert make_order(seed=2) != whole


def test_corners_and_mirrors_are_uniform():
    cuts = [cut for one in Order(20, 8, 5, 4, ALL, 0, 600) for cut in one]
    for counted, ways in (
        (Counter((cut.down, cut.across) for cut in cuts), 25),
        (Counter(c.mirrored for c in cuts), 2),
    ):
        expected = len(cuts) / ways
        assert len(counted) == ways
        chi_square = sum((count - expected) ** 2 / expected for count in counted.values())
        assert chi_square < ways - 1 + 4 * (2 * (ways - 1)) ** 0.5


def test_what_is_cut_out_is_there_and_mirrored():
    pictures = Drawn(4, 0)
    pictures.images = np.random.default_rng(0).integers(0, 256, (4, 36, 36, 3), dtype=np.uint8)
    straight, label = Cuts(pictures, 32)[Cut(2, 1, 3, False)]
    assert np.array_equal(straight.numpy(), pictures.images[2, 1:33, 3:35])
    assert label == pictures.labels[2]
    mirrored, _ = Cuts(pictures, 32)[Cut(2, 1, 3, True)]
    assert torch.equal(mirrored, straight.flip(1))


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_every_middle_is_asked_for_once(processes):
    lists = [one for rank in range(processes) for one in Middles(11, 4, 4, Part(rank, processes))]
    assert [cut.place for one in lists for cut in one] == list(range(11))
    assert {(cut.down, cut.across, cut.mirrored) for one in lists for cut in one} == {(2, 2, False)}
    assert max(map(len, lists)) <= 4


def test_parts_are_whole_and_even():
    sizes = [last - first for first, last in (split(256, Part(rank, 8)) for rank in range(8))]
    assert sizes == [32] * 8


def test_workers_read_what_one_process_reads():
    pictures = Drawn(20, 0)
    order = Order(20, 8, 1, 4, ALL, 0, 3)
    read = [
        [(inputs.sum().item(), labels.tolist()) for inputs, labels in load(pictures, 32, order, workers)]
        for workers in (0, 2)
    ]
    assert read[0] == read[1]
    assert len(read[0]) == 3
