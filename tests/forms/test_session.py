"""What the tabs of chapter 3's page share."""

import pytest

from nbutils.forms.dashboards.session import Session


def test_a_tab_hears_what_another_tells_and_only_what_it_asked_for():
    session, heard = Session(), []
    session.on("stored", lambda value: heard.append(("stored", value)))
    session.on("open", lambda value: heard.append(("open", value)))
    session.tell("stored", "abc")
    assert heard == [("stored", "abc")]


def test_who_is_in_front_of_the_page_is_known_once_it_was_told():
    session, known = Session(), []
    session.on("person", lambda person: known.append((person, session.person)))
    with pytest.raises(ValueError, match="try again in a moment"):
        _ = session.somebody
    session.tell("person", "somebody")
    assert known == [("somebody", "somebody")]
    assert session.somebody == "somebody"


def test_a_published_page_is_read_only(monkeypatch):
    assert not Session().read_only
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    assert Session().read_only
    assert not Session(read_only=False).read_only


@pytest.mark.parametrize("event", ["evolve", "", None])
def test_an_event_that_there_is_not_is_refused(event):
    with pytest.raises(ValueError, match="one of person, fork, open, stored"):
        Session().on(event, print)
