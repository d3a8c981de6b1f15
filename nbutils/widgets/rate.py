"""How often something happens, and how long its parts take, over the last few seconds."""

import time
from collections import deque


class Rate:
    """Counts events and says how many there were a second, over the last `seconds`."""

    def __init__(self, seconds: float = 2.0) -> None:
        self._times: deque[float] = deque(maxlen=1000)
        self._seconds = seconds

    def tick(self) -> float:
        """Count one event now and return the rate per second; 0 until there were two."""
        now = time.perf_counter()
        self._times.append(now)
        while now - self._times[0] > self._seconds:
            self._times.popleft()
        span = self._times[-1] - self._times[0]
        return (len(self._times) - 1) / span if span else 0.0


class Typical:
    """Keeps the last `window` values of each name and says their median."""

    def __init__(self, window: int = 25) -> None:
        self._values: dict[str, deque[float]] = {}
        self._window = window

    def add(self, **values: float) -> None:
        """Keep one value for each name."""
        for name, value in values.items():
            self._values.setdefault(name, deque(maxlen=self._window)).append(value)

    def of(self, name: str) -> float:
        """Return the median of that name's values; 0 when there are none."""
        values = sorted(self._values.get(name, ()))
        return values[len(values) // 2] if values else 0.0


class Pace:
    """How long what is left will take, by what was finished since the first result: that one waited for the start, too.

    spent, done : seconds and results when the work began or went on
    """

    def __init__(self, spent: float = 0.0, done: int = 0) -> None:
        self._begun = self._last = (spent, done)
        self._first: tuple[float, int] | None = None
        self._now = spent

    def note(self, spent: float, done: int) -> None:
        """Take in how much is done after so many seconds in all."""
        self._now = spent
        if done > self._last[1]:
            self._last = (spent, done)
            self._first = self._first or self._last

    def left(self, total: int) -> float | None:
        """Return the seconds until all is done; None as long as nobody can know.

        Several processes finish their first results together. Only what ends half as long after them as the start took
        tells how fast they are.
        """
        if self._first is None:
            return None
        passed, finished = self._last[0] - self._first[0], self._last[1] - self._first[1]
        if not finished or passed < (self._first[0] - self._begun[0]) / 2:
            return None
        each = passed / finished
        return each * (total - self._last[1]) - min(each, self._now - self._last[0])
