"""Learning rates against the published protocol, and one cycle."""

from itertools import pairwise

import pytest

from nbutils.nets.schedules import FAST, THESIS, OneCycle


def test_the_thesis_has_a_hundredth_divided_by_ten_every_100_000_of_450_000_steps():
    assert THESIS.steps == 450_000
    rates = [THESIS.rate(step) for step in (0, 99_999, 100_000, 199_999, 200_000, 300_000, 400_000, 449_999)]
    assert rates == pytest.approx([1e-2, 1e-2, 1e-3, 1e-3, 1e-4, 1e-5, 1e-6, 1e-6])


def test_the_faster_one_is_a_quarter_higher_and_divided_every_64_000_of_200_000_steps():
    assert FAST.steps == 200_000
    assert FAST.start == pytest.approx(1.25 * THESIS.start)
    rates = [FAST.rate(step) for step in (0, 63_999, 64_000, 128_000, 192_000, 199_999)]
    assert rates == pytest.approx([1.25e-2, 1.25e-2, 1.25e-3, 1.25e-4, 1.25e-5, 1.25e-5])


def test_one_cycle_rises_along_a_line_and_falls_along_another():
    rates = [OneCycle(0.04, 1000).rate(step) for step in range(1000)]
    assert rates[0] == pytest.approx(0.04 * 0.04)
    assert max(rates) == rates[200] == pytest.approx(0.04)
    for part in (rates[:201], rates[200:]):
        steps = [later - sooner for sooner, later in pairwise(part)]
        assert max(steps) == pytest.approx(min(steps))
    assert 0 < rates[-1] < 0.001 * 0.04 * 2


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_cycle_of_few_steps_has_rates_too(steps):
    assert all(0 < OneCycle(0.04, steps).rate(step) <= 0.04 for step in range(steps))
