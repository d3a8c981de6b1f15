"""Sliders on the weights of a painter's network: one for the link that is selected, and all of them, folded away."""

from collections.abc import Callable
from math import ceil

import ipywidgets as ipw

from nbutils.forms.dashboards.gallery_words import count
from nbutils.neat import Genome, Link
from nbutils.widgets import slider
from nbutils.widgets.controls import Slider
from nbutils.widgets.fold import Fold

USUAL = 6.0  # what weights that mutate are held to, by the settings of evolution
STEP = 0.01
MOST_SLIDERS = 60
UNSELECTED = "Weight (select a link)"


class Weights:
    """Sliders that follow a genome; `page` holds them.

    changed : changed(innovation, weight) is called with what a person sets
    """

    def __init__(self, changed: Callable[[int, float], object]) -> None:
        self._changed = changed
        self._setting = False
        self._genome: Genome | None = None
        self._bound: dict[int, int] = {}  # place of a slider -> innovation of its link; -1 is the selected link's
        self._selected = self._make(-1)
        self._pool: list[Slider] = []
        self._list = ipw.VBox().add_class("dv-pane").add_class("dv-controls")
        self._fold = Fold("Sliders on all weights", [self._list])
        self._fold.heading.observe(lambda _change: self._fill(), "is_open")
        self.page = ipw.VBox([self._selected, self._fold]).add_class("dv-stack")

    def show(self, genome: Genome, selected: int | None) -> None:
        """Bring the sliders to a genome and the selected one to a link, if there is one of this innovation number."""
        self._genome = genome
        link = next((link for link in genome.links if link.innovation == selected), None)
        self._bind(-1, self._selected, link)
        self._fold.heading.note = count(len(genome.enabled_links), "link")
        self._fill()

    def _fill(self) -> None:
        """Give every link a slider; closed, the fold has none to keep up with."""
        opened = self._genome is not None and self._fold.heading.is_open
        links = sorted(self._genome.enabled_links, key=_by_target)[:MOST_SLIDERS] if opened else ()
        while len(self._pool) < len(links):
            self._pool.append(self._make(len(self._pool)))
        for place, link in enumerate(links):
            self._bind(place, self._pool[place], link)
        if len(self._list.children) != len(links):
            self._list.children = self._pool[: len(links)]

    def _make(self, place: int) -> Slider:
        made = slider(UNSELECTED, 0, -USUAL, USUAL, STEP)
        made.observe(lambda change: self._tell(place, change["new"]), "value")
        return made

    def _bind(self, place: int, part: Slider, link: Link | None) -> None:
        self._setting = True
        try:
            with part.hold_sync():
                reach = max(USUAL, ceil(abs(link.weight))) if link else USUAL
                part.disabled = link is None or not link.enabled
                part.name = name_link(self._genome, link) if link else UNSELECTED
                part.min, part.max = -reach, reach
                part.value = link.weight if link else 0.0
        finally:
            self._setting = False
        self._bound[place] = link.innovation if link else 0

    def _tell(self, place: int, value: float) -> None:
        if not self._setting and self._bound.get(place):
            self._changed(self._bound[place], value)


def name_link(genome: Genome, link: Link) -> str:
    """Return the nodes that a link joins, in words."""
    off = "" if link.enabled else " (switched off)"
    return f"{name_node(genome, link.source)} to {name_node(genome, link.target)}{off}"


def name_node(genome: Genome, number: int) -> str:
    """Return what a node is called: an end by its name, a hidden one by its function and its place."""
    ends = (*genome.ends.inputs, *genome.ends.outputs)
    if number < len(ends):
        return ends[number]
    hidden = [node for node in genome.nodes if node.number >= len(ends)]
    place = next(place for place, node in enumerate(hidden) if node.number == number)
    return f"{hidden[place].function} {place + 1}"


def _by_target(link: Link) -> tuple[int, int]:
    return link.target, link.source
