"""How fast pictures are looked at, in the status line."""

import time

from nbutils.widgets import StatusLine
from nbutils.widgets.rate import Rate, Typical

SECONDS_BETWEEN = 0.5
Times = tuple[tuple[str, float], ...]


class Meter:
    """Says what one look took, or how many pictures a second are looked at and where their time goes."""

    def __init__(self, status: StatusLine) -> None:
        self._status = status
        self._rate, self._typical = Rate(), Typical()
        self._told_at = 0.0

    def show_still(self, networks: Times, drawing_ms: float) -> None:
        """Say what one picture took.

        networks : (name, milliseconds) of each network
        """
        self._status.meter(f"{_list(networks)} ms, drawing {drawing_ms:.0f} ms")

    def count_live(self, networks: Times, here_ms: float, trip_ms: float | None) -> None:
        """Count one picture of a camera or a film; twice a second, say the rate, once known, and the usual times.

        here_ms : what it took from its arrival to the end of its drawing
        trip_ms : from the camera to the wall and back; None for a film, which does not say
        """
        self._typical.add(
            here=here_ms, trip=trip_ms or 0.0, **{f"{place}": one[1] for place, one in enumerate(networks)}
        )
        rate, now = self._rate.tick(), time.perf_counter()
        if not rate or now - self._told_at < SECONDS_BETWEEN:
            return
        self._told_at = now
        usual = tuple((one[0], self._typical.of(f"{place}")) for place, one in enumerate(networks))
        here, trip = self._typical.of("here"), self._typical.of("trip")
        drawing = max(here - sum(spent for _, spent in usual), 0)
        if trip_ms is None:
            self._status.meter(f"{rate:.0f} frames/s · {_list(usual)} ms, drawing {drawing:.0f} ms")
        else:
            parts = f"{_list(usual)}, drawing {drawing:.0f}, wire {max(trip - here, 0):.0f}"
            self._status.meter(f"{rate:.0f} frames/s · {trip:.0f} ms from camera to wall ({parts})")


def _list(networks: Times) -> str:
    return ", ".join(f"{name} {spent:.0f}" for name, spent in networks)
