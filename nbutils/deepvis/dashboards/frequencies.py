"""The study of frequencies: why gradients are full of them, as section 6.5 of the thesis asks."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape

import ipywidgets as ipw
import numpy as np

from nbutils import zoo
from nbutils.deepvis import classes, records, studies
from nbutils.deepvis import frequencies as spectrum
from nbutils.deepvis.dashboards import frequencies_figures as figures
from nbutils.deepvis.dashboards import frequencies_words as words
from nbutils.deepvis.frequency_summaries import ENDS, WEIGHTS, EdgeRule, Findings, from_json, settle
from nbutils.deepvis.spectra import MEASURES
from nbutils.deepvis.studies import FrequencyStudy
from nbutils.widgets import Board, ErrorLine, Job, Link, StatusLine, Wall, choice, guard, segmented, shell, slider
from nbutils.widgets.errors import dashboard

HINT = "Predict which filters answer most, then click a filter or a point; measure again with the button."
KEYS = (("arrow keys on the wall", "the next filter by frequency"), ("Home, End", "the lowest, the highest frequency"))
SETTINGS = ("measure", "colour", "coherence", "weights", "unit", "photographs")


@dashboard
def frequency_study(**settings: object) -> ipw.Widget:
    """Return the study of frequencies; settings are the fields of `nbutils.deepvis.studies.FrequencyStudy`."""
    return FrequencyStudyPage(studies.check(FrequencyStudy(**settings))).page


class FrequencyStudyPage:
    """What is set becomes a record; the shipped findings, or those of one's own run, are drawn for it."""

    def __init__(self, start: FrequencyStudy) -> None:
        self.study = start
        held = records.read_record("frequencies")
        self.shipped, self.origin = from_json(held["findings"]), held["provenance"]
        self.own: Findings | None = None
        self.network = zoo.load(spectrum.NETWORK)
        self.first = spectrum.read_first_layer(self.network)
        self._photos = zoo.photos()
        self._order = np.arange(len(self.first.bias))
        self._setting = False
        self._make_parts()
        self.page = self._lay_out(start)
        self._connect()
        self.show(start)

    @property
    def found(self) -> Findings:
        """The findings that are drawn: of one's own run where there is one."""
        return self.own or self.shipped

    @property
    def rule(self) -> EdgeRule:
        """What counts as an edge."""
        return EdgeRule(self.study.measure, self.study.colour, self.study.coherence)

    def show(self, wanted: FrequencyStudy) -> None:
        """Bring every part to this record."""
        self.study = wanted
        self._set_controls()
        self._draw_wall()
        self._draw()
        self.link.write(studies.to_settings(wanted))

    def change(self, **fields: object) -> None:
        """Show the record with these fields changed; an impossible one raises ValueError and changes nothing."""
        self.show(studies.check(replace(self.study, **fields)))

    def select(self, channel: int) -> None:
        """Go to one filter."""
        self.change(channel=channel)

    def reset(self, start: FrequencyStudy) -> None:
        """Go back to the start and forget one's own run."""
        self.own = None
        self.show(start)

    def _draw_wall(self) -> None:
        measure, kinds = self.study.measure, figures.sort_kinds(self.first, self.rule)
        self._order = np.argsort(getattr(self.first.shapes, measure), kind="stable")
        places = np.argsort(self._order)
        names = words.hover_names(self.first, self._order, kinds, measure)
        edges = kinds["edge"]
        ends = [*edges[:ENDS], *edges[-ENDS:]] if len(edges) >= 2 * ENDS else []
        self._setting = True
        try:
            self.wall.show(figures.draw_filters(self.first.filters[self._order]), names=names)
            self.wall.marked = sorted(int(places[channel]) for channel in ends)
            self.wall.selected = int(places[self.study.channel])
        finally:
            self._setting = False

    def _draw(self) -> None:
        study, found, first = self.study, self.found, self.first
        kinds = figures.sort_kinds(first, self.rule)
        kind = next(kind for kind, channels in kinds.items() if study.channel in channels)
        self.filter.show(figures.draw_filters(first.filters[[study.channel]]))
        self.filter.label = f"filter {study.channel}, grey is zero"
        self.caption.value = f"<h3>filter {study.channel}</h3>{words.tell_filter(first, found, kind, study.channel)}"
        self.chosen.value = words.tell_choice(first, found, self.rule, study.channel)
        self.spectrum.set("filter", *figures.filter_spectrum(first, study.channel))
        self.board.set("means", *figures.means(first, found, self.rule, study.channel))
        self.board.set("onward", *figures.onward(first, found, self.rule, study.weights, study.channel))
        self.board.set("spectra", *figures.spectra_of(first, found, study.unit))
        self.board.set("sorted", *figures.sorted_means(found))
        rows = [(f"ours: AlexNet, {self.shipped.photographs} photographs", first, self.shipped)]
        if self.own is not None:
            rows.append((f"your run: {self.own.photographs} photographs", first, self.own))
        self.numbers.value = words.table(rows, self.rule)
        self.alike.value = words.shapes_table(found)
        whose = "your run" if self.own is not None else "what was measured beforehand"
        self.told.value = f"<p class='dv-quiet'>The figures show {whose}, {found.photographs} photographs.</p>"

    def _measure(self) -> Iterator[Findings]:
        """Yield what one's own run has found after every photograph."""
        photos = classes.mix(self._photos, self.study.photographs)
        size = self.network.size
        for found in spectrum.measure(self.network, len(photos), lambda at: zoo.read_photo(photos[at], size)):
            yield settle(found)

    def _take(self, found: Findings) -> None:
        self.own = found
        self._draw()

    def _set_controls(self) -> None:
        """Bring the controls to the record without answering to them."""
        self._setting = True
        try:
            for name in SETTINGS:
                getattr(self, f"set_{name}").value = getattr(self.study, name)
        finally:
            self._setting = False

    def _make_parts(self) -> None:
        start = self.study
        self.set_measure = segmented("Frequency of a filter", list(MEASURES), start.measure)
        self.set_weights = choice("Weights", [(figures.WEIGHT_WORDS[key], key) for key in WEIGHTS], start.weights)
        self.set_unit = choice("Gradients from units of", list(spectrum.UNITS), start.unit)
        self.set_colour = slider("Edge: colour at most", start.colour, 0, 1, 0.05, wait=True)
        self.set_coherence = slider(
            "Edge: coherence at least", start.coherence, 0, studies.MOST_COHERENT, 0.05, wait=True
        )
        self.set_photographs = slider("Photographs", start.photographs, *studies.RUNS, 1, wait=True)
        self.wall = Wall(
            height=300, noun="place", label="the 64 filters of AlexNet's conv1, lowest frequency first; grey is zero"
        )
        self.filter = Wall(height=150, pickable=False)
        self.board, self.spectrum = Board(columns=2, height=380), Board(columns=1, height=230)
        self.chosen, self.told, self.caption, self.numbers, self.alike = (ipw.HTML() for _ in range(5))
        self.link, self.status, self.error = Link("frequencies"), StatusLine(), ErrorLine()
        self.job = Job(
            self._measure,
            self._take,
            total=lambda: min(self.study.photographs, len(self._photos)),
            start="Measure again",
            noun="photograph",
        )

    def _connect(self) -> None:
        guarded = guard(self.error)
        for name in SETTINGS:
            act = guarded(lambda change, name=name: self.change(**{name: change["new"]}))
            getattr(self, f"set_{name}").observe(
                lambda change, act=act: None if self._setting else act(change), "value"
            )
        pick = guarded(lambda change: self.select(int(self._order[change["new"]])))
        self.wall.observe(lambda change: None if self._setting else pick(change), "selected")
        self.board.on_click(guarded(self._click))
        self.link.on_read(guarded(lambda settings: self.show(studies.from_settings(FrequencyStudy, settings))))

    def _click(self, name: str, trace: int, point: object, _x: object, _y: object) -> None:
        groups = list(figures.sort_kinds(self.first, self.rule).values())
        if name not in ("means", "onward") or not isinstance(point, int) or not 0 <= trace < len(groups):
            return
        if 0 <= point < len(groups[trace]):
            self.select(int(groups[trace][point]))

    def _lay_out(self, start: FrequencyStudy) -> ipw.Widget:
        return shell(
            "Why high frequencies win",
            HINT,
            stage=[
                ipw.VBox([self.wall, self.chosen]),
                self.told,
                self.board,
                ipw.HTML(words.VARIANTS_EXPLAINED),
                self.numbers,
                self.alike,
                ipw.HTML(tell_origin(self.origin)),
            ],
            controls=[
                ipw.VBox([self.filter, self.caption]).add_class("dv-stack"),
                self.spectrum,
                self.set_weights,
                self.set_unit,
                self.set_colour,
                ipw.VBox([self.set_coherence, ipw.HTML(words.EDGES_EXPLAINED)]).add_class("dv-stack"),
                ipw.VBox([self.set_photographs, self.job]).add_class("dv-stack"),
            ],
            header=(self.set_measure,),
            number="6",
            status=self.status,
            reset=lambda: self.reset(start),
            keys=KEYS,
            link=self.link,
            python=lambda: studies.to_python(self.study, "frequency_study"),
            error=self.error,
        )


def tell_origin(origin: dict) -> str:
    """Return by which command, when and with which seed the shipped findings were made, as HTML."""
    told = f"{escape(str(origin['date']))}, seed {escape(str(origin['seed']))}, "
    command = f"<code>{escape(str(origin['command']))}</code>"
    return f"<details><summary>Where these numbers come from</summary><p>{told}{command}</p></details>"
