"""The statistics page: its numbers are those of the store, and the thesis' own stand beside them as printed."""

import json
import re

import numpy as np

from nbutils.forms.dashboards import statistics_tab
from nbutils.forms.dashboards.statistics_tab import make_statistics
from nbutils.forms.dashboards.statistics_words import tell_dwelling
from nbutils.forms.store import StoreError, rate
from tests.forms.galleries import know_bob, publish


def read_table(html):
    """Return {row: (here, printed)} of the table."""
    rows = re.findall(r"<th scope='row'>(.*?)</th><td>(.*?)</td><td>(.*?)</td>", html)
    return {title: (here, printed) for title, here, printed in rows}


def figures(tab):
    return {pane.name: (json.loads(pane.figure), pane.alt) for pane in tab.board.panes}


def test_an_empty_gallery_has_zeros_beside_the_thesis(session):
    tab = make_statistics(session)
    tab.seen()
    table = read_table(tab.numbers.value)
    assert table["generations bred"] == ("0", "over 320,000")
    assert "press Evolve" in tab.numbers.value
    assert tab.board.panes == []
    assert tab.error.sentence == ""


def test_numbers_and_plots_are_those_of_the_store(session):
    first = publish(session, "Vase", ["vase"], seed=1, generations=3)
    publish(session, "Fork", ["vase", "lamp"], seed=2, origin=first, person=know_bob(session))
    publish(session, "Secret", seed=3, public=False, generations=0)
    rate(session.store, know_bob(session), first.id, 5)
    tab = make_statistics(session)
    tab.seen()
    table = read_table(tab.numbers.value)
    assert table["generations bred"] == ("7", "over 320,000")
    assert table["organisms seen"] == ("105", "over 4,700,000")
    assert table["people who kept something"] == ("2", "65,400")
    assert table["countries"] == ("", "166")
    assert table["published shapes"][0] == "2"
    assert table["shapes kept for oneself"][0] == "1"
    assert table["different tags"][0] == "2"
    assert table["breedings begun from a published shape"][0] == "1"
    assert table["ratings"][0] == "1"
    drawn = figures(tab)
    last = {trace["name"]: trace["y"][-1] for name in ("bred", "kept") for trace in drawn[name][0]["data"]}
    assert last == {"generations": 7, "organisms": 105, "shapes": 2, "people": 2, "ratings": 1}
    bars = drawn["runs"][0]["data"][0]
    assert dict(zip(bars["x"], bars["y"], strict=True)) == {"1": 1, "2": 0, "3–4": 0, "5–8": 1}  # the fork goes on
    assert all(alt for _, alt in drawn.values())


def test_what_came_since_is_there_at_the_next_look(session):
    publish(session, "Vase", generations=0)
    tab = make_statistics(session)
    tab.seen()
    publish(session, "Lamp", seed=5, generations=0)
    tab.seen()
    assert read_table(tab.numbers.value)["generations bred"][0] == "2"


def test_dwelling_is_told_by_its_middle_half():
    assert "<b>3.0 s</b> in the middle, half of all between 2.0 and 4.0 s, over 5 clicks" in tell_dwelling(
        np.array([1.0, 2, 3, 4, 500])
    )
    assert "no time can be told" in tell_dwelling(np.zeros(0))


def test_a_store_that_fails_is_told(session, monkeypatch):
    def fail(*_arguments):
        raise StoreError("The gallery's server is away.")

    monkeypatch.setattr(statistics_tab, "statistics", fail)
    tab = make_statistics(session)
    tab.seen()
    assert tab.error.sentence == "The gallery's server is away."
    assert "cannot be seen now" in tab.numbers.value
