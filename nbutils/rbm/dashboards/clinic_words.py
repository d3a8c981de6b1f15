"""What the clinic says: what there is to do, the answer to a diagnosis, and the score."""

from collections.abc import Mapping, Sequence
from html import escape

from nbutils.rbm.advice import Advice
from nbutils.rbm.clinic import CASES, Patient, Verdict
from nbutils.rbm.clinic_answers import Answer
from nbutils.rbm.dashboards.advice_pane import tell_advice

ASKED = (
    "<p>Take the plots in their order, the first one from before training on: the film below it goes there. "
    "The first that looks wrong tells most. What has this patient?</p>"
)
WANTED = "Choose a diagnosis first, then give it."
ASKED_AGAIN = f"<p><b>{WANTED}</b></p>"
UNKNOWN = "?"
ANEW = (
    "<h3>Once more</h3><p class='dv-quiet'>What you see was trained beforehand: 10,000 spheres, 6 epochs. Train this "
    "patient anew with other spheres and first weights: do the same plots look wrong?</p>"
)

Given = Mapping[str, tuple[str, Verdict]]


def tell_moment(patient: str, caption: str) -> str:
    """Return the heading over a patient's plots: of when the first two are, as HTML."""
    return f"<h3>Patient {patient} <small>plots 1 and 2 {escape(caption)}: the film moves both</small></h3>"


def tell_answer(verdict: Verdict, answer: Answer, advice: Sequence[Advice]) -> str:
    """Return what stands where the question stood, once a diagnosis was given, as HTML."""
    word, _, sentence = verdict.sentence.partition(". ")
    style = " dv-right" if verdict.right else ""
    parts = {"What it was": answer.was, "What shows it first": answer.shown, "What hid it": answer.hid}
    told = "".join(f"<p><b>{name}.</b> {escape(text)}</p>" for name, text in parts.items())
    first, *others = map(tell_advice, advice)
    more = f"<details><summary>{len(others)} more</summary>{''.join(others)}</details>" if others else ""
    return (
        f"<p><span class='dv-verdict{style}'>{word}.</span> {escape(sentence)}</p>{told}"
        f"<h3>What the advice says</h3>{first}{more}"
    )


def tell_score(patients: Sequence[Patient], given: Given, right: int, number: int) -> str:
    """Return the score and a table of this deal's patients, as HTML; who was not diagnosed keeps the secret.

    given : name of a patient -> the diagnosis that was given, a key of CASES, and its verdict
    right, number : of all diagnoses, earlier deals included
    """
    rows = "".join(_tell_row(patient, given) for patient in patients)
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("patient", "you said", "it was"))
    score = f"{right} of {number} right" if number else "No diagnosis yet"
    return (
        f"<h3>Score: {score}</h3><table class='dv-table dv-timeline'><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _tell_row(patient: Patient, given: Given) -> str:
    said, was = UNKNOWN, UNKNOWN
    if patient.name in given:
        said, was = (escape(shorten(key)) for key in (given[patient.name][0], patient.case))
    return f"<tr><th scope='row'>{patient.name}</th><td>{said}</td><td>{was}</td></tr>"


def shorten(case: str) -> str:
    """Return a diagnosis as it stands in the table."""
    return CASES[case].diagnosis.removeprefix("The ").removeprefix("Nothing: it is ")
