"""Channels over all photographs: one histogram each, those that never speak, and those that speak together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import ipywidgets as ipw
import numpy as np

from nbutils import zoo
from nbutils.deepvis import classes, looking, statistics, studies
from nbutils.deepvis.dashboards import statistics_figures as figures
from nbutils.deepvis.dashboards.telling import group_layers, tell_layer
from nbutils.deepvis.histograms import draw_histograms
from nbutils.deepvis.statistics import ChannelStatistics
from nbutils.deepvis.studies import ChannelStudy
from nbutils.probe import Layer, find_layer
from nbutils.widgets import Board, ErrorLine, Job, Link, StatusLine, Wall, choice, guard, shell
from nbutils.widgets.errors import dashboard

HINT = "Press Count, then click a tile; dashed tiles are channels that never speak."
KEYS = (
    ("arrow keys on the wall", "the next channel; with Shift five further"),
    ("Page Down, Page Up", "the next or the previous layer"),
    ("Home, End", "the first or the last channel"),
    ("+ - 0", "larger tiles, smaller tiles, all tiles at once"),
)
WORDS = {"means": "mean answers", "largest": "largest answers", "positions": "every position"}
KEPT = 4  # results that are kept, so that a layer that was counted can be gone back to
COUNTING = "Counting: the layer that Count was pressed for is drawn after its first photographs."
NOWHERE = -1
NEW = ChannelStudy()

Key = tuple[str, str, int]


@dashboard
def channel_statistics(**settings: object) -> ipw.Widget:
    """Return the statistics of channels; settings are the fields of `nbutils.deepvis.studies.ChannelStudy`."""
    return ChannelStatisticsPage(studies.check(ChannelStudy(**settings))).page


@dataclass(frozen=True)
class Counted:
    """What was counted so far, and of what; found is None while the bins are being laid."""

    key: Key
    found: ChannelStatistics | None


class ChannelStatisticsPage:
    """What is set becomes a record; Count brings statistics for it; statistics are drawn."""

    def __init__(self, start: ChannelStudy) -> None:
        self.study = start
        self.photos = zoo.photos()
        self.results: dict[Key, ChannelStatistics] = {}
        self._networks: dict[str, tuple[zoo.Network, tuple[Layer, ...]]] = {}
        self._related: list[int] = []
        self._setting = False
        self._make_parts()
        self.page = self._lay_out(start)
        self._connect()
        self.show(start)

    @property
    def key(self) -> Key:
        """What the statistics depend on."""
        return (self.study.network, self.layer.name, self.study.photographs)

    @property
    def layer(self) -> Layer:
        """The layer whose channels are on the wall."""
        network, known = self._known()
        name = self.study.layer
        # Whoever names only the network gets the layer of a new record, which this network need not have.
        if not name or (name == NEW.layer and all(name != layer.name for layer in known)):
            return looking.starting_layer(network, known)
        return find_layer(known, name)

    @property
    def found(self) -> ChannelStatistics | None:
        """What was counted for what is set, None when nothing was."""
        return self.results.get(self.key)

    def show(self, wanted: ChannelStudy) -> None:
        """Bring every part to this record; an impossible one raises ValueError and changes nothing."""
        before, self.study = self.study, wanted
        try:
            layer = self.layer
        except Exception:
            self.study = before
            raise
        self.study = replace(wanted, layer=layer.name, channel=min(wanted.channel, layer.channels - 1))
        self._set_controls(layer)
        self._draw()
        self.link.write(studies.to_settings(self.study))

    def change(self, **fields: object) -> None:
        """Show the record with these fields changed."""
        self.show(studies.check(replace(self.study, **fields)))

    def step_layer(self, step: int) -> None:
        """Go to the next (+1) or the previous (-1) layer."""
        _, known = self._known()
        place = min(max(known.index(self.layer) + step, 0), len(known) - 1)
        self.change(layer=known[place].name)

    def chosen(self, photographs: int) -> list[zoo.Photo]:
        """Return the photographs to count over; 0 stands for all."""
        return classes.mix(self.photos, photographs or len(self.photos))

    def _count(self) -> Iterator[Counted]:
        key, (network, _), layer = self.key, self._known(), self.layer
        photos = self.chosen(self.study.photographs)
        for found in statistics.collect(
            network, layer, len(photos), lambda place: zoo.read_photo(photos[place], network.size)
        ):
            yield Counted(key, found)

    def _take(self, counted: Counted) -> None:
        if counted.found is None:
            return
        self.results.pop(counted.key, None)
        self.results[counted.key] = counted.found
        for key in list(self.results)[:-KEPT]:
            del self.results[key]
        if counted.key == self.key:
            self._draw()

    def _draw(self) -> None:
        self._draw_wall()
        self._draw_channel()

    def _draw_wall(self) -> None:
        found = self.found
        if found is None:
            number = len(self.chosen(self.study.photographs))
            busy = self.job.state in ("running", "stopping")
            self.wall.clear(COUNTING if busy else f"Press Count: {number} photographs will be looked at.")
            self.wall.marked = []
            self.told.value = ""
            return
        tiles = draw_histograms(found.counts, found.dead, self.wall.tile_room(len(found.counts)))
        ranges = np.stack([found.lowest, found.highest], 1)
        self.wall.show(tiles, ranges, figures.hover_names(found, self._class_names()))
        self.wall.selected = self.study.channel
        self.wall.marked = np.flatnonzero(found.dead)[:500].tolist()
        self.told.value = f"<p>{statistics.tell_dead(found)}</p>"

    def _draw_channel(self) -> None:
        found, channel = self.found, self.study.channel
        noun = self.wall.noun
        self.caption.value = f"<h3>{noun} {channel}</h3>"
        if found is None:
            self.board.remove("histogram")
            self.board.remove("related")
            self._offer_related([])
            self.numbers.value = "<p class='dv-quiet'>Its numbers appear when it was counted.</p>"
            return
        self.numbers.value = figures.tell_channel(found, channel)
        self.board.set("histogram", *figures.histogram(found, channel, f"{noun} {channel}"))
        correlations = statistics.correlate(found, channel, self.study.over)
        positive, negative = statistics.rank_related(correlations, channel)
        self._offer_related(positive + negative[::-1])
        title = f"Channels related to {channel}, over {WORDS[self.study.over]}"
        self.board.set("related", *figures.related(correlations, self._related, title))

    def _offer_related(self, channels: list[int]) -> None:
        self._related = channels
        self._setting = True
        try:
            first = "choose one" if channels else "none yet"
            self.go_to.offer([(first, NOWHERE), *((f"channel {channel}", channel) for channel in channels)], NOWHERE)
        finally:
            self._setting = False

    def _class_names(self) -> tuple[str, ...]:
        network, known = self._known()
        return network.labels if self.layer == looking.classifier(network, known) else ()

    def _known(self) -> tuple[zoo.Network, tuple[Layer, ...]]:
        name = self.study.network
        if name not in self._networks:
            network = zoo.load(name)
            self._networks[name] = (network, looking.list_layers(network))
        return self._networks[name]

    def _set_controls(self, layer: Layer) -> None:
        """Bring the controls to the record without answering to them."""
        network, known = self._known()
        self._setting = True
        try:
            self.network.value, self.photographs.value = self.study.network, self.study.photographs
            self.over.value = self.study.over
            self.layers.offer(group_layers(known), layer.name)
            self.wall.noun = "channel" if layer.is_spatial else "unit"
            self.wall.label = f"{network.title}, {layer.title}: histograms of {layer.channels} {self.wall.noun}s"
            self.wall.selected = self.study.channel
        finally:
            self._setting = False
        place = f"layer {known.index(layer) + 1} of {len(known)}"
        self.heading.value = tell_layer(layer, self.wall.noun, place)

    def _make_parts(self) -> None:
        networks = [(entry.title, entry.name) for entry in zoo.entries() if entry.kind == "network"]
        numbers = [
            (f"all {len(self.photos)}" if not number else f"{number} by chance", number)
            for number in studies.PHOTOGRAPHS
        ]
        self.network = choice("Network", networks, self.study.network)
        self.layers = choice("Layer", [("none", "")], "").add_class("dv-layer")
        self.photographs = choice("Photographs", numbers, self.study.photographs)
        self.over = choice("Related over", [(words, over) for over, words in WORDS.items()], self.study.over)
        self.go_to = choice("Go to a related channel", [("none yet", NOWHERE)], NOWHERE)
        self.wall = Wall(height=420, noun="channel").add_class("dv-histograms")
        self.board = Board(columns=2, height=330, empty="The histogram of the selected channel appears here.")
        self.heading, self.told, self.caption, self.numbers = (ipw.HTML() for _ in range(4))
        self.link, self.status, self.error = Link("channels"), StatusLine(), ErrorLine()
        self.job = Job(
            self._count,
            self._take,
            total=lambda: statistics.count_steps(len(self.chosen(self.study.photographs))),
            start="Count",
        )

    def _connect(self) -> None:
        guarded, by_itself = guard(self.error), guard(self.error, clears=False)

        def on(part: ipw.Widget, trait: str, field: str, **also: object) -> None:
            act = guarded(lambda change: self.change(**{field: change["new"]}, **also))
            part.observe(lambda change: None if self._setting else act(change), trait)

        on(self.network, "value", "network", layer="", channel=0)
        on(self.layers, "value", "layer")
        on(self.photographs, "value", "photographs")
        on(self.over, "value", "over")
        on(self.wall, "selected", "channel")
        self.go_to.observe(guarded(self._go_to), "value")
        self.wall.observe(by_itself(lambda _change: self._draw_wall()), ["room", "zoom"])
        self.wall.on_page(guarded(self.step_layer))
        self.board.on_click(guarded(self._click))
        self.job.observe(by_itself(lambda _change: self._draw_wall() if self.found is None else None), "state")
        self.link.on_read(guarded(lambda settings: self.show(studies.from_settings(ChannelStudy, settings))))

    def _go_to(self, change: dict) -> None:
        if not self._setting and change["new"] != NOWHERE:
            self.change(channel=change["new"])

    def _click(self, name: str, _trace: int, point: object, _x: object, _y: object) -> None:
        if name == "related" and isinstance(point, int) and point < len(self._related):
            self.change(channel=self._related[point])

    def _lay_out(self, reset_to: ChannelStudy) -> ipw.Widget:
        return shell(
            "Channels over all photographs",
            HINT,
            stage=[self.heading, self.job, self.wall, self.told, self.board],
            controls=[self.photographs, _group(self.caption, self.numbers), self.over, self.go_to],
            number="6",
            header=(self.network, self.layers),
            status=self.status,
            reset=lambda: self.show(reset_to),
            keys=KEYS,
            link=self.link,
            python=lambda: studies.to_python(self.study, "channel_statistics"),
            error=self.error,
        )


def _group(*widgets: ipw.Widget) -> ipw.VBox:
    """Return widgets that stay together where the controls stand side by side."""
    return ipw.VBox(widgets).add_class("dv-stack")
