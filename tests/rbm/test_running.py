"""A run that is followed: its points, going on bit for bit, changes on the way, its curves as a table."""

import csv
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from nbutils.boltzmann import monitors
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import train
from nbutils.rbm import running
from nbutils.rbm.examples import Examples
from nbutils.rbm.spheres import make_spheres

SETTINGS = Training(hidden=12, batch=5, epochs=3, rate=0.1, seed=4)


@pytest.fixture(scope="module")
def spheres():
    """1,000 spheres on a cube of 4 voxels, whose epochs have 200 updates, and 250 kept back."""
    made = make_spheres(1250, grid=4, largest=2.0)
    return Examples("small spheres", made[:1000], made[1000:], (4, 4, 4))


@pytest.fixture(scope="module")
def followed(spheres):
    """The whole run, as it ended."""
    *_, last = running.follow(spheres, SETTINGS)
    return last


def test_points_stand_where_curves_need_them(followed):
    assert [(point.epoch, point.update) for point in followed.points] == [
        (0, 0),
        (0, 100),
        (1, 200),
        (2, 400),
        (3, 600),
    ]
    assert len(followed.epochs) == 4
    assert followed.epochs[1] is followed.points[2].measures


def test_the_machine_is_that_of_training_alone(followed, spheres):
    *_, alone = train(spheres.train, SETTINGS)
    torch.testing.assert_close(followed.snapshot.machine.weights, alone.machine.weights, rtol=0, atol=0)


def test_a_point_measures_the_machine_of_its_moment(followed, spheres):
    watch = monitors.watch(spheres.train, spheres.valid, spheres.shape)
    last = followed.snapshot
    wanted = monitors.measure(last.machine, last.last, watch, followed.epochs[-2], SETTINGS.seed)
    found = followed.points[-1]
    assert found.measures.error == wanted.error
    assert found.measures.flicker == wanted.flicker
    np.testing.assert_array_equal(found.measures.probabilities, wanted.probabilities)
    edges, counts = found.histograms["weights"]
    assert counts.sum() == last.machine.weights.numel()
    assert edges[0] <= last.machine.weights.min()
    assert set(found.histograms) == {
        f"{name}{end}" for name in ("weights", "visible_bias", "hidden_bias") for end in ("", "_update")
    }


def test_a_point_within_an_epoch_sees_fewer_examples_and_all_flicker_is_since_the_last_epoch(followed, spheres):
    first, within, end, *_ = (point.measures for point in followed.points)
    fewer = spheres.train[: running.WATCHED_WITHIN_EPOCH]
    assert within.baseline == monitors.watch(fewer, spheres.valid, spheres.shape).baselines[False]
    assert within.baseline != first.baseline == end.baseline
    moved = np.abs(end.probabilities.astype(np.float32) - first.probabilities).mean()
    assert end.flicker == pytest.approx(moved, rel=1e-5)
    assert end.flicker != within.flicker


def test_a_run_goes_on_bit_for_bit(followed, spheres):
    half = next(one for one in running.follow(spheres, SETTINGS) if one.snapshot.epoch == 1)
    *_, whole = running.follow(spheres, SETTINGS, start=half)
    torch.testing.assert_close(whole.snapshot.machine.weights, followed.snapshot.machine.weights, rtol=0, atol=0)
    assert [point.update for point in whole.points] == [point.update for point in followed.points]
    assert [one.error for one in whole.epochs] == [one.error for one in followed.epochs]
    assert math.isclose(whole.epochs[2].flicker, followed.epochs[2].flicker)


def test_of_a_long_run_few_images_are_kept_and_every_number_stays_the_same(spheres):
    settings = replace(SETTINGS, epochs=12)
    *_, whole = running.follow(spheres, settings)
    *_, last = running.follow(spheres, settings, images=6)
    assert [point.has_image for point in whole.points] == [True] * len(whole.points)
    assert [point.update for point in last.points if point.has_image] == [0, 600, 1400, 2200, 2400]
    assert running.curves_as_csv(last.points) == running.curves_as_csv(whole.points)


def test_what_is_steered_stands_in_the_settings_and_a_run_of_them_is_the_same(spheres):
    wanted = {}
    run = running.follow(spheres, SETTINGS, steer=lambda: wanted)
    for one in run:
        if one.snapshot.epoch == 1:
            wanted = {"rate": 0.5, "k": 2}
    assert {change[1:] for change in one.snapshot.settings.changes} == {("rate", 0.5), ("k", 2)}
    *_, again = running.follow(spheres, one.snapshot.settings)
    torch.testing.assert_close(again.snapshot.machine.weights, one.snapshot.machine.weights, rtol=0, atol=0)


def test_a_run_that_explodes_ends_with_the_point_that_says_so(spheres):
    explosive = Training(hidden=12, batch=5, epochs=40, rate=10, momentum=0.99, rate_on="sum", gaussian=True)
    *_, last = running.follow(spheres, explosive)
    assert not last.snapshot.finite
    assert last.snapshot.finished
    assert not last.epochs[-1].finite


def test_curves_are_a_table_with_every_number_of_every_point(followed):
    first, *rows = csv.reader(running.curves_as_csv(followed.points).splitlines())
    assert first[:2] == ["epoch", "update"]
    assert [int(row[1]) for row in rows] == [0, 100, 200, 400, 600]
    error = followed.points[-1].measures.error["squared, sampled hidden"]
    assert float(rows[-1][first.index("error_squared_sampled_hidden")]) == pytest.approx(error, rel=1e-6)
    assert "probabilities" not in first
    assert all(len(row) == len(first) for row in rows)


def test_binary_units_refuse_examples_that_need_gaussian_ones(spheres):
    waves = Examples("waves", spheres.train - 2, spheres.valid - 2, spheres.shape, gaussian=True)
    with pytest.raises(ValueError, match="turn on Gaussian visible units"):
        running.check_fit(SETTINGS, waves)
    running.check_fit(Training(gaussian=True), waves)
    running.check_fit(SETTINGS, spheres)


def test_updates_are_counted_before_they_are_made(followed):
    assert running.count_updates(SETTINGS, 1000) == followed.snapshot.update
    assert running.count_updates(SETTINGS, 1004) == followed.snapshot.update, "what is left over makes no update"
