"""The chess challenge (section 3.5.1 of the thesis): a set of pieces that people bred, on a board."""

from collections.abc import Callable, Iterator

import ipywidgets as ipw

from nbutils.figures.chessboard import DARK_PIECE, LIGHT_PIECE
from nbutils.forms.chess import Role, Standing, set_up
from nbutils.forms.dashboards import chess_words as words
from nbutils.forms.dashboards.chess_cast import (
    Player,
    make_player,
    measure_distances,
    read_cast,
    relate,
    trace_lines,
)
from nbutils.forms.dashboards.gallery_words import isolate
from nbutils.forms.dashboards.opened_words import tell_shape
from nbutils.forms.dashboards.session import Session, Start
from nbutils.forms.store import Shape, read
from nbutils.widgets import ErrorLine, Turns, button, guard
from nbutils.widgets.cards import Card, Cards
from nbutils.widgets.stage_board import BoardStage, Piece

COLOURS = {"light": LIGHT_PIECE, "dark": DARK_PIECE}
ALT = "A chess board on which shapes stand as pieces."


class ChessTab:
    """The cast is read when the tab comes into sight; meshes and lines of ancestors follow one piece at a time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cast: dict[Role, Shape] | None = None
        self._players: dict[Role, Player] = {}
        self._lines: dict[Role, tuple] = {}
        self._standing: tuple[Standing, ...] = ()
        self._role: Role | None = None
        self.error = ErrorLine()
        guarded = guard(self.error)
        self.board = BoardStage(ALT, empty=words.NOTHING, height=520)
        self.refresh = button("Refresh", guarded(self._read))
        self.cards = Cards("Who plays", words.NOTHING, things="pieces", side=130)
        self.hint, self.missing, self.rule = ipw.HTML(words.CHOOSE), ipw.HTML(), ipw.HTML(words.RULE)
        self.told, self.relatives = ipw.HTML(), ipw.HTML()
        self.open = button("Open it large", guarded(self._open), first=True)
        self.breed = button("Breed from it", guarded(self._fork))
        self._turns = Turns(lambda _nothing: None, self.error.show)
        self.page = self._lay_out()
        self._connect(guarded)

    def seen(self) -> None:
        """Read who plays; what cannot be read is told."""
        guard(self.error)(self._read)()

    def choose(self, role: Role) -> None:
        """Show who made a piece and who its relatives are."""
        self._role = role
        shape = self._cast[role]
        self.told.value = words.tell_piece(role, shape) + tell_shape(shape, "")
        self.cards.chosen = list(self._cast).index(role)
        self.hint.layout.display, self._beside.layout.display = "none", None
        self._tell_relatives()

    def _read(self) -> None:
        try:
            cast = read_cast(self._session.store)
        except ValueError:
            if self._cast is None:
                self.board.clear(words.CLOSED)
                self.cards.clear(words.CLOSED)
            raise
        if cast == self._cast:
            return
        before, self._cast = self._cast, cast
        self.missing.value = words.tell_missing(cast)
        self.cards.show([_show_card(role, shape) for role, shape in cast.items()])
        if self._role not in cast or before is None or before[self._role] != cast[self._role]:
            self._role = None
            self.hint.layout.display, self._beside.layout.display = None if cast else "none", "none"
        self._turns.begin(self._fill(cast))

    def _fill(self, cast: dict[Role, Shape]) -> Iterator[None]:
        """Make the meshes that are missing, show the board, then read the ancestors."""
        known = {player.shape.id: player for player in self._players.values()}
        self._players, self._lines = {}, {}
        for role, shape in cast.items():
            held = known.get(shape.id)
            self._players[role] = held if held and held.shape.genome_json == shape.genome_json else make_player(shape)
            yield
        self._show_board()
        yield
        for lines in trace_lines(self._session.store, cast):
            self._lines = lines
            yield
        if self._role is not None:
            self._tell_relatives()

    def _show_board(self) -> None:
        players = {role: player for role, player in self._players.items() if player.mesh is not None}
        self._standing = tuple(one for one in set_up() if (one.side, one.piece) in players)
        pieces = [
            Piece(
                players[one.side, one.piece].mesh,
                one.column,
                one.row,
                COLOURS[one.side],
                f"{one.side} {one.piece}: {isolate(players[one.side, one.piece].shape.name)}",
            )
            for one in self._standing
        ]
        if not pieces:
            self.board.clear(words.NOTHING)
            return
        self.board.show_board(pieces, alt=words.describe_board(self._cast, self._standing))

    def _tell_relatives(self) -> None:
        reading = len(self._lines) < len(self._cast)
        relations = {} if reading else relate(self._role, self._lines)
        distances = {} if reading else measure_distances(self._role, self._players)
        self.relatives.value = words.tell_relatives(self._role, relations, distances, reading)
        related = {other for other, relation in relations.items() if relation is not None}
        self.board.mark([place for place, one in enumerate(self._standing) if (one.side, one.piece) in related])

    def _select(self, index: int) -> None:
        standing = self._standing[index]
        self.choose((standing.side, standing.piece))

    def _select_card(self, place: int) -> None:
        """Choose a piece by its card; on the board its first one gets the frame."""
        role = list(self._cast)[place]
        stands = [index for index, one in enumerate(self._standing) if (one.side, one.piece) == role]
        if stands:
            self.board.selected = stands[0]
        self.choose(role)

    def _now(self) -> Shape:
        return read(self._session.store, self._cast[self._role].id, self._session.person)

    def _open(self) -> None:
        self._session.tell("open", self._now())

    def _fork(self) -> None:
        shape = self._now()
        self._session.tell("fork", Start(self._players[self._role].genome, shape.id))

    def _connect(self, guarded: Callable) -> None:
        self.board.on_select(guarded(self._select))
        self.cards.on_open(guarded(self._select_card))

    def _lay_out(self) -> ipw.Widget:
        acts = ipw.Box([self.open, self.breed]).add_class("dv-group")
        self._beside = ipw.VBox([self.told, acts, self.relatives]).add_class("dv-stack")
        self._beside.layout.display = "none"
        left = ipw.VBox([self.board, self.cards]).add_class("dv-pane").add_class("dv-stage")
        right = [self.refresh, self.hint, self._beside, self.missing, self.rule]
        panes = [left, ipw.VBox(right).add_class("dv-pane").add_class("dv-details")]
        return ipw.VBox([self.error, ipw.Box(panes).add_class("dv-panes").add_class("dv-two")]).add_class("dv-stack")


def _show_card(role: Role, shape: Shape) -> Card:
    return Card(" ".join(role).capitalize(), shape.name, shape.thumbnail, shape.stars, shape.ratings)


def make_chess(session: Session) -> ChessTab:
    """Return the tab."""
    return ChessTab(session)
