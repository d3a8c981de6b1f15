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
