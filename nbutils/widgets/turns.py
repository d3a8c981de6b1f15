"""Work of some seconds between the messages of a page: one step of a generator a turn of the event loop, no thread."""

import asyncio
from collections.abc import Callable, Iterator

# In this time whatever has arrived from the page is handed on.
SECONDS_BETWEEN_STEPS = 0.001


class Turns:
    """Takes one generator at a time through the event loop; where no loop runs, at once to its end.

    Unlike a `Job` it shares its thread with all else that the page asks for, so that both may use one network.

    show : gets each snapshot
    failed : gets what a step or show raised, which ends the work
    """

    def __init__(self, show: Callable[[object], object], failed: Callable[[Exception], object]) -> None:
        self._show, self._failed = show, failed
        self._work: Iterator | None = None

    def begin(self, work: Iterator) -> None:
        """Drop what was under way and take these steps instead."""
        self.drop()
        self._work = work
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            while self._step(work):
                pass
        else:
            loop.call_soon(self._turn, loop, work)

    def drop(self) -> bool:
        """Leave what is under way undone; return whether anything was."""
        if self._work is None:
            return False
        self._work.close()
        self._work = None
        return True

    def _turn(self, loop: asyncio.AbstractEventLoop, work: Iterator) -> None:
        if self._step(work):
            loop.call_later(SECONDS_BETWEEN_STEPS, self._turn, loop, work)

    def _step(self, work: Iterator) -> bool:
        """Take a step of the work if it has not been dropped; return whether there may be another."""
        if work is not self._work:
            return False
        try:
            self._show(next(work))
        except StopIteration:
            self._work = None
            return False
        except Exception as error:  # noqa: BLE001  whatever it was, it is said where the work would be shown
            self.drop()
            self._failed(error)
            return False
        return True
