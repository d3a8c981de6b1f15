"""How much the pictures of a unit differ between starts, held to pictures made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from nbutils.deepvis import gallery_plans, variety


def test_pictures_that_are_one_and_pictures_that_have_nothing_in_common():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 1, 3, 40, 40))
    alike, apart = variety.correlate([np.repeat(first, 3, 0), np.repeat(second, 3, 0)])
    assert alike == pytest.approx(1)
    assert apart == pytest.approx(0, abs=0.05)


def test_half_of_a_picture_that_differs_is_seen():
    rng = np.random.default_rng(1)
    common, own = rng.normal(size=(2, 1, 3, 64, 64)), rng.normal(size=(2, 4, 3, 64, 64))
    alike, _ = variety.correlate(list(common + own))
    assert alike == pytest.approx(0.5, abs=0.03)  # half of the variance is shared


def test_a_layer_is_measured(small_network):
    (part,) = gallery_plans.plan_gallery(small_network, ("conv",))
    found = variety.measure_variety(small_network, replace(part, recipe=replace(part.recipe, steps=3)), 2, 3)
    assert found.units == 2
    assert -1 <= found.apart <= 1
    assert -1 <= found.alike <= 1
