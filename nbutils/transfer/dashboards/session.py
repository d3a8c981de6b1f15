"""What the tabs of the page share: the measured runs, what the page is set to, and word of what happens in a tab."""

import os
from collections.abc import Callable

from nbutils.transfer.records import Run
from nbutils.transfer.results import key_of, load_results
from nbutils.transfer.view import View

EVENTS = ("view", "change", "select", "trained", "stored", "say")


class Session:
    """One opened page.

    Events and their values: "view" (View; the page was set to it), "change" (dict of fields of the view that a tab
    wants to be set), "select" (Run; it becomes the selected one everywhere), "trained" (Run; one that was trained on
    this page, to be drawn among the measured ones), "stored" (None; the measured runs changed on the disk), "say"
    (text for the status line).

    runs : None reads those of data/transfer, when they are first asked for
    read_only : whether nothing can be started that fills the disk; None where the page is a published one
    `own` holds the runs that were trained on this page, the last one last.
    """

    def __init__(self, runs: tuple[Run, ...] | None = None, read_only: bool | None = None) -> None:
        self._runs = runs
        self.read_only = os.environ.get("NBUTILS_PUBLISH") == "1" if read_only is None else read_only
        self.view = View()
        self.own: tuple[Run, ...] = ()
        self._callbacks: dict[str, list[Callable[[object], object]]] = {event: [] for event in EVENTS}

    @property
    def runs(self) -> tuple[Run, ...]:
        """Return the measured runs; raises ValueError where they cannot be read."""
        if self._runs is None:
            self._runs = load_results()
        return self._runs

    def find(self, key: str) -> Run | None:
        """Return the run of a key, trained here or measured before; None where there is none."""
        runs = (*self.own[::-1], *self.runs) if key else ()
        return next((run for run in runs if key_of(run.settings) == key), None)

    def on(self, event: str, callback: Callable[[object], object]) -> None:
        """Call callback(value) whenever this happens; raises ValueError for an event that there is not."""
        self._listeners(event).append(callback)

    def tell(self, event: str, value: object = None) -> None:
        """Tell all who listen that this happened.

        "view" also makes the value the session's view, "trained" keeps the run, and "stored" has the runs read anew.
        """
        listeners = self._listeners(event)
        if event == "view":
            self.view = value
        elif event == "trained":
            self.own = (*self.own, value)
        elif event == "stored":
            self._runs = None
        for callback in tuple(listeners):
            callback(value)

    def _listeners(self, event: str) -> list[Callable[[object], object]]:
        if event not in self._callbacks:
            raise ValueError(f"An event is one of {', '.join(EVENTS)}; got {str(event)[:40]!r}.")
        return self._callbacks[event]
