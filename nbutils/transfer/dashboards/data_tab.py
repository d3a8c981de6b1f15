"""The tab of Figure 5.4: the same network and as many steps, with fewer and fewer pictures of each class."""

import ipywidgets as ipw

from nbutils.transfer.dashboards import data_figures as figures
from nbutils.transfer.dashboards import tables
from nbutils.transfer.dashboards.learning import EMPTY, Learning
from nbutils.transfer.dashboards.pointing import Pointing
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.halves import halves_of
from nbutils.transfer.summaries import ladder
from nbutils.widgets import Board, ErrorLine, guard

ASKED = (
    "<p><b>Predict first.</b> Half of the pictures are taken away, then half of what is left, and so on. Where does "
    "the network begin to suffer, and does it ever fall to chance?</p>"
)


class DataTab:
    """The figure with linear and with logarithmic axes, and its points as a table."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.error = ErrorLine()
        self.board = Board(columns=2, height=380)
        self.learning = Learning(240, EMPTY)
        self.told, self.table = ipw.HTML().add_class("dv-told"), ipw.HTML()
        self.pointing = Pointing(session, self.board, self.learning, guard(self.error, clears=False))
        asked = ipw.HTML(ASKED).add_class("dv-told")
        panes = [
            ipw.VBox([asked, self.board, self.told, self.learning.board]).add_class("dv-stage"),
            ipw.VBox([self.table]).add_class("dv-details"),
        ]
        box = ipw.Box([pane.add_class("dv-pane") for pane in panes]).add_class("dv-panes").add_class("dv-two")
        self.page = ipw.VBox([self.error, box]).add_class("dv-stack")
        for event in ("view", "stored"):
            session.on(event, lambda _value: self.seen() if session.view.tab == "data" else None)

    def seen(self) -> None:
        """Draw what the view says."""
        guard(self.error, clears=False)(self._draw)()

    def _draw(self) -> None:
        view = self._session.view
        rungs = ladder(self._session.runs, halves_of(view.halves).data, view.score)
        self.pointing.draw(
            {
                "linear": figures.draw(rungs, False, view.thesis, view.run),
                "logarithmic": figures.draw(rungs, True, view.thesis, view.run),
            }
        )
        self.told.value = figures.tell_last(rungs)
        self.table.value = tables.draw_ladder(rungs, view.thesis)


def make_data(session: Session) -> DataTab:
    """Return the tab."""
    return DataTab(session)
