"""What the tabs of the page share: runs that are read when they are asked for, and word of what happens."""

import pytest

from nbutils.transfer.dashboards import session as sessions
from nbutils.transfer.dashboards.session import EVENTS, Session
from nbutils.transfer.results import key_of
from nbutils.transfer.view import View
from tests.transfer.made_up import make_run


def test_runs_are_read_once_when_they_are_asked_for(monkeypatch):
    reads = []
    monkeypatch.setattr(sessions, "load_results", lambda: reads.append(1) or (make_run(),))
    session = Session()
    assert reads == []
    assert session.runs is session.runs
    assert len(reads) == 1
    session.tell("stored")
    assert len(session.runs) == 1
    assert len(reads) == 2


@pytest.mark.parametrize("event", EVENTS)
def test_who_listens_hears_of_it_in_order(event):
    session, heard = Session(()), []
    for name in ("first", "second"):
        session.on(event, lambda value, name=name: heard.append((name, value)))
    value = make_run() if event in ("trained", "select") else View() if event == "view" else None
    session.tell(event, value)
    assert heard == [("first", value), ("second", value)]


def test_an_event_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="An event is one of view, change"):
        Session(()).tell("explode")


def test_a_run_that_was_trained_here_is_found_before_a_measured_one():
    measured, own = make_run(0.8), make_run(0.7)
    session = Session((measured,))
    key = key_of(measured.settings)
    assert session.find(key) is measured
    session.tell("trained", own)
    assert session.find(key) is own
    assert session.find("") is None
    assert session.find("0" * 16) is None


@pytest.mark.parametrize(("published", "read_only"), [("1", True), ("0", False)])
def test_a_published_page_is_read_only(published, read_only, monkeypatch):
    monkeypatch.setenv("NBUTILS_PUBLISH", published)
    assert Session(()).read_only is read_only
    assert Session((), read_only=not read_only).read_only is not read_only
