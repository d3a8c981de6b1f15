"""The browser of galleries: the preferred pictures of a whole layer, one of them large, layers compared."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import ipywidgets as ipw

from nbutils import zoo
from nbutils.deepvis import studies
from nbutils.deepvis.best_photos import read_best
from nbutils.deepvis.dashboards import gallery_words as words
from nbutils.deepvis.dashboards.gallery_photos import PhotographsPane
from nbutils.deepvis.galleries import Gallery, Hung, read_gallery, read_tiles
from nbutils.deepvis.gallery_page import build_page
from nbutils.deepvis.montages import compare_layers, shrink_tiles
from nbutils.deepvis.studies import GALLERY_SHOWS, GalleryStudy
from nbutils.widgets import Download, ErrorLine, Link, StatusLine, Wall, choice, guard, segmented, shell
from nbutils.widgets.controls import search
from nbutils.widgets.errors import dashboard
from nbutils.widgets.wall import MOST_BYTES

HINT = "Click a picture to see it large; type a class or a number to find it."
KEYS = (
    ("arrow keys on the wall", "the next picture; with Shift five further"),
    ("Page Down, Page Up", "the next or the previous layer"),
    ("Home, End", "the first or the last picture"),
    ("+ - 0", "larger tiles, smaller tiles, all tiles at once"),
)
SHOWS = {"layer": "A whole layer", "compared": "Layers compared"}
WALL_HEIGHT, LARGE = 640, 300


@dashboard
def gallery(**settings: object) -> ipw.Widget:
    """Return the browser of galleries; settings are the fields of `nbutils.deepvis.studies.GalleryStudy`."""
    return GalleryPage(studies.check(GalleryStudy(**settings))).page


class GalleryPage:
    """What is set becomes a record; the pictures that ship are drawn for it."""

    def __init__(self, start: GalleryStudy) -> None:
        self.study = start
        self.galleries = _read_galleries()
        self._labels: dict[str, tuple[str, ...]] = {}
        self._setting = False
        self._drawn: tuple | None = None
        self._make_parts()
        self.page = self._lay_out(start)
        self._connect()
        self.show(start)

    @property
    def found(self) -> Gallery:
        """The gallery of the network that is set."""
        if self.study.network not in self.galleries:
            there = ", ".join(self.galleries)
            raise ValueError(f'There is no gallery of "{self.study.network}" here; choose from {there}.')
        return self.galleries[self.study.network]

    @property
    def hung(self) -> Hung:
        """Its layer that is set; the last one where none is."""
        layer = self.study.layer
        hung = self.found.find(layer) if layer else self.found.layers[-1]
        if hung is None:
            known = ", ".join(one.part.layer for one in self.found.layers)
            raise ValueError(f'The gallery of {self.found.title} has no layer "{layer}"; it has {known}.')
        return hung

    @property
    def labels(self) -> Sequence[str]:
        """The names of the classes; empty where the layer's units stand for none."""
        return self._network().labels or () if self.hung.part.is_classes else ()

    def show(self, wanted: GalleryStudy) -> None:
        """Bring every part to this record; an impossible one raises ValueError and changes nothing."""
        before, self.study = self.study, wanted
        try:
            hung = self.hung
            unit = wanted.unit if hung.place_of(wanted.unit) is not None else next(iter(hung.made), 0)
            self.study = replace(wanted, layer=hung.part.layer, unit=unit)
        except Exception:
            self.study = before
            raise
        self._set_controls()
        self._draw_wall()
        self._draw_unit()
        self.link.write(studies.to_settings(self.study))

    def change(self, **fields: object) -> None:
        """Show the record with these fields changed."""
        self.show(studies.check(replace(self.study, **fields)))

    def step_layer(self, step: int) -> None:
        """Go to the next (+1) or the previous (-1) layer of the gallery."""
        known = self.found.layers
        place = min(max(known.index(self.hung) + step, 0), len(known) - 1)
        self.change(layer=known[place].part.layer)

    def save_page(self) -> tuple[str, bytes]:
        """Return name and bytes of a page with the whole gallery, which needs no kernel."""
        page = build_page(self.found, self._network().labels or ())
        return f"gallery_{self.found.network}.html", page

    def _network(self) -> zoo.Network:
        return zoo.load(self.study.network)

    def _draw_wall(self) -> None:
        study, hung = self.study, self.hung
        compared = study.shows == "compared"
        room = self.wall.tile_room(max(len(hung.made), 1))
        drawn = (study.network, study.shows, study.unit if compared else study.layer, room)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        if compared:
            pixels, rows = compare_layers(self.found, first=study.unit)
            self.heading.value = words.compared(rows)
            self.compared.label = f"{self.found.title}: pictures of {len(rows)} layers at the size of what units see"
            self.compared.show(pixels[None])
            return
        self.heading.value = words.heading(self.found, hung)
        if not hung.made:
            self.wall.clear("No picture of this layer is made yet.")
            return
        tiles = shrink_tiles(read_tiles(self.found, hung), MOST_BYTES, room)
        self.wall.show(tiles, names=words.hover_names(hung, self.labels))

    def _draw_unit(self) -> None:
        study, hung = self.study, self.hung
        place = hung.place_of(study.unit)
        title = words.name_unit(hung, study.unit, self.labels)
        self.caption.value = words.caption(hung, study.unit, title)
        if place is None:
            self.large.clear("It has no picture yet.")
            self.recipe.value = ""
            self.photos.clear()
            return
        self.large.label = f"a picture that {title} prefers"
        self.large.show(read_tiles(self.found, hung)[place][None])
        self.recipe.value = words.recipe(hung.part.recipe_of(study.unit))
        best = read_best(study.network, hung.part.layer, study.unit, hung.objectives[place])
        self.photos.show(self._network(), best)

    def _set_controls(self) -> None:
        """Bring the controls to the record without answering to them."""
        study, hung, labels = self.study, self.hung, self.labels
        self._setting = True
        try:
            self.network.value, self.shows.value = study.network, study.shows
            layers = [(one.part.title, one.part.layer) for one in self.found.layers]
            self.layers.offer(layers, hung.part.layer)
            units = [(words.name_unit(hung, one, labels), one) for one in hung.made] or [("none yet", 0)]
            self.go_to.offer(units, study.unit)
            self.wall.noun = "place"
            self.wall.label = f"{self.found.title}, {hung.part.title}: {len(hung.made)} preferred pictures"
            self.wall.selected = hung.place_of(study.unit) or 0
        finally:
            self._setting = False
        compared = study.shows == "compared"
        self.wall.layout.display = "none" if compared else None
        self.compared.layout.display = None if compared else "none"
        self.origin.value = words.origin(self.found.provenance)

    def _make_parts(self) -> None:
        networks = [(one.title, name) for name, one in self.galleries.items()]
        self.network = choice("Network", networks)
        self.layers = choice("Layer", [("none", "")], "").add_class("dv-layer")
        self.shows = segmented("Shown", [(SHOWS[name], name) for name in GALLERY_SHOWS])
        self.go_to = search("Find", [("none yet", 0)])
        self.wall = Wall(height=WALL_HEIGHT, empty="The pictures appear here.").add_class("dv-gallery")
        self.compared = Wall(height=WALL_HEIGHT, pickable=False)
        self.large = Wall(height=LARGE, pickable=False, empty="Click a picture.").add_class("dv-large")
        self.heading, self.caption, self.recipe, self.origin = (ipw.HTML() for _ in range(4))
        self.save = Download("Save as one page", self.save_page)
        self.link, self.status, self.error = Link("gallery"), StatusLine(), ErrorLine()
        self.photos = PhotographsPane(self.error)

    def _connect(self) -> None:
        guarded, by_itself = guard(self.error), guard(self.error, clears=False)

        def on(part: ipw.Widget, field: str, **also: object) -> None:
            act = guarded(lambda change: self.change(**{field: change["new"]}, **also))
            part.observe(lambda change: None if self._setting else act(change), "value")

        on(self.network, "network", layer="", unit=0)
        on(self.layers, "layer")
        on(self.shows, "shows")
        on(self.go_to, "unit")
        pick = guarded(lambda change: self.change(unit=self.hung.made[change["new"]]))
        self.wall.observe(lambda change: None if self._setting else pick(change), "selected")
        self.wall.observe(by_itself(lambda _change: self._draw_wall()), ["room", "zoom"])
        self.wall.on_page(guarded(self.step_layer))
        self.link.on_read(guarded(lambda settings: self.show(studies.from_settings(GalleryStudy, settings))))

    def _lay_out(self, reset_to: GalleryStudy) -> ipw.Widget:
        return shell(
            "Gallery of preferred pictures",
            HINT,
            stage=[self.heading, self.wall, self.compared, self.photos.box, self.origin],
            controls=[
                ipw.VBox([self.shows, self.go_to, self.save]).add_class("dv-stack"),
                ipw.VBox([self.caption, self.recipe]).add_class("dv-stack"),
                self.large,
            ],
            number="6",
            header=(self.network, self.layers),
            status=self.status,
            reset=partial(self.show, reset_to),
            keys=KEYS,
            link=self.link,
            python=lambda: studies.to_python(self.study, "gallery"),
            error=self.error,
        )


def _read_galleries() -> dict[str, Gallery]:
    """Return the galleries that are there, by network; ValueError where there is none."""
    found = {name: read_gallery(name) for name in ("alexnet", "mobilenet_v2")}
    there = {name: one for name, one in found.items() if one is not None and one.layers}
    if not there:
        raise ValueError("No gallery is there: get data/deepvis from the repository again.")
    return there
