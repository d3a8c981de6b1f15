"""A board of dots whose points are runs: resting on one shows how it learned, a click selects it everywhere."""

from collections.abc import Callable, Mapping

from nbutils.figures.dots import Drawn
from nbutils.transfer.dashboards.learning import Learning
from nbutils.transfer.dashboards.session import Session
from nbutils.widgets import Board


class Pointing:
    """Connects a board with the curve of the run that is rested on; `guarded` shows what goes wrong."""

    def __init__(self, session: Session, board: Board, learning: Learning, guarded: Callable) -> None:
        self._session, self._board, self._learning = session, board, learning
        self._drawn: dict[str, Drawn] = {}
        board.on_click(guarded(self._click))
        board.on_hover(guarded(self._rest))

    def draw(self, drawn: Mapping[str, Drawn]) -> None:
        """Show these figures, and how the selected run learned."""
        self._drawn = dict(drawn)
        for name, figure in self._drawn.items():
            self._board.set(name, figure.figure, figure.alt)
        self._learning.show(self._session.find(self._session.view.run))

    def _key(self, name: str, trace: int, point: object) -> str:
        return self._drawn[name].key_at(trace, point) if name in self._drawn else ""

    def _click(self, name: str, trace: int, point: object, _x: object, _y: object) -> None:
        if (run := self._session.find(self._key(name, trace, point))) is not None:
            self._session.tell("select", run)

    def _rest(self, name: str, trace: int, point: object, _x: object, _y: object) -> None:
        session = self._session
        self._learning.rest(session.find(session.view.run), session.find(self._key(name, trace, point)))
