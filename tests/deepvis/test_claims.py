"""The measures behind the ledger, on data small enough to know the answer."""

import numpy as np
import pytest
import torch

from nbutils import zoo
from nbutils.deepvis import claims, faces, guessing, perturbing, selectivity
from nbutils.deepvis.faces import Face


def test_the_area_under_the_curve_is_the_chance_of_a_higher_answer():
    rng = np.random.default_rng(2)
    strengths = rng.integers(0, 6, (40, 5)).astype(float)
    first = rng.random(40) < 0.4
    found = selectivity.areas_under_curve(strengths, first)
    for channel in range(5):
        one, other = strengths[first, channel], strengths[~first, channel]
        by_pairs = ((one[:, None] > other) + 0.5 * (one[:, None] == other)).mean()
        assert found[channel] == pytest.approx(by_pairs)


def test_selective_channels_are_counted_for_either_kind_and_not_by_chance():
    first = np.arange(200) < 100
    strengths = np.random.default_rng(0).normal(size=(200, 10))
    strengths[:, 0] += 9 * first
    strengths[:, 1] -= 9 * first
    found = selectivity.measure_selectivity(strengths, first)
    assert found.share == 0.2
    assert found.by_chance == 0
    assert found.areas[:2].tolist() == [1, 0]


def test_one_kind_alone_is_a_sentence():
    with pytest.raises(ValueError, match="Both kinds need a photograph"):
        selectivity.areas_under_curve(np.zeros((3, 1)), np.zeros(3, bool))


def test_the_direction_is_that_of_growth_in_the_log_probability(small_network, pictures):
    pixels = (pictures[0] // 4 * 2 + 60).astype(np.uint8)
    unit = perturbing.guess(small_network, pixels)
    direction = perturbing.find_direction(small_network, pixels, unit)

    def log_probability(shown):
        with torch.inference_mode():
            return float(torch.log_softmax(small_network.module(zoo.prepare(small_network, shown))[0], 0)[unit])

    before = log_probability(pixels)
    assert log_probability(perturbing.move(pixels, direction, 1)) > before
    assert log_probability(perturbing.move(pixels, -direction, 1)) < before
    assert set(np.unique(direction)) <= {-1, 0, 1}


def test_a_moved_picture_is_a_picture():
    pixels = np.array([[[0, 128, 255]]], np.uint8)
    moved = perturbing.move(pixels, np.array([[[-1, 0, 1]]], np.int16), 4)
    assert moved.dtype == np.uint8
    assert moved.tolist() == [[[0, 128, 255]]]
    assert perturbing.move(pixels, np.array([[[1, 1, -1]]], np.int16), 4).tolist() == [[[4, 132, 251]]]


def test_a_real_network_is_misled_by_a_step_that_chance_does_not_find():
    network = zoo.load("mobilenet_v2")
    photo = next(photo for photo in zoo.photos() if photo.name == "cat")
    found = perturbing.find_flip(network, zoo.read_photo(photo, network.size))
    assert found.flipped[0]
    assert not found.by_chance.any()


def test_naming_counts_fitting_first_guesses(small_network, pictures):
    places = [perturbing.guess(small_network, pixels) for pixels in pictures]
    found = guessing.name_pictures(small_network, pictures, [places[0]])
    assert found.photographs == 7
    assert found.right == pytest.approx(np.mean(np.array(places) == places[0]))
    assert 1 / 3 <= found.sure <= 1
    assert np.isnan(guessing.name_pictures(small_network, pictures, ()).right)
    with pytest.raises(ValueError, match="no picture"):
        guessing.name_pictures(small_network, [], [0])


def planted(places):
    """Return maps of 10 x 10 whose channels are strongest at these (row, column)."""
    maps = np.zeros((len(places), 10, 10), np.float32)
    for channel, (row, column) in enumerate(places):
        maps[channel, row, column] = 5 + channel
    return maps


def test_the_face_channel_is_the_one_that_was_planted():
    face, other = Face("one", 0.1, 0.1, 0.4, 0.4), Face("other", 0.6, 0.6, 0.9, 0.9)
    answers = [planted([(2, 2), (2, 3), (8, 8), (3, 3)]), planted([(7, 7), (7, 8), (8, 8), (0, 0)])]
    food = np.tile([5.0, 0.5, 0.1, 0.1], (20, 1))
    assert faces.rank_face_channels(answers, (face, other), food) == [1, 0]


def test_a_silent_channel_is_on_no_face():
    assert faces.is_on(np.zeros((2, 5, 5), np.float32), Face("", 0, 0, 1, 1)).tolist() == [False, False]


@pytest.mark.parametrize(("zoom", "shift"), [(1, 0), (0.5, 0), (2, 0), (1.4, 0), (1, 0.25), (1, -0.25)])
def test_a_changed_view_shows_the_face_where_it_says(zoom, shift):
    face = Face("square", 0.3, 0.4, 0.5, 0.6)
    picture = np.zeros((400, 400, 3), np.uint8)
    picture[120:200, 160:240] = 255
    seen, place = faces.change_view(picture, face, 200, zoom=zoom, shift=shift)
    rows, columns = np.nonzero(seen[..., 0] > 127)
    found = np.array([rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]) / 200
    np.testing.assert_allclose(found, np.clip([place.top, place.left, place.bottom, place.right], 0, 1), atol=0.011)


def test_light_is_multiplied_and_stays_in_range():
    assert faces.change_light(np.array([0, 100, 200], np.uint8), 1.4).tolist() == [0, 140, 255]


def test_a_channel_that_does_not_answer_cannot_be_tried(small_network, pictures):
    with pytest.raises(ValueError, match="channel 2 does not answer"):
        faces.try_face(small_network, "relu", 2, pictures[0], Face("noise", 0.2, 0.2, 0.4, 0.4))


def test_trials_are_shares_of_the_untouched_answer(small_network, pictures):
    trials = faces.try_face(small_network, "relu", 3, pictures[0], Face("noise", 0.2, 0.2, 0.4, 0.4))
    assert len(trials) == len(faces.ZOOMS) + len(faces.SHIFTS) + len(faces.LIGHTS) + 1
    assert [trial.share for trial in trials] == [1] * len(trials), "this channel always answers with the same number"


def test_the_parameters_are_those_of_the_modules():
    found = claims.measure_parameters()
    assert found["alexnet"] == sum(weights.numel() for weights in zoo.load("alexnet").module.parameters())


def test_the_kept_claims_are_those_that_are_measured():
    from nbutils.deepvis import records

    assert list(records.read_record("claims")) == list(claims.CLAIMS)


def test_the_face_channel_that_ships_is_found_again():
    from nbutils.deepvis import records

    kept = records.read_record("claims")["F6.2"]["result"]
    network = zoo.load("alexnet")
    shown = {photo.name: zoo.read_photo(photo, network.size) for photo in zoo.photos() if photo.collection == "samples"}
    answers = [faces.answer(network, kept["layer"], shown[face.photo]) for face in faces.FACES]
    for face, maps in zip(faces.FACES, answers, strict=True):
        assert faces.is_on(maps, face)[kept["channel"]]
        assert maps[kept["channel"]].max() == pytest.approx(kept["answer"][face.photo], rel=1e-3)
