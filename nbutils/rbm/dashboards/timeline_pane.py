"""The thesis' typical timeline beside what happened in a run, filled in while it trains."""

from collections.abc import Sequence
from html import escape

import ipywidgets as ipw

from nbutils.rbm.running import Followed
from nbutils.rbm.timeline import Event, fill

CAPTION = (
    "Table 4.1 of the thesis, a single example and no template, and this run's own events; "
    "“not yet” stands where a run cannot know."
)


class TimelinePane:
    """Table 4.1 with a column for the run; it is filled in after every epoch."""

    def __init__(self) -> None:
        self._shown: object = None
        self.table = ipw.HTML()
        self.box = ipw.VBox([self.table]).add_class("dv-stack")
        self.clear()

    def show(self, followed: Followed, beside: Followed | None = None) -> None:
        """Fill in what the run knows by now; nothing is drawn anew while no epoch has ended."""
        history = followed.epochs
        if history and self._shown is history[-1]:
            return
        self._shown = history[-1] if history else None
        self.table.value = draw_table(fill(history))

    def clear(self) -> None:
        """Show the thesis' column alone."""
        self._shown = None
        self.table.value = draw_table(fill(()))


def draw_table(events: Sequence[Event]) -> str:
    """Return the table as HTML."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(event.thesis)}</th><td>{escape(event.event)}</td>"
        f"<td{'' if event.known else ' class=dv-quiet'}>{escape(event.ours)}</td></tr>"
        for event in events
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("thesis, epoch", "event", "this run"))
    return (
        f"<table class='dv-table dv-timeline'><caption>{CAPTION}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
