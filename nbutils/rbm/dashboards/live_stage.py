"""Where the plots of a run stand, and which of them are drawn: what is folded away costs nothing."""

from collections.abc import Callable
from html import escape

import ipywidgets as ipw

from nbutils.boltzmann.fields import FIELDS
from nbutils.rbm.dashboards import plots
from nbutils.rbm.dashboards.advice_pane import AdvicePane
from nbutils.rbm.dashboards.likelihood_pane import LikelihoodPane
from nbutils.rbm.dashboards.timeline_pane import TimelinePane
from nbutils.rbm.running import Followed
from nbutils.widgets.fold import Fold

MOST_CHANGES = 6
EMPTY = "<h3>No run yet</h3>"


class Stage:
    """The four plots, what they say, and what is wanted now and then; `told` says what is seen.

    choose : choose(name) is called with the setting that an advice is about
    """

    def __init__(self, choose: Callable[[str], object]) -> None:
        self.followed: Followed | None = None
        self.beside: Followed | None = None
        self._on_unit: list[Callable[[int], object]] = []
        self.hidden, self.filters = plots.HiddenPane(), plots.FilterPane()
        self.histograms, self.error = plots.HistogramPane(), plots.ErrorPane()
        self.monitors, self.likelihood, self.timeline = plots.MonitorPane(), LikelihoodPane(), TimelinePane()
        self.advice = AdvicePane(choose)
        self.heading, self.changes, self.stale = ipw.HTML(EMPTY), ipw.HTML(), ipw.HTML()
        self.told = ipw.VBox([self.heading, self.stale, self.changes]).add_class("dv-told")
        self._seen = (self.hidden, self.histograms, self.filters, self.error, self.advice)
        self._folded = {
            Fold("More monitors", [self.monitors.box]): self.monitors,
            Fold("Likelihood (AIS)", [self.likelihood.box]): self.likelihood,
            Fold("The typical timeline, and this run's", [self.timeline.box]): self.timeline,
        }
        for fold, pane in self._folded.items():
            fold.heading.observe(lambda change, pane=pane: change["new"] and self._draw(pane), "is_open")
        self.hidden.on_select(self._choose_unit)
        self.filters.on_select(self._choose_unit)
        four = [self.hidden.box, self.histograms.box, self.filters.box, self.error.box]
        self.box = ipw.VBox(
            [
                ipw.Box(four).add_class("dv-quarters"),
                self.advice.box,
                *self._folded,
            ]
        ).add_class("dv-stack")

    def show(self, followed: Followed, beside: Followed | None) -> None:
        """Draw a run, and another one beside it, in every plot that is open."""
        self.followed, self.beside = followed, beside
        self.heading.value = tell_place(followed)
        self.changes.value = tell_changes(followed)
        for pane in self._seen:
            self._draw(pane)
        for fold, pane in self._folded.items():
            if fold.heading.is_open:
                self._draw(pane)

    def clear(self) -> None:
        """Show nothing, and how to begin."""
        self.followed = self.beside = None
        self.heading.value, self.changes.value, self.stale.value = EMPTY, "", ""
        for pane in (*self._seen, *self._folded.values()):
            pane.clear()

    def select_unit(self, unit: int) -> None:
        """Put the ring around a hidden unit wherever it is seen."""
        self.hidden.select(unit)
        self.filters.select(unit)

    def on_unit(self, callback: Callable[[int], object]) -> None:
        """Call callback(unit) when a hidden unit is clicked, or chosen with the keyboard."""
        self._on_unit.append(callback)

    def _choose_unit(self, unit: int) -> None:
        self.select_unit(unit)
        for callback in self._on_unit:
            callback(unit)

    def _draw(self, pane: object) -> None:
        if self.followed is not None:
            pane.show(self.followed, self.beside)


def tell_place(followed: Followed) -> str:
    """Return the heading over a run: what it learns from and how far it is, as HTML."""
    snapshot = followed.snapshot
    where = f"epoch {snapshot.epoch} of {snapshot.settings.epochs} · {snapshot.update:,} updates"
    if not snapshot.finite:
        where += " · ended: the weights are no finite numbers any more"
    return f"<h3>{escape(followed.title)} <small>{where}</small></h3>"


def tell_changes(followed: Followed) -> str:
    """Return what was changed while it trained, as HTML; an empty text where nothing was."""
    changes = followed.snapshot.settings.changes
    if not changes:
        return ""
    told = [f"{escape(FIELDS[field].title)} {value:g} from update {update:,}" for update, field, value in changes]
    more = f"{len(told) - MOST_CHANGES} earlier; " if len(told) > MOST_CHANGES else ""
    return f"<p class='dv-quiet'>Changed on the way: {more}{'; '.join(told[-MOST_CHANGES:])}.</p>"
