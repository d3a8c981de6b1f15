"""The painter: a network of x and y that paints in red, green and blue, and all its weights to play with."""

import io
from collections.abc import Iterator
from dataclasses import replace
from secrets import randbelow

import ipywidgets as ipw
import numpy as np
from PIL import Image

from nbutils.forms import studio as studios
from nbutils.forms.dashboards.gallery_words import count
from nbutils.forms.dashboards.opened_words import draw_network
from nbutils.forms.dashboards.painter_past import Past
from nbutils.forms.dashboards.painter_weights import Weights, name_node
from nbutils.forms.dashboards.session import Session
from nbutils.forms.painting import fit_height, list_mutants, paint, replace_weight
from nbutils.forms.pictures import to_png
from nbutils.forms.studio import FIELDS, MOST_SEED, Studio
from nbutils.neat import Genome
from nbutils.widgets import (
    Card,
    Cards,
    Diagram,
    Download,
    ErrorLine,
    Link,
    StatusLine,
    Turns,
    Wall,
    button,
    guard,
    segmented,
    shell,
    slider,
)
from nbutils.widgets.errors import dashboard
from nbutils.widgets.fields import control_field

HINT = "Select a link of the network and move its weight, or open a mutant that you like and go on from there."
KEYS = (
    ("arrow keys on the network", "from node to node; Enter takes the links of a node one after the other"),
    ("arrow keys on a slider", "a little more, a little less"),
    ("arrow keys on the mutants", "from one to the next; Enter goes on from it"),
)
SHAPE = (4, 3)
HIGHEST, THUMBNAIL = 720, 100  # pixels
FILES = (480, 960, 1920)  # pixels high: the largest takes about two seconds
AT_ONCE, MOST_SECONDS = 0.3, 20  # seconds for the picture on the page, and for a file
QUALITY = 92  # of a JPEG: the page gets one, a file is a PNG


@dashboard
def painter(**settings: object) -> ipw.Widget:
    """Return the painter; settings are the fields of `nbutils.forms.studio.Studio`, such as seed=3."""
    made = Painter(Studio(**settings), Link("painter"), "3")
    made.seen()
    return made.page


def make_painter(_session: Session) -> "Painter":
    """Return the tab of the page of chapter 3; nothing of it is kept in the store."""
    return Painter(Studio(), Link("forms_painter"))


