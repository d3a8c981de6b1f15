"""The tab of first layers: two beside each other, before and after training, transferred and from scratch."""

from collections.abc import Iterator

import ipywidgets as ipw
import numpy as np

from nbutils.figures.dots import Drawn
from nbutils.transfer import filters
from nbutils.transfer.dashboards import filter_pictures as pictures
from nbutils.transfer.dashboards.filter_pairs import BEFORE, KINDS, Layer, Pair, find_bases, is_there, make_pair
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.dashboards.telling import tell_split
from nbutils.transfer.filters import Fit
from nbutils.transfer.halves import halves_of
from nbutils.transfer.records import LAYERS, RunSettings
from nbutils.transfer.results import key_of, load_filters
from nbutils.transfer.summaries import main_runs
from nbutils.widgets import Board, ErrorLine, Turns, Wall, choice, guard, segmented

ASKED = (
    "<p><b>Predict first.</b> One of these layers learned other things than the other, or nothing at all. Will you see "
    "which? A Gabor function is a wave under a bell: an edge or a stripe of one direction and one width.</p>"
)
ABSENT = "These filters have not been measured yet: choose another pair, or another n."
EMPTY = "No network of these halves has been measured yet."
FITTING = "<p class='dv-quiet'>A Gabor function is fitted to each filter ...</p>"
TOGETHER = 4  # filters that are fitted in a step


