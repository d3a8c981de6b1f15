"""The clinic without a browser: diagnoses, deals, a run of one's own, and that the page does not tell before it may."""

import ast
import functools
import json

import ipywidgets as ipw
import pytest

from nbutils.rbm import clinic as cases
from nbutils.rbm import clinic_measuring
from nbutils.rbm.clinic import CASES, NAMES, Visit
from nbutils.rbm.dashboards import clinic as open_clinic
from nbutils.rbm.dashboards.clinic import Clinic
from nbutils.widgets import ErrorLine


@pytest.fixture
def clinic():
    made = Clinic(Visit(deal=3))
    yield made
    made.job.close()
    assert made.job.wait(60)


@pytest.fixture
def small_runs(monkeypatch):
    """Runs of one's own are short ones."""
    module = Clinic.__init__.__globals__
    monkeypatch.setitem(module, "run_case", functools.partial(cases.run_case, number=200, hidden=30))


def diagnose(clinic, patient, case):
    clinic.set_patient.value = patient
    clinic.set_diagnosis.value = case
    clinic.give.value += 1
    assert clinic.error.sentence == ""


def case_of(clinic, patient):
    return clinic.patients[NAMES.index(patient)].case


def wrong_for(clinic, patient):
    return next(case for case in CASES if case != case_of(clinic, patient))


def widgets_of(root):
    """Return every widget that a page refers to."""
    found, waiting = {}, [root]
    while waiting:
        widget = waiting.pop()
        if not isinstance(widget, ipw.Widget) or widget.model_id in found:
            continue
        found[widget.model_id] = widget
        for name in widget.keys:
            value = getattr(widget, name)
            waiting.extend(value if isinstance(value, list | tuple) else [value])
    return list(found.values())


def states_of(clinic):
    """Return every trait that is sent to the page, but those of the plots: (part, trait) -> text."""
    plots = (clinic.hidden, clinic.histograms, clinic.filters, clinic.error_curve)
    of_plots = {widget.model_id for pane in plots for widget in widgets_of(pane.box)}
    return {
        (place, name): str(value)
        for place, widget in enumerate(widgets_of(clinic.page))
        if widget.model_id not in of_plots
        for name, value in widget.get_state().items()
    }


def test_the_page_tells_nothing_of_a_patient_but_its_name_and_its_plots(clinic):
    first = states_of(clinic)
    assert len(first) > 300
    for place, patient in enumerate(NAMES[1:], 1):
        clinic.set_patient.value = patient
        now = states_of(clinic)
        changed = {key: (first[key], now[key]) for key in first if first[key] != now[key]}
        assert sorted(name for _, name in changed) == ["index", "settings", "value"]
        said = {name: values for (_, name), values in changed.items()}
        assert said["index"] == ("0", str(place))
        for name in ("settings", "value"):
            before, after = said[name]
            assert before.replace("Patient A", f"Patient {patient}").replace("'A'", f"'{patient}'") == after


def test_no_trait_names_a_case_before_the_answer(clinic):
    for patient in NAMES:
        clinic.set_patient.value = patient
        states = json.dumps([str(widget.get_state()) for widget in widgets_of(clinic.page)])
        for case in set(CASES) - {"weights"}:  # the weights are a plot of every patient
            assert f"'{case}'" not in states
        assert "instead of" not in states


def test_a_right_diagnosis_is_praised_and_the_answer_given(clinic):
    diagnose(clinic, "B", case_of(clinic, "B"))
    assert ">Right.</span>" in clinic.answer.value
    for part in ("What it was.", "What shows it first.", "What hid it.", "What the advice says"):
        assert part in clinic.answer.value
    assert clinic.score == (1, 1)
    assert "1 of 1 right" in clinic.score_table.value
    assert clinic.status.message.startswith("Patient B: Right.")


def test_a_wrong_diagnosis_counts_once_and_cannot_be_taken_back(clinic):
    wrong = wrong_for(clinic, "C")
    diagnose(clinic, "C", wrong)
    assert ">No.</span>" in clinic.answer.value
    assert (clinic.set_diagnosis.disabled, clinic.give.disabled) == (True, True)
    clinic.set_diagnosis.value = case_of(clinic, "C")
    clinic.give_diagnosis()
    assert clinic.score == (0, 1)
    assert clinic.set_diagnosis.value == wrong


def test_without_a_diagnosis_nothing_is_judged(clinic):
    clinic.give.value += 1
    assert clinic.score == (0, 0)
    assert "Choose a diagnosis first" in clinic.status.message
    assert "Choose a diagnosis first" in clinic.answer.value, "beside the button, too"


def test_going_back_to_a_patient_shows_its_answer_and_to_another_its_question(clinic):
    diagnose(clinic, "A", wrong_for(clinic, "A"))
    given = clinic.answer.value
    clinic.set_patient.value = "D"
    assert "What has this patient?" in clinic.answer.value
    assert (clinic.set_diagnosis.value, clinic.set_diagnosis.disabled) == ("", False)
    clinic.set_patient.value = "A"
    assert clinic.answer.value == given


def test_every_patient_has_its_answer_with_the_advice_that_leads_to_it(clinic):
    controls = {
        "healthy": "Healthy after 6 epochs",
        "weights": "the initial weights are too large",
        "rate_high": "the learning rate is too high",
        "rate_low": "the learning rate is too low",
        "bias": "the hidden biases begin too low",
        "input": "The largest input is 255",
    }
    for patient in NAMES:
        diagnose(clinic, patient, case_of(clinic, patient))
        first = clinic.answer.value.partition("What the advice says")[2].partition("<details>")[0]
        assert controls[case_of(clinic, patient)] in first
    assert clinic.score == (6, 6)


