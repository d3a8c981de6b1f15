"""What the tabs of the page share: the store, who is in front of it, and word of what happened in another tab."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbutils.neat import Genome

if TYPE_CHECKING:
    from nbutils.forms.store import Person, Store

EVENTS = ("person", "fork", "open", "stored")


@dataclass(frozen=True)
class Start:
    """Where a breeding begins: a genome, and the id of the kept shape that it is of, None where it is of none."""

    genome: Genome
    shape: str | None = None


class Session:
    """One opened page.

    Events and their values: "person" (Person; who it is became known), "fork" (Start; breed from it), "open" (Shape;
    show it large), "stored" (id of a shape, "" for something else; what is kept changed).

    store : None opens the one that is set up, when it is first asked for
    person : None until the browser has told who it is
    read_only : whether nothing can be kept; None where the page is a published one
    """

    def __init__(
        self, store: "Store | None" = None, person: "Person | None" = None, read_only: bool | None = None
    ) -> None:
        self._store, self.person = store, person
        self.read_only = os.environ.get("NBUTILS_PUBLISH") == "1" if read_only is None else read_only
        self._callbacks: dict[str, list[Callable[[object], object]]] = {event: [] for event in EVENTS}

    @property
    def store(self) -> "Store":
        """Return the store, opened at the first time; raises StoreError where it cannot be."""
        if self._store is None:
            from nbutils.forms.store import open_store

            self._store = open_store(read_only=self.read_only)
        return self._store

    @property
    def somebody(self) -> "Person":
        """Return the person; raises ValueError where the browser has not told yet who it is."""
        if self.person is None:
            raise ValueError(
                "This browser has not said yet whose it is: try again in a moment, or load the page again."
            )
        return self.person

    def on(self, event: str, callback: Callable[[object], object]) -> None:
        """Call callback(value) whenever this happens; raises ValueError for an event that there is not."""
        self._listeners(event).append(callback)

    def tell(self, event: str, value: object = None) -> None:
        """Tell all who listen that this happened; "person" also makes the value the session's person."""
        listeners = self._listeners(event)
        if event == "person":
            self.person = value
        for callback in tuple(listeners):
            callback(value)

    def _listeners(self, event: str) -> list[Callable[[object], object]]:
        if event not in self._callbacks:
            raise ValueError(f"An event is one of {', '.join(EVENTS)}; got {str(event)[:40]!r}.")
        return self._callbacks[event]
