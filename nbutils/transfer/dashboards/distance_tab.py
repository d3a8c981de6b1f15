"""The tab of Figure 5.3: whether distance matters, and what random layers are worth."""

import ipywidgets as ipw

from nbutils.transfer.dashboards import distance_figures as figures
from nbutils.transfer.dashboards.learning import EMPTY, Learning
from nbutils.transfer.dashboards.pointing import Pointing
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.halves import halves_of
from nbutils.widgets import Board, ErrorLine, guard

ASKED = (
    "<p><b>Predict first.</b> Man-made and natural things are unlike. Will that cost more at n = 1 or at n = 7? And is "
    "a layer that learned unlike things worth more than a random one?</p>"
)
BANDS = (
    "<p class='dv-quiet'>First panel: each line learns one side, and the sides have different numbers of classes. "
    "Third panel: every network less the base of its own classes; bands are one standard error of the mean.</p>"
)


class DistanceTab:
    """Three panels; the data is that of the page, whichever halves of it are chosen."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.error = ErrorLine()
        self.board = Board(columns=3, height=380).add_class("dv-roomy")
        self.learning = Learning(260, EMPTY)
        self.told = ipw.HTML().add_class("dv-told")
        self.pointing = Pointing(session, self.board, self.learning, guard(self.error, clears=False))
        asked = ipw.HTML(ASKED).add_class("dv-told")
        parts = [self.error, asked, self.board, self.told, ipw.HTML(BANDS), self.learning.board]
        self.page = ipw.VBox(parts).add_class("dv-stack")
        for event in ("view", "stored"):
            session.on(event, lambda _value: self.seen() if session.view.tab == "distance" else None)

    def seen(self) -> None:
        """Draw what the view says."""
        guard(self.error, clears=False)(self._draw)()

    def _draw(self) -> None:
        view, runs = self._session.view, self._session.runs
        data, score, selected = halves_of(view.halves).data, view.score, view.run
        self.pointing.draw(
            {
                "unlike": figures.draw_unlike(runs, data, score, selected),
                "random": figures.draw_random(runs, data, score, selected),
                "gaps": figures.draw_gaps(runs, data, score, view.thesis, selected),
            }
        )
        told = (figures.tell_gaps(runs, data, score), figures.tell_alike(runs, data), figures.tell_bent(runs, data))
        self.told.value = "".join(told)


def make_distance(session: Session) -> DistanceTab:
    """Return the tab."""
    return DistanceTab(session)
