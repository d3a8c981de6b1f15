"""Many solid things in one picture, each turning in its own place: voxels, meshes, and films of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import anywidget
import traitlets as T

from nbutils.figures.scenes import Mesh, Solid, Voxels, check_frames, pack, pack_boxes, place_objects
from nbutils.widgets import foreign, page, stage_three
from nbutils.widgets.stage_three import LONGEST_ALT, LONGEST_LABEL

HERE = Path(__file__).parent


class Stage(anywidget.AnyWidget):
    """Objects in a grid, drawn in one canvas; all turn together by mouse or arrow keys, one is selected by click.

    `selected` is the object's index, -1 for none; `frame` the frame of a film; `visible` whether the stage is in
    sight, so that what nobody sees need not be sent. Nothing but these three can be set by a page.
    """

    _esm = page.script("sight.js", *stage_three.SCRIPTS, "stage_parts.js", "stage.js")
    _css = (HERE / "stage.css").read_text()
    _style = page.Style()
    renderer = stage_three.refer()
    mesh = stage_three.refer()
    outlines = stage_three.refer()
    # What is drawn now: one message brings the references and all that belongs to them.
    geometry = stage_three.refer(allow_none=True)
    boxes = stage_three.refer(allow_none=True)
    cells = T.Bytes(b"").tag(sync=True)
    starts = T.List(T.Int(), []).tag(sync=True)
    places = T.List(T.List(T.Int()), []).tag(sync=True)
    labels = T.List(T.Unicode(), []).tag(sync=True)
    captions = T.List(T.Unicode(), []).tag(sync=True)
    rate = T.Float(6.0).tag(sync=True)
    selected = T.Int(-1).tag(sync=True)
    frame = T.Int(0).tag(sync=True)
    height = T.Int(480).tag(sync=True)
    alt = T.Unicode("").tag(sync=True)
    empty = T.Unicode("").tag(sync=True)
    pickable = T.Bool(True).tag(sync=True)
    visible = T.Bool(True).tag(sync=True)

    # Python also closes a stage that could not be made.
    _canvas: stage_three.Canvas | None = None

    def __init__(self, alt: str, empty: str = "Nothing to show yet.", height: int = 480, **traits: object) -> None:
        words = stage_three.check_words("stage", alt, empty)
        self._canvas = stage_three.make_canvas(outlines=True)
        super().__init__(
            renderer=self._canvas.renderer,
            mesh=self._canvas.mesh,
            outlines=self._canvas.outlines,
            height=height,
            **words,
            **traits,
        )

    def show_voxels(self, objects: Sequence[Voxels], columns: int, **options: object) -> None:
        """Show grids of voxels in so many columns; see show_film."""
        self.show_film([objects], columns, **options)

    def show_meshes(self, objects: Sequence[Mesh], columns: int, **options: object) -> None:
        """Show meshes in so many columns; see show_film."""
        self.show_film([objects], columns, **options)

    def show_film(
        self,
        frames: Sequence[Sequence[Solid]],
        columns: int,
        *,
        captions: Sequence[str] = (),
        order: str = "rows",
        alt: str = "",
        rate: float = 6.0,
    ) -> None:
        """Show frames of objects; the page plays them without asking Python.

        frames : each with the same number of objects; labels are those of the first frame
        captions : one a frame, beside the film's controls
        order : "rows", or "columns up": first upwards, then to the right
        rate : frames a second
        Raises ValueError with a sentence for what cannot be shown.
        """
        check_frames(frames, columns, order)
        places = place_objects(len(frames[0]), columns, order)
        packed = pack(frames, places)
        before = self.geometry, self.boxes
        with self.hold_sync():
            # Whole new geometries: pythreejs cannot exchange the attributes of one.
            self.geometry = stage_three.make_geometry(packed.attributes, packed.triangles)
            self.boxes = stage_three.make_geometry(pack_boxes(frames, places))
            self.cells, self.starts = packed.cells.tobytes(), packed.starts
            self.places = places.tolist()
            self.labels = [str(solid.label)[:LONGEST_LABEL] for solid in frames[0]]
            self.captions = [str(caption)[:LONGEST_LABEL] for caption in captions]
            self.frame, self.rate = 0, rate
            self.selected = min(self.selected, len(frames[0]) - 1)
            self.alt = alt[:LONGEST_ALT] or self.alt
        stage_three.drop(*before)

    def clear(self, why: str = "") -> None:
        """Take everything off the stage; `why` says how to fill it."""
        before = self.geometry, self.boxes
        with self.hold_sync():
            self.geometry = self.boxes = None
            self.cells, self.starts, self.places, self.labels, self.captions = b"", [], [], [], []
            self.selected, self.frame, self.empty = -1, 0, why or self.empty
        stage_three.drop(*before)

    def on_select(self, callback: Callable[[int], object]) -> None:
        """Call callback(index) when an object is selected."""
        self.observe(lambda change: callback(change["new"]) if change["new"] >= 0 else None, "selected")

    def set_state(self, sync_data: object) -> None:
        """Take from a page only what it may set: the selection, the frame, and whether the stage is seen."""
        super().set_state(
            foreign.accept(
                sync_data,
                selected=lambda value: foreign.whole(value, -1, len(self.places) - 1),
                frame=lambda value: foreign.whole(value, 0, max(len(self.starts) - 2, 0)),
                visible=foreign.flag,
            )
        )

    def close(self) -> None:
        """Close the stage and all that it is made of."""
        stage_three.drop(self.geometry, self.boxes)
        super().close()
        if self._canvas is not None:
            self._canvas.close()
