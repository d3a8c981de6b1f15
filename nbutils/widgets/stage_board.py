"""A chess board on which any meshes stand as pieces, turned by hand and seen from above."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anywidget
import traitlets as T

from nbutils.figures.chessboard import SQUARES, make_squares, pack_piece
from nbutils.figures.scenes import Mesh, parse_colour
from nbutils.widgets import foreign, page, stage_three
from nbutils.widgets.stage_places import MOST_TRIANGLES
from nbutils.widgets.stage_three import LONGEST_ALT, LONGEST_LABEL

HERE = Path(__file__).parent
FILES = "abcdefgh"


@dataclass(frozen=True)
class Piece:
    """A mesh on a square; z is upright.

    column : 0 to 7, the files a to h; row : 0 to 7, the first is nearest to who looks; colour : "#rrggbb"
    Raises ValueError for a square that there is not, or for what is no colour.
    """

    mesh: Mesh
    column: int
    row: int
    colour: str
    label: str = ""

    def __post_init__(self) -> None:
        if not (0 <= self.column < SQUARES and 0 <= self.row < SQUARES):
            raise ValueError(
                f"a board has columns and rows 0 to {SQUARES - 1}, got column {self.column}, row {self.row}."
            )
        parse_colour(self.colour)

    @property
    def square(self) -> str:
        """Return the name of the square, as in e4."""
        return f"{FILES[self.column]}{self.row + 1}"


class BoardStage(anywidget.AnyWidget):
    """Pieces on a chess board in one canvas; `selected` is the index of a piece, -1 for none.

    A page can set the selection, and whether the board is `visible`.
    """

    _esm = page.script("sight.js", *stage_three.SCRIPTS, "stage_mesh.js", "stage_picking.js", "stage_board.js")
    _css = (HERE / "stage.css").read_text()
    _style = page.Style()
    renderer = stage_three.refer()
    pattern = stage_three.refer()
    # All pieces at once, so that no page shows half a board.
    board = T.Dict().tag(sync=True)
    selected = T.Int(-1).tag(sync=True)
    marked = T.List(T.Int(), []).tag(sync=True)
    height = T.Int(520).tag(sync=True)
    alt = T.Unicode("").tag(sync=True)
    empty = T.Unicode("").tag(sync=True)
    visible = T.Bool(True).tag(sync=True)

    # Python also closes a board that could not be made.
    _canvas: stage_three.Canvas | None = None

    def __init__(self, alt: str, empty: str = "Nothing to show yet.", height: int = 520, **traits: object) -> None:
        words = stage_three.check_words("board", alt, empty)
        self._canvas = stage_three.make_canvas(stage_three.make_geometry(*make_squares()), smooth=False)
        self._shows = 0
        super().__init__(
            renderer=self._canvas.renderer,
            pattern=self._canvas.mesh,
            height=height,
            **words,
            **traits,
        )

    def show_board(self, pieces: Sequence[Piece], alt: str = "") -> None:
        """Show these pieces in place of all that stand there; a mesh that several pieces share is sent once.

        Raises ValueError with a sentence for two pieces on one square, or for more than a page can draw.
        """
        check_pieces(pieces)
        meshes = {id(piece.mesh): piece.mesh for piece in pieces}
        place = {key: index for index, key in enumerate(meshes)}
        self._shows += 1
        with self.hold_sync():
            self.board = {
                "show": self._shows,
                "meshes": [pack_piece(mesh).state() for mesh in meshes.values()],
                "pieces": [[place[id(piece.mesh)], piece.column, piece.row] for piece in pieces],
                "colours": [list(parse_colour(piece.colour)) for piece in pieces],
                "labels": [
                    f"{(piece.label or piece.mesh.label or 'piece')[:LONGEST_LABEL]}, {piece.square}"
                    for piece in pieces
                ],
            }
            self.selected = min(self.selected, len(pieces) - 1)
            self.marked = []
            self.alt = alt[:LONGEST_ALT] or self.alt

    def clear(self, why: str = "") -> None:
        """Take the board away; `why` says how to fill it."""
        with self.hold_sync():
            self.board, self.selected, self.marked, self.empty = {}, -1, [], why or self.empty

    def mark(self, pieces: Sequence[int]) -> None:
        """Put a frame around these pieces, in place of those that had one; the board is not sent again."""
        last = len(self.board.get("pieces", ())) - 1
        self.marked = sorted({foreign.whole(piece, 0, last) for piece in pieces}) if last >= 0 else []

    def on_select(self, callback: Callable[[int], object]) -> None:
        """Call callback(index) when a piece is selected."""
        self.observe(lambda change: callback(change["new"]) if change["new"] >= 0 else None, "selected")

    def set_state(self, sync_data: object) -> None:
        """Take from a page only what it may set: the selection, and whether the board is seen."""
        last = len(self.board.get("pieces", ())) - 1
        super().set_state(
            foreign.accept(sync_data, selected=lambda value: foreign.whole(value, -1, last), visible=foreign.flag)
        )

    def close(self) -> None:
        """Close the board and all that it is made of."""
        super().close()
        if self._canvas is not None:
            self._canvas.close()


def check_pieces(pieces: Sequence[Piece]) -> None:
    """Raise ValueError with a sentence when a board cannot show these."""
    squares = [piece.square for piece in pieces]
    twice = sorted({square for square in squares if squares.count(square) > 1})
    if twice:
        raise ValueError(f"one piece stands on a square, got two on {', '.join(twice)}.")
    triangles = sum(len(piece.mesh.triangles) for piece in pieces)
    if triangles > MOST_TRIANGLES:
        raise ValueError(
            f"all pieces together have {triangles:,} triangles, and a page draws at most {MOST_TRIANGLES:,}: "
            "choose a coarser grid."
        )