class FiltersTab:
    """Two walls, a plot of all filters, and the one that is selected beside what was fitted to it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._setting = False
        self._held: dict[str, np.ndarray] | None = None
        self._shown: tuple = ()
        self._pair: Pair | None = None
        self._weights: list[np.ndarray] = []
        self._fits: list[tuple[Fit, ...]] = [(), ()]
        self._known: dict[object, tuple[Fit, ...]] = {}  # layer, or shape of random filters -> what was fitted
        self._drawn: Drawn | None = None
        self._make_parts()
        self.page = self._lay_out()
        self._connect()

    def seen(self) -> None:
        """Show the pair that is chosen."""
        guard(self.error, clears=False)(self._show)()

    def _make_parts(self) -> None:
        self.error = ErrorLine()
        self.kind = choice("Side by side", [(title, kind) for kind, (title, _, _) in KINDS.items()])
        self.base = choice("Task", [("B", None)])
        self.n = segmented("n, layers copied", [(str(n), n) for n in range(1, LAYERS)])
        self.titles = [ipw.HTML(), ipw.HTML()]
        self.walls = [Wall(noun="filter", height=300, label="first layer", empty=EMPTY) for _ in range(2)]
        self.remark, self.numbers = ipw.HTML(), ipw.HTML(FITTING)
        self.board = Board(columns=1, height=380, empty="Every filter becomes a point here once it is fitted.")
        self.chosen = [
            Wall(noun="picture", height=130, label="no filter is selected", pickable=False) for _ in range(2)
        ]
        self.told = [ipw.HTML().add_class("dv-told") for _ in range(2)]
        self.turns = Turns(lambda _step: None, self.error.show)

    def _show(self) -> None:
        view = self._session.view
        if self._held is None:
            self._held = load_filters()
        bases = find_bases(main_runs(self._session.runs, halves_of(view.halves)), self._held)
        self._offer(bases)
        if not bases:
            self._clear(EMPTY)
            return
        pair = make_pair(self.kind.value, self.base.value, view.n)
        self.n.layout.display = None if KINDS[self.kind.value][2] else "none"
        if (pair, id(self._held)) == self._shown:
            return
        self._shown = (pair, id(self._held))
        if not all(is_there(layer, self._held) for layer in (pair.left, pair.right)):
            self._clear(ABSENT)
            return
        self.turns.begin(self._work(pair))

    def _offer(self, bases: tuple[RunSettings, ...]) -> None:
        """Bring the controls to the view and to what was measured."""
        view = self._session.view
        self._setting = True
        try:
            self.n.value = view.n
            rows = [(f"{base.target}, {tell_split(base.split)}{_tell_seed(base)}", base) for base in bases]
            if not rows:
                self.base.offer([("none yet", None)])
                return
            held = self.base.value
            fitting = [base for base in bases if base.target == view.target]
            same = held in bases and held.target == view.target
            self.base.offer(rows, held if same else (fitting or bases)[0])
        finally:
            self._setting = False

    def _clear(self, why: str) -> None:
        self.turns.drop()
        self._pair, self._drawn = None, None
        for wall, title, chosen, told in zip(self.walls, self.titles, self.chosen, self.told, strict=True):
            wall.clear(why)
            chosen.clear()
            title.value = told.value = ""
        self.board.remove("filters")
        self.remark.value = self.numbers.value = ""

    def _work(self, pair: Pair) -> Iterator[None]:
        """Show both layers, then fit their filters and random ones a few at a time."""
        layers = (pair.left, pair.right)
        # What is kept is shown at once; what is drawn anew brings torch along.
        for layer, title in zip(layers, self.titles, strict=True):
            title.value = f"<h3>{layer.title}</h3>"
        self.remark.value = f"<p class='dv-quiet'>{pair.remark}</p>"
        self.numbers.value = FITTING
        waiting = pictures.draw_waiting()
        self.board.set("filters", waiting.figure, waiting.alt)
        yield
        weights = [self._read(layer) for layer in layers]
        orders = [pictures.order_by_colour(each) for each in weights]
        if pair.alike:
            orders[0] = orders[1]
        self._weights = [each[order] for each, order in zip(weights, orders, strict=True)]
        self._pair, self._fits, self._drawn = pair, [(), ()], None
        for wall, layer, each in zip(self.walls, layers, self._weights, strict=True):
            names = [f"{layer.title}, filter {place + 1}" for place in range(len(each))]
            wall.show(pictures.to_pixels(each), names=names)
            wall.label = f"first layer of {layer.title}, {len(each)} filters"
        self._tell_chosen()
        yield
        for side in (1, 0):
            if layers[side] not in self._known:
                self._known[layers[side]] = yield from self._fit(weights[side])
            fits = self._known[layers[side]]
            self._fits[side] = tuple(fits[place] for place in orders[side])
            self._tell_chosen()
        shape = self._weights[1].shape[1:]
        if shape not in self._known:
            self._known[shape] = yield from self._fit(filters.untrained(shape))
        self._draw()

    def _fit(self, weights: np.ndarray) -> Iterator[None]:
        """Return what was fitted to filters, some in each step."""
        found: list[Fit] = []
        for part in np.array_split(weights, max(1, len(weights) // TOGETHER)):
            found += filters.fit(part)
            yield
        return tuple(found)

    def _read(self, layer: Layer) -> np.ndarray:
        if layer.when == BEFORE:
            from nbutils.transfer.first_filters import draw_first

            return draw_first(layer.settings)
        return self._held[key_of(layer.settings)]

    def _draw(self) -> None:
        """Draw all filters as points, and their numbers."""
        controls = self._known[self._weights[1].shape[1:]]
        rare = filters.find_rare(controls)
        names = [self._pair.left.title, self._pair.right.title]
        self._drawn = pictures.draw_scatter(names, self._fits, controls, rare, self.walls[1].selected)
        self.board.set("filters", self._drawn.figure, self._drawn.alt)
        self.numbers.value = pictures.draw_numbers(names, self._fits, controls, rare)

    def _select(self, side: int) -> None:
        """Take the filter that is selected on a wall; where both stand in one order, it is selected on both."""
        if self._pair is None:
            return
        if self._pair.alike:
            self.walls[1 - side].selected = self.walls[side].selected
        self._tell_chosen()
        if self._drawn is not None:
            self._draw()

    def _tell_chosen(self) -> None:
        """Show the selected filters, each beside what was fitted to it as soon as that is there."""
        layers = (self._pair.left, self._pair.right)
        for side, (layer, weights, fits) in enumerate(zip(layers, self._weights, self._fits, strict=True)):
            place = self.walls[side].selected
            tiles = [weights[place], *([fits[place].fitted] if fits else [])]
            names = [f"{layer.title}, filter {place + 1}", "the Gabor function that is most like it"]
            self.chosen[side].show(pictures.to_pixels(np.stack(tiles)), names=names[: len(tiles)])
            self.chosen[side].label = ", and ".join(names[: len(tiles)])
            self.told[side].value = f"<p>{pictures.tell_filter(layer.title, place, fits[place] if fits else None)}</p>"

    def _click(self, _name: str, trace: int, point: object, _x: object, _y: object) -> None:
        key = self._drawn.key_at(trace, point) if self._drawn else ""
        side, _, place = key.partition(" ")
        if side:
            self.walls[("left", "right").index(side)].selected = int(place)

    def _choose_base(self, base: RunSettings | None) -> None:
        if base is not None and base.target != self._session.view.target:
            self._session.tell("change", {"target": base.target})
        else:
            self._show()

    def _forget(self, _value: object) -> None:
        self._held = None
        if self._session.view.tab == "filters":
            self.seen()

    def _connect(self) -> None:
        guarded = guard(self.error)
        acts = (
            (self.kind, lambda _kind: self._show()),
            (self.base, self._choose_base),
            (self.n, lambda n: self._session.tell("change", {"n": n})),
        )
        for control, act in acts:
            act = guarded(act)
            control.observe(lambda change, act=act: None if self._setting else act(change["new"]), "value")
        for side, wall in enumerate(self.walls):
            select = guarded(lambda side=side: self._select(side))
            wall.observe(lambda _change, select=select: select(), "selected")
        self.board.on_click(guarded(self._click))
        self._session.on("view", lambda _view: self.seen() if self._session.view.tab == "filters" else None)
        self._session.on("stored", self._forget)

    def _lay_out(self) -> ipw.Widget:
        head = ipw.Box([self.kind, self.base, self.n]).add_class("dv-row")
        walls = [
            ipw.VBox([title, wall]).add_class("dv-stack") for title, wall in zip(self.titles, self.walls, strict=True)
        ]
        left = [ipw.HTML(ASKED), head, ipw.Box(walls).add_class("dv-walls"), self.remark, self.numbers]
        chosen = [part for pair in zip(self.chosen, self.told, strict=True) for part in pair]
        right = [self.board, ipw.HTML("<h3>The selected filters</h3>"), *chosen]
        panes = [
            ipw.VBox(left).add_class("dv-pane").add_class("dv-stage"),
            ipw.VBox(right).add_class("dv-pane").add_class("dv-details"),
        ]
        box = ipw.Box(panes).add_class("dv-panes").add_class("dv-two").add_class("dv-wide-details")
        return ipw.VBox([self.error, box]).add_class("dv-stack")


def _tell_seed(settings: RunSettings) -> str:
    return f", seed {settings.seed}" if settings.seed else ""


def make_filters(session: Session) -> FiltersTab:
    """Return the tab."""
    return FiltersTab(session)
