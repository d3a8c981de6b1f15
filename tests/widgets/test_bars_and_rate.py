import pytest

from nbutils.widgets import Bars
from nbutils.widgets.rate import Rate, Typical


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
