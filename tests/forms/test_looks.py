"""What users without a model in mind look for."""

import numpy as np
import pytest

from nbutils.forms.fields import mark_shape
from nbutils.forms.grids import THESIS
from nbutils.forms.looks import Taste, like_looks, measure_looks
from nbutils.forms.targets import ball, block, cut_out, fill, join
from nbutils.neat import SPACE, Evolution, Registry, make_first

BEADS = fill(join(*(ball(0.4, z=z) for z in (-1.5, -0.75, 0, 0.75, 1.5))), THESIS)
TASTE = Taste("z", 0.6)


def test_beads_on_a_string_come_again_along_it_and_nowhere_else():
    assert measure_looks(BEADS, TASTE)["repetition"] > 0.5
    assert measure_looks(BEADS, Taste("x", 0.6))["repetition"] < 0.2


def test_two_bodies_are_half_as_good_as_one():
    assert measure_looks(fill(join(ball(0.5, z=-1), ball(0.5, z=1)), THESIS), TASTE)["one body"] == 0.5
    assert measure_looks(fill(ball(0.5), THESIS), TASTE)["one body"] == 1


def test_what_is_cut_off_at_the_sides_loses_but_may_stand_on_the_floor():
    assert measure_looks(fill(block((-0.5, 0.5), (-0.5, 0.5), (-2, 1)), THESIS), TASTE)["whole"] == 1
    assert measure_looks(fill(block((-1, 1), (-1, 1), (-1, 1)), THESIS), TASTE)["whole"] < 0.6


def test_left_and_right_are_alike_or_a_half_turn_will_do():
    wave = fill(cut_out([(-0.8, -0.2), (-0.8, 0.8), (0, 0.2), (0.8, 0.2), (0.8, -0.8), (0, -0.2)], 1), THESIS)
    turned = fill(join(block((0.1, 0.8), (0.1, 0.8), (-1, 1)), block((-0.8, -0.1), (-0.8, -0.1), (-1, 1))), THESIS)
    assert measure_looks(turned, Taste("z", 0.6))["symmetry"] < 0.1
    assert measure_looks(turned, Taste("z", 0.6, mirrored=False))["symmetry"] == 1
    assert measure_looks(wave, TASTE)["symmetry"] == 1, "a board is its own mirror image from front to back"


def test_a_block_has_little_surface_and_a_thin_board_nothing_else():
    thick, thin = (
        fill(block((-0.9, 0.9), (-0.9, 0.9), (-1, 1)), THESIS),
        fill(cut_out([(-1, -1), (1, -1), (0, 1)], 0.1), THESIS),
    )
    assert measure_looks(thick, Taste("z", 0.3))["surface"] > measure_looks(thick, Taste("z", 0.9))["surface"]
    assert measure_looks(thin, Taste("z", 1.0))["surface"] == 1


def test_what_is_known_is_not_new():
    assert measure_looks(BEADS, TASTE, (BEADS,))["new"] == 0
    assert measure_looks(BEADS, TASTE, (fill(ball(0.3), THESIS),))["new"] > 0.5
    assert "new" not in measure_looks(BEADS, TASTE)


@pytest.mark.parametrize("share", [0.001, 0.9])
def test_hardly_anything_and_nearly_all_is_not_liked(share):
    inside = np.zeros(THESIS.corners, bool)
    inside[:, :, : max(1, round(share * 31))] = True
    if share < 0.1:
        inside[2:] = False
    assert measure_looks(inside, TASTE)["filled"] < 0.3


def test_a_liking_is_the_geometric_mean_of_what_is_measured():
    genome = make_first(Registry(SPACE), np.random.default_rng(5), Evolution())
    merits = np.array(list(measure_looks(mark_shape(genome), TASTE).values()))
    assert like_looks(TASTE)(genome) == pytest.approx(np.maximum(merits, 0.01).prod() ** (1 / len(merits)))