def test_deal_again_keeps_the_score_and_forgets_the_diagnoses(clinic):
    diagnose(clinic, "A", case_of(clinic, "A"))
    diagnose(clinic, "B", wrong_for(clinic, "B"))
    before = clinic.visit.deal
    clinic.again.value += 1
    assert clinic.visit.deal != before
    assert clinic.visit.patient == "A"
    assert clinic.score == (1, 2)
    assert clinic.score_table.value.count("<td>?</td>") == 12
    diagnose(clinic, "A", case_of(clinic, "A"))
    assert clinic.score == (2, 3)


def test_reset_goes_back_to_the_first_deal_without_a_score(clinic):
    first = clinic.patients
    diagnose(clinic, "A", case_of(clinic, "A"))
    clinic.again.value += 1
    clinic.reset(Visit(deal=3))
    assert (clinic.patients, clinic.score, clinic.visit) == (first, (0, 0), Visit(3, "A"))


def test_the_film_moves_the_histograms_too(clinic):
    last = clinic.histograms.board.panes[0].figure
    clinic.hidden.film.set_state({"newest": False})
    clinic.hidden.film.set_state({"place": 0})
    assert clinic.histograms.board.panes[0].figure != last
    assert "before training" in clinic.heading.value
    clinic.set_patient.value = "B"
    assert "Patient B" in clinic.heading.value
    assert "before training" in clinic.heading.value


def test_a_patient_trained_anew_takes_the_place_of_the_kept_run(clinic, small_runs):
    diagnose(clinic, "B", case_of(clinic, "B"))
    kept = clinic.answer.value
    clinic.job.start()
    assert clinic.job.wait(60)
    assert (clinic.job.state, clinic.job.error.sentence, clinic.error.sentence) == ("done", "", "")
    own = clinic._run()
    assert own.snapshot.settings.hidden == 30
    assert own.snapshot.settings.seed >= 5
    assert own.snapshot.machine.hidden == 25
    assert clinic.answer.value != kept
    clinic.set_patient.value = "C"
    assert clinic._run().snapshot.settings.hidden == 400
    clinic.set_patient.value = "B"
    assert clinic._run() is own
    clinic.again.value += 1
    assert clinic._own == {}, "runs of other deals do not pile up"


def test_a_run_of_one_patient_never_stands_in_the_plots_of_another(clinic, small_runs):
    clinic.set_patient.value = "B"
    *_, finished = clinic._train()
    clinic.set_patient.value = "C"
    shown = clinic.hidden.wall.data
    clinic._take(finished)
    assert clinic.hidden.wall.data == shown
    assert clinic._run().snapshot.settings.hidden == 400
    clinic.set_patient.value = "B"
    assert clinic._run().snapshot.settings.hidden == 30


def test_going_to_another_patient_stops_the_training(clinic):
    clinic.job.start()
    clinic.set_patient.value = "E"
    assert clinic.job.wait(60)
    assert clinic.job.state == "stopped"


def test_links_open_a_deal_and_a_bad_one_is_a_sentence_that_changes_nothing(clinic):
    clinic.show(cases.from_settings({"deal": "7", "patient": "E"}))
    assert (clinic.visit, clinic.set_patient.value) == (Visit(7, "E"), "E")
    assert clinic.link.settings == {"deal": "7", "patient": "E"}
    clinic.link.set_state({"arrived": {"count": 1, "settings": {"deal": "8", "patient": "<b>"}}})
    assert "A patient is one of A, B" in clinic.error.sentence
    assert clinic.visit == Visit(7, "E")
    clinic.link.set_state({"arrived": {"count": 2, "settings": {"deal": "9", "patient": "B"}}})
    assert (clinic.visit, clinic.error.sentence) == (Visit(9, "B"), "")


def test_the_lines_of_python_open_the_same_visit():
    brought, said = ast.parse(cases.to_python(Visit(7, "E"))).body
    assert (brought.module, brought.names[0].name) == ("nbutils.rbm.dashboards", said.value.func.id)
    page = open_clinic(**{word.arg: ast.literal_eval(word.value) for word in said.value.keywords})
    assert any("Patient E" in str(getattr(part, "value", "")) for part in widgets_of(page))


def test_a_hostile_page_can_choose_only_what_there_is(clinic):
    for part in (clinic.set_patient, clinic.set_diagnosis):
        before = part.value
        for state in ({"index": 99}, {"index": -1}, {"index": "x"}, {"value": "bias"}, {"labels": []}, {"index": None}):
            part.set_state(state)
        assert part.value == before
    clinic.answer.set_state({"value": "<b>won</b>"})
    assert clinic.score == (0, 0)


def test_an_impossible_clinic_is_a_sentence():
    for arguments in ({"deal": -1}, {"deal": 10_000}, {"deal": 1.5}, {"deal": True}, {"patient": "Z"}):
        line = open_clinic(**arguments)
        assert isinstance(line, ErrorLine)
        assert "got" in line.sentence


def test_where_the_kept_runs_are_gone_a_sentence_stands_in_place_of_the_clinic(monkeypatch, tmp_path):
    reader = functools.partial(clinic_measuring.read_patient, folder=tmp_path)
    monkeypatch.setattr(clinic_measuring, "read_patient", reader)
    line = open_clinic(deal=3)
    assert isinstance(line, ErrorLine)
    assert "it comes with the repository" in line.sentence
