"""The panes of advice and of the typical timeline, without a browser."""

from dataclasses import replace

import pytest

from nbutils.rbm.advice import Advice
from nbutils.rbm.clinic_measuring import read_patient
from nbutils.rbm.dashboards.advice_pane import AdvicePane, name_control, tell_advice
from nbutils.rbm.dashboards.timeline_pane import TimelinePane


@pytest.fixture(scope="module")
def broken():
    """The kept run of the machine whose hidden biases began at -20."""
    return read_patient("bias", 0)


def sentences(pane):
    return [row.children[0].value for row in pane.list.children]


def at_epoch(followed, epochs):
    """Return a run as it was after so many epochs."""
    points = tuple(point for point in followed.points if point.epoch <= epochs)
    return replace(followed, points=points)


def test_the_first_fault_leads_and_its_button_leads_to_its_setting(broken):
    chosen = []
    pane = AdvicePane(chosen.append)
    pane.show(broken)
    assert "Mend this first." in sentences(pane)[0]
    assert all("Then." in text for text in sentences(pane)[1:])
    buttons = [row.children[1] for row in pane.list.children]
    assert buttons[0].text == "Go to: initial hidden bias"
    buttons[0].value += 1
    buttons[-1].value += 1
    assert chosen == ["hidden_bias", "rate"]


def test_advice_follows_the_run_and_goes_with_it(broken):
    pane = AdvicePane(lambda name: None)
    pane.show(at_epoch(broken, 0))
    before = sentences(pane)
    pane.show(broken)
    assert len(sentences(pane)) > len(before)
    pane.show(read_patient("healthy", 0))
    assert "Nothing to mend.</b> Healthy after 6 epochs" in sentences(pane)[0]
    assert len(sentences(pane)) == 1
    assert pane.list.children[0].children[1].layout.display == "none"
    pane.clear()
    assert pane.list.children == (pane.empty,)
    pane.show(broken)
    assert "Mend this first." in sentences(pane)[0]


def test_advice_is_told_anew_only_when_there_is_something_new(broken):
    pane = AdvicePane()
    pane.show(broken)
    rows = pane.list.children
    rows[0].children[0].value = "as it was"
    pane.show(broken)
    assert pane.list.children[0].children[0].value == "as it was"
    pane.show(at_epoch(broken, 3))
    assert "Mend this first." in sentences(pane)[0]


def test_without_anybody_to_ask_there_is_no_button(broken):
    pane = AdvicePane()
    pane.show(broken)
    assert all(len(row.children) == 1 for row in pane.list.children)


def test_what_a_sentence_holds_is_escaped():
    told = tell_advice(Advice("<img src=x onerror=alert(1)> & more", 1.0, "nowhere", ""))
    assert "<img" not in told
    assert "&lt;img" in told


def test_settings_are_called_as_on_the_page():
    assert name_control("rate") == "learning rate"
    assert name_control("data") == "the examples"
    assert name_control("") == name_control("nonsense") == ""


def test_the_timeline_is_filled_in_as_the_run_goes_on():
    run = read_patient("healthy", 0)
    pane = TimelinePane()
    assert pane.table.value.count("not yet</td>") == 7
    pane.show(at_epoch(run, 1))
    assert pane.table.value.count("not yet</td>") == 5
    pane.show(run)
    assert pane.table.value.count("not yet</td>") == 0
    assert "<th scope='row'>20-25</th>" in pane.table.value
    pane.clear()
    assert pane.table.value.count("not yet</td>") == 7
