import pytest

from nbutils.widgets import Bars
from nbutils.widgets.rate import Pace, Rate, Typical


def test_bars_show_names_and_shares():
    bars = Bars()
    bars.show(["tabby", "lynx"], [0.71239, 0.2])
    assert bars.rows == [["tabby", 0.7124], ["lynx", 0.2]]
    bars.clear("No classes here.")
    assert (bars.rows, bars.empty) == ([], "No classes here.")


def test_names_and_shares_must_be_as_many():
    with pytest.raises(ValueError, match="shorter"):
        Bars().show(["tabby", "lynx"], [0.7])


def test_a_page_may_only_say_whether_it_sees_the_bars():
    bars = Bars()
    bars.show(["tabby"], [1.0])
    bars.set_state({"rows": [["<script>", 1]], "visible": False, "count": 10**9})
    assert bars.rows == [["tabby", 1.0]]
    assert not bars.visible
    assert bars.count == 5
    bars.set_state({"visible": "yes"})
    assert not bars.visible


def test_rate_counts_events_a_second_and_forgets_a_pause(monkeypatch):
    now = iter([0.0, 0.1, 0.2, 60.0, 60.1])
    monkeypatch.setattr("nbutils.widgets.rate.time.perf_counter", lambda: next(now))
    rate = Rate()
    assert [round(rate.tick(), 6) for _ in range(5)] == [0, 10, 10, 0, 10]


def test_typical_is_the_median_of_the_last():
    typical = Typical(window=3)
    assert typical.of("trip") == 0
    for value in (100, 1, 2, 3):
        typical.add(trip=value)
    assert typical.of("trip") == 2


def pace_of(*seen, begun=(0, 0)):
    """Return the pace of a work after these pairs of seconds and results."""
    pace = Pace(*begun)
    for spent, done in seen:
        pace.note(spent, done)
    return pace


def test_the_start_does_not_count():
    # 20 s until the first result, then 2 s each.
    assert pace_of((20, 1), (30, 6)).left(100) == 94 * 2


def test_between_two_results_the_time_left_runs_down_and_does_not_climb():
    assert pace_of((20, 1), (30, 6), (31.5, 6)).left(100) == 94 * 2 - 1.5
    assert pace_of((20, 1), (30, 6), (39, 6)).left(100) == 93 * 2


def test_nobody_knows_before_the_second_result_nor_when_several_processes_finish_their_first_together():
    assert pace_of((10, 0)).left(100) is None
    assert pace_of((20, 1), (40, 1)).left(100) is None
    assert pace_of((20, 1), (20.5, 4)).left(100) is None


def test_who_goes_on_begins_with_another_start():
    went_on = pace_of((48, 11), begun=(40, 10))
    assert went_on.left(100) is None
    went_on.note(53, 16)
    assert went_on.left(100) == 84
