"""Long work in the background: any generator of snapshots, with Start, Stop, Continue, progress and errors."""

from collections.abc import Callable, Iterator
from threading import RLock, Thread
from time import monotonic

import anywidget
import ipywidgets
import traitlets as T

from nbutils.widgets import foreign, page
from nbutils.widgets.errors import ErrorLine
from nbutils.widgets.rate import Pace

STATES = ("idle", "running", "stopping", "stopped", "done", "failed")
MOST_SHOWN_A_SECOND = 15


class JobBar(anywidget.AnyWidget):
    """The buttons and the progress bar of a job; `report` is everything that it shows, set as one."""

    _esm = page.script("job.js")
    _style = page.Style()
    names = T.Dict().tag(sync=True)
    report = T.Dict().tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: presses arrive as messages."""
        super().set_state(foreign.accept(sync_data))


class Job(ipywidgets.VBox):
    """A computation written as a generator, run in one thread of its own.

    make : returns the generator; called in the thread, at every Start
    show : show(snapshot) sets traits of widgets; it gets the newest snapshot, at most 15 times a second,
        and the last one when the work stops or ends; what came in between is dropped
    total : how many snapshots there will be, or a function that says so at Start; None when nobody knows
    start : the word on the Start button
    noun : what one snapshot is called where they are counted
    count : count(snapshot) says how much of the total is done with it; None where each snapshot is one more
    """

    state = T.Enum(STATES, "idle")

    def __init__(
        self,
        make: Callable[[], Iterator],
        show: Callable[[object], object],
        total: int | Callable[[], int] | None = None,
        start: str = "Start",
        noun: str = "step",
        count: Callable[[object], int] | None = None,
    ) -> None:
        self._make, self._show, self._total, self._noun = make, show, total, noun
        self._count_done = count
        self._lock = RLock()
        self._thread: Thread | None = None
        self._work: Iterator | None = None
        self._closed = False
        self._done, self._expected, self._spent = 0, None, 0.0
        self._pace = Pace()
        self.bar = JobBar(names={"start": start})
        self.error = ErrorLine()
        super().__init__([self.bar, self.error])
        self.add_class("dv").add_class("dv-job")
        self.bar.on_msg(self._receive)
        self._tell("idle", "")

    def start(self) -> None:
        """Begin anew; nothing happens while the work is running or stopping."""
        self._launch(("idle", "stopped", "done", "failed"), afresh=True)

    def proceed(self) -> None:
        """Go on with the work that was stopped; nothing happens in any other state."""
        self._launch(("stopped",), afresh=False)

    def stop(self) -> None:
        """Ask the work to rest after the snapshot that it is making; said at once."""
        with self._lock:
            if self.state == "running":
                self._tell("stopping", "Stopping after this step.")

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the work rests, at most so many seconds; return whether it does."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def close(self) -> None:
        """Take the widget away and let the work end after the snapshot that it is making."""
        self._closed = True
        self.stop()
        self.bar.close()
        self.error.close()
        super().close()

    def _receive(self, _bar: JobBar, content: object, _buffers: object) -> None:
        press = {"start": self.start, "stop": self.stop, "continue": self.proceed}.get(foreign.event(content))
        if press is not None:
            press()

    def _launch(self, allowed: tuple[str, ...], *, afresh: bool) -> None:
        with self._lock:
            if self.state not in allowed or self._closed:
                return
            self.error.clear()
            if afresh:
                self._done, self._expected, self._spent = 0, None, 0.0
            self._pace = Pace(self._spent, self._done)
            self._tell("running", "Starting." if afresh else "Going on.")
            # A daemon, so that a kernel told to end does not wait for it.
            self._thread = Thread(target=self._run, args=(afresh,), name="job", daemon=True)
            self._thread.start()

    def _run(self, afresh: bool) -> None:
        began = monotonic() - self._spent
        try:
            if afresh:
                self._begin()
            finished = self._iterate(began)
        except Exception as error:  # noqa: BLE001  whatever it was, it is shown and Start is offered again
            self._finish("failed", "It did not work.", error)
            return
        if finished:
            self._finish("done", f"Done: {self._count()}, {readable_time(self._spent)}.")
        else:
            self._finish("stopped", f"Stopped: {self._count()}.")

    def _begin(self) -> None:
        if self._work is not None and hasattr(self._work, "close"):
            self._work.close()
        self._work = None
        self._expected = check_total(self._total() if callable(self._total) else self._total)
        self._work = iter(self._make())

    def _iterate(self, began: float) -> bool:
        """Draw snapshots until the work ends or Stop is seen; return whether it ended."""
        waiting, not_before = [], 0.0
        finished = True
        for snapshot in self._work:
            self._done = self._done + 1 if self._count_done is None else self._count_done(snapshot)
            self._spent = monotonic() - began
            self._pace.note(self._spent, self._done)
            waiting = [snapshot]
            if self.state == "stopping":
                finished = False
                break
            if monotonic() >= not_before:
                not_before = self._present(waiting.pop())
        for snapshot in waiting:
            self._present(snapshot)
        return finished and not self._closed

    def _present(self, snapshot: object) -> float:
        """Show a snapshot and the progress; return the time before which no other is shown."""
        begun = monotonic()
        if not self._closed:
            self._show(snapshot)
        with self._lock:
            if self.state == "running":
                self._tell("running", self._progress())
        # Showing takes at most half of the time, however slow it is.
        ended = monotonic()
        return ended + max(1 / MOST_SHOWN_A_SECOND, ended - begun)

    def _progress(self) -> str:
        if self._expected is None or self._done >= self._expected:
            return f"{self._count()}, {readable_time(self._spent)}."
        left = self._pace.left(self._expected)
        told = f"{readable_time(self._spent)} so far" if left is None else f"{readable_time(left)} left"
        return f"{self._count()}, {told}."

    def _count(self) -> str:
        return f"{self._noun} {self._done}" + (f" of {self._expected}" if self._expected is not None else "")

    def _finish(self, state: str, line: str, error: Exception | None = None) -> None:
        with self._lock:
            if state != "stopped" or self._closed:
                self._work = None
            if self._closed:
                return
            if error is not None:
                self.error.show(error)
            self._tell(state, line)

    def _tell(self, state: str, line: str) -> None:
        self.state = state
        if not self._closed:
            self.bar.report = {"state": state, "done": self._done, "total": self._expected, "line": line}


def check_total(total: object) -> int | None:
    """Return the number of snapshots to come, None when unknown; raise ValueError for what is no count."""
    if total is None:
        return None
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        raise ValueError(f"total must be a number of snapshots, 0 or more, or None, got {total!r}.")
    return total


def readable_time(seconds: float) -> str:
    """Return a duration in words: "under 1 s", "12 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 1:
        return "under 1 s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
