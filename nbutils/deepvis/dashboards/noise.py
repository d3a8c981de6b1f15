"""The study of noise: which layers tremble when the picture does."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape

import ipywidgets as ipw
import numpy as np

from nbutils import zoo
from nbutils.deepvis import classes, looking, noise, records, studies, summaries
from nbutils.deepvis.dashboards import noise_figures as figures
from nbutils.deepvis.studies import NoiseStudy
from nbutils.deepvis.summaries import NoiseSummary
from nbutils.widgets import Board, ErrorLine, Job, Link, StatusLine, Wall, choice, guard, segmented, shell, slider
from nbutils.widgets.errors import dashboard

HINT = "Predict which layers move most, then choose a strength; measure one of your own with Start."
SAMPLE, SAMPLE_SIZE, SAMPLE_CUT = "cat", 224, slice(56, 168)
MEASURES = {"share": "against another photograph", "relative": "relative to the code"}
PLACES = {
    "convolutions": "convolutions and the last layers",
    "activations": "activations and the last layers",
    "all": "all layers",
}


@dashboard
def noise_study(**settings: object) -> ipw.Widget:
    """Return the study of noise; settings are the fields of `nbutils.deepvis.studies.NoiseStudy`."""
    return NoiseStudyPage(studies.check(NoiseStudy(**settings))).page


class NoiseStudyPage:
    """What is set becomes a record; the finished measurement and one's own run are drawn for it."""

    def __init__(self, start: NoiseStudy) -> None:
        self.study = start
        held = records.read_record("noise")["networks"]
        self.summaries = [summaries.from_json(entry) for entry in held]
        self.origins = [entry["provenance"] for entry in held]
        self.own: NoiseSummary | None = None
        self._photos = zoo.photos()
        self._sample = _find_sample(self._photos)
        self._setting = False
        self._make_parts()
        self.page = self._lay_out(start)
        self._connect()
        self.show(start)

    def show(self, wanted: NoiseStudy) -> None:
        """Bring every part to this record; an impossible one raises ValueError and changes nothing."""
        self._must_be_ready(wanted.network)
        self.study = wanted
        self._set_controls()
        self._draw()
        self._draw_sample()
        self.link.write(studies.to_settings(wanted))

    def change(self, **fields: object) -> None:
        """Show the record with these fields changed."""
        self.show(studies.check(replace(self.study, **fields)))

    def reset(self, start: NoiseStudy) -> None:
        """Go back to the start and forget one's own run."""
        self.own = None
        self.show(start)

    def _draw(self) -> None:
        study = self.study
        self.board.set("curves", *figures.curves(self.summaries, study.strength, study.measure, study.places, self.own))
        table = figures.table(self.summaries, study.strength, study.measure)
        if self.own is not None:
            table += figures.table([self.own], self.own.strengths[0], study.measure)
        self.numbers.value = table

    def _draw_sample(self) -> None:
        noisy = noise.add_camera_noise(self._sample, self.study.strength, np.random.default_rng(0))
        self.sample.show(np.stack([self._sample, noisy]))
        self.caption.value = f"<p class='dv-quiet'>Without noise; with {self.study.strength:g} grey levels.</p>"
        self.sample.label = f"the photograph {SAMPLE} as it is, and with noise of {self.study.strength:g} grey levels"

    def _measure(self) -> Iterator[NoiseSummary]:
        """Yield the summary of one's own run after every photograph."""
        study = self.study
        network = zoo.load(study.network)
        known = looking.list_layers(network)
        photos = classes.mix(self._photos, study.photographs)
        changes = []
        for change in noise.measure_changes(
            network, known, len(photos), lambda place: zoo.read_photo(photos[place], network.size), (study.own,)
        ):
            changes.append(change)
            yield summaries.summarize(
                changes,
                network=network.name,
                title=network.title,
                strengths=(study.own,),
                places=noise.name_places(network, known),
                kinds=noise.name_kinds(network, known),
            )

    def _take(self, summary: NoiseSummary) -> None:
        self.own = summary
        self._draw()

    def _must_be_ready(self, name: str) -> None:
        ready = self._ready()
        if name not in ready:
            raise ValueError(f'network must be one of {", ".join(ready)}, got "{name[:40]}".')

    def _ready(self) -> list[str]:
        return [entry.name for entry in zoo.entries() if entry.kind == "network" and zoo.is_ready(entry.name)]

    def _set_controls(self) -> None:
        """Bring the controls to the record without answering to them."""
        self._setting = True
        try:
            for name in ("strength", "measure", "places", "network", "own", "photographs"):
                getattr(self, f"set_{name}").value = getattr(self.study, name)
        finally:
            self._setting = False

    def _make_parts(self) -> None:
        start = self.study
        titles = {entry.name: entry.title for entry in zoo.entries()}
        strengths = [(f"{strength:g}", strength) for strength in noise.STRENGTHS]
        self.set_strength = segmented("Noise, grey levels", strengths, start.strength)
        self.set_measure = choice(
            "Change is measured", [(words, key) for key, words in MEASURES.items()], start.measure
        )
        self.set_places = choice("Layers", [(words, key) for key, words in PLACES.items()], start.places)
        self.set_network = choice("Network", [(titles[name], name) for name in self._ready()])
        self.set_own = slider("Noise", start.own, noise.WEAKEST, noise.STRONGEST, 0.5, unit="grey levels", wait=True)
        self.set_photographs = slider("Photographs", start.photographs, *studies.RUNS, 1, wait=True)
        self.sample, self.caption = Wall(height=150, pickable=False), ipw.HTML()
        self.board = Board(columns=1, height=430)
        self.strength_board = Board(columns=2, height=300)
        self.numbers = ipw.HTML()
        self.link, self.status, self.error = Link("noise"), StatusLine(), ErrorLine()
        self.job = Job(self._measure, self._take, total=lambda: self._run_length(), start="Start")
        for what in ("moved", "flipped"):
            self.strength_board.set(what, *figures.against_strength(self.summaries, what))

    def _run_length(self) -> int:
        return min(self.study.photographs, len(self._photos))

    def _connect(self) -> None:
        guarded = guard(self.error)
        for name in ("strength", "measure", "places", "network", "own", "photographs"):
            act = guarded(lambda change, name=name: self.change(**{name: change["new"]}))
            getattr(self, f"set_{name}").observe(
                lambda change, act=act: None if self._setting else act(change), "value"
            )
        self.link.on_read(guarded(lambda settings: self.show(studies.from_settings(NoiseStudy, settings))))

    def _lay_out(self, start: NoiseStudy) -> ipw.Widget:
        run = ipw.HTML("<h3>A run of your own</h3>")
        return shell(
            "Which layers tremble",
            HINT,
            stage=[self.board, self.strength_board, self.numbers, ipw.HTML(tell_origins(self.summaries, self.origins))],
            controls=[
                ipw.VBox([self.sample, self.caption]),
                ipw.VBox([run, self.set_network]),
                self.set_own,
                self.set_photographs,
                self.job,
            ],
            header=(self.set_strength, self.set_measure, self.set_places),
            number="6",
            status=self.status,
            reset=lambda: self.reset(start),
            link=self.link,
            python=lambda: studies.to_python(self.study, "noise_study"),
            error=self.error,
        )


def tell_origins(found: list[NoiseSummary], origins: list[dict]) -> str:
    """Return by which commands, when and with which seed the finished measurement was made, as HTML."""
    rows = "".join(
        f"<li>{escape(summary.title)}: {summary.photographs} photographs, seed {escape(str(origin['seed']))}, "
        f"{escape(str(origin['date']))}, <code>{escape(str(origin['command']))}</code></li>"
        for summary, origin in zip(found, origins, strict=True)
    )
    return f"<details><summary>Where the finished measurement comes from</summary><ul>{rows}</ul></details>"


def _find_sample(photos: tuple[zoo.Photo, ...]) -> np.ndarray:
    """Return the photograph that shows how strong noise looks: (112, 112, 3), uint8."""
    photo = next(photo for photo in photos if photo.name == SAMPLE)
    return zoo.read_photo(photo, SAMPLE_SIZE)[SAMPLE_CUT, SAMPLE_CUT]
