"""The clinic: six machines dealt blind, their four plots, a diagnosis, and then the answer."""

from collections.abc import Iterator
from dataclasses import replace
from threading import RLock

import ipywidgets as ipw
import numpy as np

from nbutils.rbm import clinic_measuring as kept
from nbutils.rbm.advice import advise
from nbutils.rbm.clinic import (
    CASES,
    DEALS,
    NAMES,
    NUMBER,
    SEEDS,
    Patient,
    Verdict,
    Visit,
    deal,
    from_settings,
    judge,
    run_case,
    to_python,
)
from nbutils.rbm.clinic_answers import explain
from nbutils.rbm.dashboards import clinic_words as words
from nbutils.rbm.dashboards import plots
from nbutils.rbm.running import Followed, count_updates
from nbutils.widgets import ErrorLine, Job, Link, StatusLine, button, choice, guard, segmented, shell
from nbutils.widgets.errors import dashboard

HINT = "Five of these six machines have a fault: which patient has what?"
KEYS = (
    ("arrow keys on Patient", "the next patient"),
    ("arrow keys on Diagnosis", "another diagnosis"),
    ("space on the film under plot 1", "play the run from before training on"),
    ("?", "these keys"),
)
NO_DIAGNOSIS = ""
OWN_SEEDS = (len(SEEDS), 2**31)  # for runs trained here: none of those that are kept


@dashboard
def clinic(deal: int | None = None, patient: str = NAMES[0]) -> ipw.Widget:
    """Return the clinic; deal is the number of a deal, 0 to 9,999, by chance when None."""
    return Clinic(Visit(draw_deal() if deal is None else deal, patient)).page


def draw_deal() -> int:
    """Return the number of a deal, by chance."""
    return int(np.random.default_rng().integers(DEALS))


