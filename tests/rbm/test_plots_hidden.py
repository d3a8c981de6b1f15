"""The picture of hidden probabilities: fixed limits, the same examples, a film of the run, and a click."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from nbutils.boltzmann.machine import hidden_probabilities
from nbutils.rbm.dashboards.hidden_pane import ROW, HiddenPane, choose_frames, tell_frame, tell_shares
from nbutils.rbm.running import IMAGES, thin


def shown(pane):
    """Return the picture on the wall: (examples, units), uint8, each example once."""
    units, rows, _ = pane.wall.shape
    return np.frombuffer(pane.wall.data, np.uint8).reshape(units, rows).T[::ROW]


def with_probabilities(followed, probabilities):
    """Return the run with these probabilities at its newest point."""
    point = followed.points[-1]
    newest = replace(point, measures=replace(point.measures, probabilities=probabilities))
    return replace(followed, points=(*followed.points[:-1], newest))


@pytest.fixture
def pane():
    return HiddenPane()


def test_it_is_the_thesis_picture_of_twenty_examples_and_a_hundred_units(pane, run, cubes):
    pane.show(run[-1])
    expected = hidden_probabilities(run[-1].snapshot.machine, cubes.train[:20])[:, :100]
    assert shown(pane).shape == (20, 100)
    np.testing.assert_allclose(shown(pane) / 255, expected.numpy(), atol=0.003)


def test_limits_are_0_and_1_whatever_the_picture_holds(pane, run):
    flat = np.full((20, 130), 0.5, np.float16)
    flat[3, 7] = 0.6
    pane.show(with_probabilities(run[-1], flat))
    assert (shown(pane)[0] == 128).all()
    assert shown(pane)[3, 7] == 153


def test_other_units_can_be_chosen_and_a_click_tells_their_number(pane, run):
    clicked = []
    pane.on_select(clicked.append)
    pane.show(run[-1])
    assert [label for _, label in pane.units.labels] == ["0 to 99", "100 to 129"]
    pane.units.value = 100
    expected = run[-1].points[-1].measures.probabilities[:20, 100:]
    np.testing.assert_allclose(shown(pane) / 255, expected, atol=0.003)
    pane.wall.set_state({"selected": 3})
    assert clicked == [103]


def test_a_unit_selected_elsewhere_has_a_ring_and_is_not_told_again(pane, run):
    clicked = []
    pane.on_select(clicked.append)
    pane.show(run[-1])
    pane.select(42)
    assert pane.wall.selected == 42
    pane.select(120)
    assert pane.wall.selected == -1
    assert clicked == []


def test_the_film_goes_back_to_each_point_and_follows_the_newest(pane, run):
    for followed in run:
        pane.show(followed)
    assert pane.film.captions[:4] == [
        "before training",
        "update 100 of the first epoch",
        "after epoch 1",
        "after epoch 2",
    ]
    for place, point in enumerate(run[-1].points):
        pane.film.set_state({"place": place, "newest": False})
        np.testing.assert_allclose(shown(pane) / 255, point.measures.probabilities[:20, :100], atol=0.003)
        assert pane.told.value.lower().count(tell_frame(point, 200)) == 1


def test_who_looks_at_an_earlier_frame_is_not_interrupted(pane, run):
    pane.show(run[2])
    pane.film.set_state({"place": 0, "newest": False})
    before = shown(pane).copy()
    pane.show(run[-1])
    np.testing.assert_array_equal(shown(pane), before)
    assert pane.film.place == 0
    pane.film.set_state({"newest": True})
    assert pane.film.place == len(run[-1].points) - 1
    assert not np.array_equal(shown(pane), before)


def test_between_two_points_the_machine_of_now_is_shown(pane, run, cubes):
    now = replace(run[1].snapshot, update=170, machine=run[-1].snapshot.machine)
    pane.show(replace(run[1], snapshot=now))
    expected = hidden_probabilities(now.machine, cubes.train[:20])[:, :100]
    np.testing.assert_allclose(shown(pane) / 255, expected.numpy(), atol=0.003)
    assert "Update 170:" in pane.told.value


def test_a_stored_run_has_no_examples_and_shows_its_points(pane, run):
    stored = replace(run[1], watch=None, snapshot=replace(run[1].snapshot, update=170))
    pane.show(with_probabilities(stored, np.eye(20, dtype=np.uint8) * 255))
    assert shown(pane).shape == (20, 20)
    np.testing.assert_array_equal(shown(pane), np.eye(20) * 255)


def test_shares_are_counted_in_what_is_shown():
    probabilities = np.array([[0.41, 0.59, 0.5, 0.2], [0.39, 0.61, 0.0, 1.0]])
    assert "<b>38%</b> gray (.4 to .6), <b>25%</b> pegged" in tell_shares(probabilities)
    assert "<b>100%</b> gray (.4 to .6), <b>0%</b> pegged" in tell_shares(np.full((3, 3), 128, np.uint8))


def test_probabilities_that_are_no_numbers_are_a_sentence(pane, run):
    pane.show(with_probabilities(run[-1], np.full((20, 130), np.nan, np.float16)))
    assert pane.wall.shape[0] == 0
    assert "not a finite number" in pane.wall.empty
    pane.show(run[0])
    assert pane.wall.shape[0] == 100


def test_what_is_not_seen_is_not_drawn_and_comes_when_it_is(pane, run):
    pane.wall.set_state({"visible": False})
    pane.show(run[0])
    pane.show(run[-1])
    assert pane.wall.data == b""
    pane.wall.set_state({"visible": True})
    assert shown(pane).shape == (20, 100)


def test_a_film_is_bounded_and_ends_with_the_newest(run):
    points = tuple(replace(run[-1].points[0], epoch=place, update=place) for place in range(3 * IMAGES + 7))
    frames = choose_frames(points)
    assert len(frames) <= IMAGES
    assert frames[-1] is points[-1]
    assert len({b.update - a.update for a, b in pairwise(frames)}) == 1
    assert choose_frames(points[:5]) == points[:5]
    assert choose_frames(()) == ()
    assert [point.update for point in choose_frames(thin(points[:6], 4))] == [0, 2, 4, 5]


def test_clear_takes_all_away(pane, run):
    pane.show(run[-1])
    pane.clear()
    assert pane.wall.shape[0] == 0
    assert pane.film.captions == []
    assert pane.told.value == ""


def test_few_units_and_one_example_have_a_picture(pane, run):
    pane.show(with_probabilities(run[-1], torch.rand(1, 3).numpy()))
    assert shown(pane).shape == (1, 3)
    assert pane.units.value == 0