class Painter:
    """Connects the parts: a network becomes a picture, a drawing, sliders and nine mutants."""

    def __init__(self, start: Studio, link: Link, number: str = "") -> None:
        self.start = self.studio = start
        self.past = Past(start.genome)
        self.link, self.status, self.error = link, StatusLine(), ErrorLine()
        self.turns = Turns(lambda _snapshot: None, self.error.show)
        self._mutants: tuple[Genome, ...] = ()
        self._setting = False
        self._make_parts()
        self.page = self._lay_out(number)
        self._connect()

    def seen(self) -> None:
        """Paint, the first time."""
        if not self.wall.data:
            self.show(self.studio)

    def show(self, wanted: Studio) -> None:
        """Bring every part to a record; another network than the one shown is a step that can be undone."""
        self.studio = wanted
        genome = wanted.genome
        if genome != self.past.now:
            self.past.add(genome)
        self._set_controls()
        self._show_genome()

    def look(self, **fields: float) -> None:
        """Look at another part of the plane."""
        self.studio = replace(self.studio, **fields)
        self._paint()
        self._write_link()
        self.turns.begin(self._list_mutants())

    def begin(self, seed: int) -> None:
        """Begin with a new network."""
        self.studio = Studio(seed=seed)
        self.past.add(self.studio.genome)
        self._set_controls()
        self._show_genome()
        self.status.say("A new network: few links, so plain colours. Mutate it, or open a mutant.")

    def go_on(self, genome: Genome) -> None:
        """Paint with another network."""
        self.past.add(genome)
        self._show_genome()

    def mutate(self) -> None:
        """Paint with a mutant drawn at random."""
        self.go_on(list_mutants(self.past.now, randbelow(MOST_SEED), 1)[0])

    def set_weight(self, innovation: int, weight: float) -> None:
        """Change one weight."""
        self.past.add(replace_weight(self.past.now, innovation, round(weight, 3)), held=innovation)
        self._show_genome()

    def undo(self) -> None:
        """Go back to the network before."""
        self.past.move(-1)
        self._show_genome()

    def redo(self) -> None:
        """Go on to the network that was undone."""
        self.past.move(1)
        self._show_genome()

    def save(self) -> tuple[str, bytes]:
        """Return the picture as a file, painted anew at its size."""
        genome, high = self.past.now, self.size.value
        if fit_height(genome, high, MOST_SECONDS) < high:
            raise ValueError(
                f"This network is so large that {high} pixels would take more than {MOST_SECONDS} s to paint: "
                "choose a smaller size."
            )
        return f"painting_{high}.png", to_png(self._paint_at(genome, high))

    def _show_genome(self) -> None:
        self._paint()
        genome = self.past.now
        self.diagram.show(*draw_network(genome), selected=self._keep_selected())
        self.weights.show(genome, self._selected_link())
        self._tell_selected()
        self.undo_button.disabled, self.redo_button.disabled = not self.past.can_undo, not self.past.can_redo
        self._write_link()
        self.turns.begin(self._list_mutants())

    def _paint(self) -> None:
        wide, high = SHAPE
        room = min(HIGHEST, self.wall.tile_room(1, wide / high) * high // wide)
        picture = self._paint_at(self.past.now, fit_height(self.past.now, room, AT_ONCE))
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=QUALITY, subsampling=0)
        self.wall.show_atlas(file.getvalue(), 1, *picture.shape[:2], 1)

    def _paint_at(self, genome: Genome, high: int) -> np.ndarray:
        width = high * SHAPE[0] // SHAPE[1]
        return paint(genome, width, high, self.studio.zoom, (self.studio.x, self.studio.y))

    def _list_mutants(self, seed: int = 0) -> Iterator[None]:
        """Show nine mutants in steps; the same network has the same nine until others are asked for."""
        mutants = list_mutants(self.past.now, seed)
        yield
        cards = []
        for number, mutant in enumerate(mutants):
            side = fit_height(mutant, THUMBNAIL, AT_ONCE)
            picture = paint(mutant, side, side, self.studio.zoom, (self.studio.x, self.studio.y))
            cards.append(Card(f"Mutant {number + 1}", picture=to_png(picture)))
            yield
        self._mutants = mutants
        self.mutants.show(cards)

    def _open_mutant(self, place: int) -> None:
        self.go_on(self._mutants[place])
        self.status.say(f"Mutant {place + 1} paints now; these are its own mutants.")

    def _select(self, _part: str) -> None:
        self.weights.show(self.past.now, self._selected_link())
        self._tell_selected()

    def _keep_selected(self) -> str:
        """Return what is selected where this network has it too, else the link with the largest weight."""
        genome, selected = self.past.now, self.diagram.selected
        links = {f"link {link.innovation}" for link in genome.links}
        nodes = {f"node {number}" for number in (*range(len(genome.ends.inputs)), *genome.numbers)}
        if selected in links | nodes or not genome.enabled_links:
            return selected
        return f"link {max(genome.enabled_links, key=lambda link: abs(link.weight)).innovation}"

    def _selected_link(self) -> int | None:
        kind, _, number = self.diagram.selected.partition(" ")
        return int(number) if kind == "link" else None

    def _tell_selected(self) -> None:
        genome = self.past.now
        kind, _, number = self.diagram.selected.partition(" ")
        words = "" if kind else f"{count(len(genome.nodes) - 3, 'hidden node')}, {count(len(genome.links), 'link')}."
        functions = {node.number: node.function for node in genome.nodes}
        if kind == "node" and int(number) in functions:
            arriving = [name_node(genome, one.source) for one in genome.enabled_links if one.target == int(number)]
            words = f"Its value: {functions[int(number)]} of the weighted sum of {', '.join(arriving) or 'nothing'}."
        self.told.value = f"<p>{words}</p>"

    def _describe(self) -> Studio:
        """Return the record of what is shown. Raises ValueError for a network that is too large for a link."""
        return replace(self.studio, network=studios.write_network(self.past.now, self.studio.seed))

    def _write_link(self) -> None:
        try:
            self.link.write(studios.to_settings(self._describe()))
        except ValueError as error:
            self.link.write({})
            self.status.say(str(error))

    def _set_controls(self) -> None:
        self._setting = True
        try:
            for name, control in self.views.items():
                control.value = getattr(self.studio, name)
        finally:
            self._setting = False

    def _make_parts(self) -> None:
        self.wall = Wall(height=FILES[0], pickable=False, label="what the network paints", empty="Painting ...")
        self.mutants = Cards("Nine mutants", "Mutants of what is painted appear here.", "mutants", THUMBNAIL)
        self.diagram = Diagram("The network that paints", height=380)
        self.told = ipw.HTML()
        self.weights = Weights(guard(self.error)(self.set_weight))
        zoom = FIELDS["zoom"]
        self.views = {
            "zoom": slider("Zoom", 1.0, zoom.least, zoom.most, 0.01, "times", logarithmic=True, hint=zoom.help),
            "x": control_field(FIELDS["x"]),
            "y": control_field(FIELDS["y"]),
        }
        self.size = segmented(
            "Size of the file", [(f"{high * SHAPE[0] // SHAPE[1]} × {high}", high) for high in FILES], FILES[1]
        )
        self.undo_button, self.redo_button = button("Undo"), button("Redo")

    def _connect(self) -> None:
        guarded = guard(self.error)
        for name, control in self.views.items():
            act = guarded(lambda change, name=name: self.look(**{name: change["new"]}))
            control.observe(lambda change, act=act: None if self._setting else act(change), "value")
        self.undo_button.on_press(guarded(self.undo))
        self.redo_button.on_press(guarded(self.redo))
        self.mutants.on_open(guarded(self._open_mutant))
        self.diagram.on_select(guarded(self._select))
        self.link.on_read(guarded(lambda settings: self.show(studios.from_settings(settings))))
        self.wall.observe(guard(self.error, clears=False)(lambda _change: self._paint()), ["room"])

    def _lay_out(self, number: str) -> ipw.Widget:
        guarded = guard(self.error)
        new = button("New painting", guarded(lambda: self.begin(randbelow(MOST_SEED))))
        mutate = button("Mutate", guarded(self.mutate), first=True)
        others = button("Nine others", guarded(lambda: self.turns.begin(self._list_mutants(randbelow(MOST_SEED)))))
        row = ipw.Box([mutate, new, self.undo_button, self.redo_button]).add_class("dv-row")
        head = ipw.Box([ipw.HTML("<h3>Nine mutants of it</h3>"), others]).add_class("dv-row")
        save = Download("Save as PNG", self.save)
        return shell(
            "A network that paints",
            HINT,
            stage=[row, self.wall, head, self.mutants],
            controls=[*self.views.values(), self.size, save],
            number=number,
            details=[self.diagram, self.told, self.weights.page],
            status=self.status,
            reset=lambda: self.show(self.start),
            keys=KEYS,
            link=self.link,
            python=lambda: studios.to_python(self._describe()),
            error=self.error,
        )