class Clinic:
    """Connects the parts: a visit is set, its patient is drawn, a diagnosis is judged."""

    def __init__(self, start: Visit) -> None:
        self.visit = start
        self.patients = deal(start.deal)
        self._given: dict[str, tuple[str, Verdict]] = {}
        self._before = (0, 0)  # right and all diagnoses of earlier deals
        self._own: dict[Patient, Followed] = {}  # finished runs of this deal that were trained here
        self._trained: Patient | None = None
        self._lock = RLock()  # a run is drawn from the job's thread, while a visitor goes to another patient
        self._setting = False
        self._make_parts()
        self.page = self._lay_out(start)
        self._connect()
        self.show(start)

    @property
    def patient(self) -> Patient:
        """Return the patient that is looked at."""
        return self.patients[NAMES.index(self.visit.patient)]

    @property
    def score(self) -> tuple[int, int]:
        """Return how many diagnoses were right, and how many there were, in all deals."""
        right = sum(verdict.right for _, verdict in self._given.values())
        return self._before[0] + right, self._before[1] + len(self._given)

    def show(self, wanted: Visit) -> None:
        """Bring every part to this visit; the diagnoses of another deal stay in the score."""
        if wanted != self.visit:
            self.job.stop()
        with self._lock:
            if wanted.deal != self.visit.deal:
                self._before, self._given = self.score, {}
                self.patients = deal(wanted.deal)
                self._own.clear()
            self.visit = wanted
            self._set_controls()
            self._draw(self._run())
            self._tell()
        self.link.write({"deal": str(wanted.deal), "patient": wanted.patient})

    def give_diagnosis(self) -> None:
        """Judge the diagnosis that is chosen; the first one for a patient counts."""
        if self.set_diagnosis.value == NO_DIAGNOSIS:
            self.status.say(words.WANTED)
            self.answer.value = words.ASKED + words.ASKED_AGAIN
            return
        if self.visit.patient not in self._given:
            verdict = judge(self.patient.case, self.set_diagnosis.value)
            self._given[self.visit.patient] = (self.set_diagnosis.value, verdict)
            self.status.say(f"Patient {self.visit.patient}: {verdict.sentence}")
        self._set_controls()
        self._tell()

    def deal_again(self) -> None:
        """Deal six patients anew."""
        others = (self.visit.deal + 1 + draw_deal()) % DEALS
        self.show(Visit(others))
        self.status.say("Six patients were dealt anew.")

    def reset(self, start: Visit) -> None:
        """Go back to the start and forget all diagnoses."""
        self.job.stop()
        self._own.clear()
        self._given, self.patients, self.visit = {}, deal(start.deal), start
        self._before = (0, 0)
        self.show(start)

    def _run(self) -> Followed:
        """Return the finished run of the patient: the one trained here last, else the kept one."""
        if self.patient in self._own:
            return self._own[self.patient]
        return kept.read_patient(self.patient.case, self.patient.seed)

    def _draw(self, followed: Followed) -> None:
        self._drawn = followed
        for pane in (self.hidden, self.filters, self.error_curve):
            pane.show(followed)
        self._draw_moment(self.hidden.film.place)

    def _draw_moment(self, place: int) -> None:
        """Show the histograms of the moment at which the film of the hidden image stands."""
        points = self._drawn.points
        place = min(place, len(points) - 1)
        self.histograms.show(replace(self._drawn, points=points[: place + 1]))
        self.heading.value = words.tell_moment(self.visit.patient, self.hidden.film.captions[place])

    def _tell(self) -> None:
        """Say what there is to do, or the answer, and the score."""
        name = self.visit.patient
        self.score_table.value = words.tell_score(self.patients, self._given, *self.score)
        if name not in self._given:
            self.answer.value = words.ASKED
            return
        run = self._run()
        answer = explain(self.patient.case, run.epochs)
        self.answer.value = words.tell_answer(self._given[name][1], answer, advise(run.epochs, run.snapshot.settings))

    def _train(self) -> Iterator[Followed]:
        """Yield the run of the patient with a seed of its own."""
        self._trained = self.patient
        seed = int(np.random.default_rng().integers(*OWN_SEEDS))
        yield from run_case(self.patient.case, seed)

    def _take(self, followed: Followed) -> None:
        """Draw a run that is trained, unless another patient is looked at by now; keep it when it is finished."""
        run = kept.cut(followed)
        with self._lock:
            if self._trained == self.patient:
                self._draw(run)
            if followed.snapshot.finished and self._trained is not None:
                self._own[self._trained] = run
                self.status.say(f"Patient {self._trained.name} was trained anew.")
                self._tell()

    def _set_controls(self) -> None:
        """Bring the controls to the visit without answering to them."""
        self._setting = True
        try:
            name = self.visit.patient
            self.set_patient.value = name
            is_given = name in self._given
            self.set_diagnosis.value = self._given[name][0] if is_given else NO_DIAGNOSIS
            self.set_diagnosis.disabled = self.give.disabled = is_given
        finally:
            self._setting = False

    def _make_parts(self) -> None:
        diagnoses = [("choose one", NO_DIAGNOSIS), *((case.diagnosis, name) for name, case in CASES.items())]
        self.set_patient = segmented("Patient", list(NAMES), self.visit.patient)
        self.set_diagnosis = choice("Diagnosis", diagnoses, NO_DIAGNOSIS)
        self.link, self.status, self.error = Link("clinic"), StatusLine(), ErrorLine()
        self.give = button("Give the diagnosis", guard(self.error)(self.give_diagnosis), first=True)
        self.again = button("Deal again", guard(self.error)(self.deal_again))
        self.heading, self.score_table = ipw.HTML(), ipw.HTML()
        self.answer = ipw.HTML().add_class("dv-told")
        self.hidden, self.histograms = plots.HiddenPane(), plots.HistogramPane()
        self.filters, self.error_curve = plots.FilterPane(), plots.ErrorPane()
        self.filters.number.layout.display = "none"  # all filters that are kept are shown
        self.job = Job(
            self._train,
            self._take,
            total=lambda: count_updates(CASES[self.patient.case].settings, NUMBER),
            start="Train this patient anew",
            noun="update",
            count=lambda followed: followed.snapshot.update,
        )

    def _connect(self) -> None:
        guarded = guard(self.error)
        choose = guarded(lambda change: self.show(replace(self.visit, patient=change["new"])))
        self.set_patient.observe(lambda change: None if self._setting else choose(change), "value")
        self.hidden.film.on_place(guard(self.error, clears=False)(self._draw_moment))
        self.link.on_read(guarded(lambda settings: self.show(from_settings(settings))))

    def _lay_out(self, start: Visit) -> ipw.Widget:
        panes = (self.hidden, self.histograms, self.filters, self.error_curve)
        four = ipw.Box([pane.box for pane in panes]).add_class("dv-quarters")
        choosing = ipw.Box([self.set_patient, self.heading]).add_class("dv-wall-head")
        return shell(
            "The clinic",
            HINT,
            stage=[choosing, four],
            controls=[
                ipw.VBox([self.set_diagnosis, self.give, self.answer]).add_class("dv-stack").add_class("dv-wide"),
                ipw.VBox([self.score_table, self.again]).add_class("dv-stack"),
                ipw.VBox([ipw.HTML(words.ANEW), self.job]).add_class("dv-stack"),
            ],
            number="4",
            status=self.status,
            reset=lambda: self.reset(start),
            keys=KEYS,
            link=self.link,
            python=lambda: to_python(self.visit),
            error=self.error,
        )
