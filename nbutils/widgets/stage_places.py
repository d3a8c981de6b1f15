"""Places for shapes side by side: each is filled as its shape arrives, and again by a finer one; many can be chosen."""

from collections.abc import Callable, Sequence
from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import traitlets as T

from nbutils.figures.packing import Box, check_box, pack_mesh
from nbutils.figures.scenes import EMPTY, MOST_COLUMNS, Mesh, pack_surface
from nbutils.widgets import foreign, page, stage_three
from nbutils.widgets.stage_three import LONGEST_ALT, LONGEST_LABEL

HERE = Path(__file__).parent
SCRIPTS = ("stage_mesh.js", "stage_shelf.js", "stage_options.js")
TOLD = ("chosen", "cursor")
MOST_PLACES = 100
MOST_TRIANGLES = 1_000_000


class Place(ipywidgets.Widget):
    """What stands in one place; a model without a view, so that one place is sent without the others."""

    shape = T.Dict().tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page."""
        super().set_state(foreign.accept(sync_data))


class PlaceStage(anywidget.AnyWidget):
    """Shapes in a grid of places, drawn in one canvas, filled one by one.

    `chosen` are the indices of the chosen places, sorted; `cursor` is the place that keys act on, -1 for none;
    `together` says whether all turn or only the place that is dragged; `gently` whether they turn by themselves;
    `visible` whether the stage is in sight. Nothing but these can be set by a page.
    choosable : whether places can be chosen; where not, arrow keys turn
    enter : what the Enter key does, in a word for the hint, as in "evolves"
    """

    _esm = page.script("sight.js", *stage_three.SCRIPTS, *SCRIPTS, "stage_places.js")
    _css = (HERE / "stage.css").read_text()
    _style = page.Style()
    renderer = stage_three.refer()
    pattern = stage_three.refer()
    places = T.List(T.Instance(Place)).tag(sync=True, **ipywidgets.widget_serialization)
    # What was put into a place under an earlier edition is not shown any more.
    edition = T.Int(0).tag(sync=True)
    labels = T.List(T.Unicode(), []).tag(sync=True)
    columns = T.Int(1).tag(sync=True)
    # A page tells these two in messages: ipywidgets holds changed traits back while Python works, and the press of a
    # button that comes after them would arrive before them. Nothing is echoed, for a page may be further by then.
    chosen = ipywidgets.widgets.trait_types.TypedTuple(T.Int()).tag(sync=True, echo_update=False)
    cursor = T.Int(-1).tag(sync=True, echo_update=False)
    # What Python chose, numbered: a page takes it even where it last heard the same.
    choice = T.Dict().tag(sync=True)
    together = T.Bool(True).tag(sync=True)
    gently = T.Bool(False).tag(sync=True)
    height = T.Int(520).tag(sync=True)
    alt = T.Unicode("").tag(sync=True)
    empty = T.Unicode("").tag(sync=True)
    enter = T.Unicode("").tag(sync=True)
    choosable = T.Bool(True).tag(sync=True)
    visible = T.Bool(True).tag(sync=True)

    # Python also closes a stage that could not be made.
    _canvas: stage_three.Canvas | None = None

    def __init__(self, alt: str, empty: str = "Nothing to show yet.", height: int = 520, **traits: object) -> None:
        words = stage_three.check_words("stage", alt, empty)
        nothing = pack_surface(EMPTY, np.zeros((1, 4), np.uint8), np.zeros(2, np.int16), 1.0)
        self._canvas = stage_three.make_canvas(stage_three.make_geometry(nothing, EMPTY.triangles), smooth=False)
        self._box: Box | None = None
        self._puts = 0
        self._known = {}
        self._triangles: dict[int, int] = {}
        self._acting: list[Callable[[], object]] = []
        self._opening: list[Callable[[int], object]] = []
        self._drawn: list[Callable[[float, float], object]] = []
        self.acted_at: float | None = None  # seconds since 1970 by the page's clock
        super().__init__(
            renderer=self._canvas.renderer,
            pattern=self._canvas.mesh,
            height=height,
            **words,
            **traits,
        )
        self.on_msg(self._receive)

    def lay_out(
        self,
        labels: Sequence[str],
        columns: int,
        *,
        box: Box | None = None,
        chosen: Sequence[int] = (),
        alt: str = "",
    ) -> None:
        """Show empty places, one a label, in so many columns: each says that its shape is being made.

        box : the least and the largest corner of the canvas that all shapes share; None: each fills its place
        Raises ValueError with a sentence for what cannot be laid out.
        """
        if not 0 < len(labels) <= MOST_PLACES or not 0 < columns <= MOST_COLUMNS:
            raise ValueError(
                f"a stage has 1 to {MOST_PLACES} places in 1 to {MOST_COLUMNS} columns, "
                f"got {len(labels)} in {columns}: show fewer."
            )
        check_box(box)
        new = [Place() for _ in range(len(labels) - len(self.places))]
        self._box, self._triangles = box, {}
        with self.hold_sync():
            if new:
                self.places = [*self.places, *new]
            self.edition += 1
            self.labels, self.columns = [str(label)[:LONGEST_LABEL] for label in labels], columns
            self.chosen = tuple(chosen)
            self.cursor = min(self.cursor, len(labels) - 1)
            self._show_choice()
            self.alt = alt[:LONGEST_ALT] or self.alt

    def put(self, index: int, mesh: Mesh | None, label: str | None = None) -> None:
        """Fill one place, in place of what stands there; None says that there is no shape.

        Raises ValueError with a sentence for a place that there is not, or for more than a page can draw.
        """
        if not 0 <= index < len(self.labels):
            raise ValueError(f"there are places 0 to {len(self.labels) - 1}, got {index}: lay out more places first.")
        self._count(index, 0 if mesh is None else len(mesh.triangles))
        self._puts += 1
        shape = {"edition": self.edition, "put": self._puts, "label": None if label is None else label[:LONGEST_LABEL]}
        self.places[index].shape = shape if mesh is None else {**shape, **pack_mesh(mesh, self._box).state()}

    def put_all(self, meshes: Sequence[Mesh | None]) -> None:
        """Fill all places; raise ValueError where these are not as many as the places."""
        if len(meshes) != len(self.labels):
            raise ValueError(f"there are {len(self.labels)} places, got {len(meshes)} shapes.")
        for index, mesh in enumerate(meshes):
            self.put(index, mesh)

    def clear(self, why: str = "") -> None:
        """Take everything off the stage; `why` says how to fill it."""
        self._triangles = {}
        with self.hold_sync():
            self.edition += 1
            self.chosen, self.cursor = (), -1
            self._show_choice()
            self.labels, self.empty = [], why or self.empty

    def on_act(self, callback: Callable[[], object]) -> None:
        """Call callback() when Enter is pressed on the places."""
        self._acting.append(callback)

    def on_open(self, callback: Callable[[int], object]) -> None:
        """Call callback(index) when a place is double-clicked, or opened with the key o."""
        self._opening.append(callback)

    def on_drawn(self, callback: Callable[[float, float], object]) -> None:
        """Call callback(at, drawing) when each place that was laid out has been drawn for the first time.

        at : seconds since 1970 by the page's clock; drawing : seconds that the page spent on it
        """
        self._drawn.append(callback)

    def set_state(self, sync_data: object) -> None:
        """Take from a page only what it may set, and that only for places that there are."""
        last = len(self.labels) - 1
        accepted = foreign.accept(
            sync_data,
            # A list, as it came: a tuple would be sent back as something else.
            chosen=lambda value: list(clean_chosen(value, last + 1)),
            cursor=lambda value: foreign.whole(value, -1, last),
            together=foreign.flag,
            gently=foreign.flag,
            visible=foreign.flag,
        )
        self._known |= {name: accepted[name] for name in TOLD if name in accepted}
        super().set_state(accepted)

    def close(self) -> None:
        """Close the stage and all that it is made of."""
        super().close()
        for place in self.places:
            place.close()
        if self._canvas is not None:
            self._canvas.close()

    @T.validate("chosen")
    def _check_chosen(self, proposal: dict) -> tuple[int, ...]:
        return clean_chosen(list(proposal["value"]), len(self.labels))

    @T.observe(*TOLD)
    def _tell_choice(self, _change: object) -> None:
        if self._known != {"chosen": list(self.chosen), "cursor": self.cursor}:
            self._show_choice()

    def _show_choice(self) -> None:
        self._known = {"chosen": list(self.chosen), "cursor": self.cursor}
        self.choice = {**self._known, "number": self.choice.get("number", 0) + 1}

    def _count(self, index: int, triangles: int) -> None:
        counts = {**self._triangles, index: triangles}
        if sum(counts.values()) > MOST_TRIANGLES:
            raise ValueError(
                f"all places together would hold {sum(counts.values()):,} triangles, and a page draws at most "
                f"{MOST_TRIANGLES:,}: choose a coarser grid, or show fewer shapes."
            )
        self._triangles = counts

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        event, places = foreign.event(content), len(self.labels)
        # Who clicks means what stands there, not what came in between.
        if event and content.get("edition") != self.edition:
            return
        if event == "set":
            self.set_state({name: content[name] for name in TOLD if name in content})
        elif event == "act":
            self.acted_at = foreign.seconds(content.get("at"))
            tell(self._acting)
        elif event == "open":
            told = foreign.accept(content, index=lambda value: foreign.whole(value, -1, places))
            if 0 <= told.get("index", -1) < places:
                tell(self._opening, told["index"])
        elif event == "drawn":
            times = [foreign.seconds(content.get(name)) for name in ("at", "drawing")]
            if None not in times:
                tell(self._drawn, *times)


def tell(callbacks: Sequence[Callable[..., object]], *values: object) -> None:
    """Call each of these with what there is to tell."""
    for callback in callbacks:
        callback(*values)


def clean_chosen(value: object, places: int) -> tuple[int, ...]:
    """Return the chosen indices, sorted; raise TypeError or ValueError for what names no place, or one twice."""
    if not isinstance(value, list):
        raise TypeError(f"a list is wanted, got {type(value).__name__}.")
    if len(value) > places:
        raise ValueError(f"there are {places} places, got {len(value)} chosen.")
    indices = [foreign.whole(index, -1, places) for index in value]
    if len(set(indices)) < len(indices) or not all(0 <= index < places for index in indices):
        raise ValueError(f"the chosen are different places from 0 to {places - 1}, got {str(value)[:80]}.")
    return tuple(sorted(indices))
