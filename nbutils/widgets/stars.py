"""One to five stars: what one gives, and what all gave."""

from collections.abc import Callable

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page

MOST_STARS = 5


class Stars(anywidget.AnyWidget):
    """A row of five stars to choose from; `value` is what this person gave, 0 for nothing yet.

    mean, count : of all who rated, told in words
    fixed : whether it only shows
    """

    _esm = page.script("stars.js")
    _css = (page.HERE / "stars.css").read_text()
    _style = page.Style()
    name = T.Unicode("Stars").tag(sync=True)
    value = T.Int(0).tag(sync=True)
    mean = T.Float(0.0).tag(sync=True)
    count = T.Int(0).tag(sync=True)
    fixed = T.Bool(False).tag(sync=True)

    def __init__(
        self, name: str = "Stars", value: int = 0, mean: float = 0.0, count: int = 0, fixed: bool = False
    ) -> None:
        self._callbacks: list[Callable[[int], object]] = []
        super().__init__(name=name, value=value, mean=mean, count=count, fixed=fixed)

    def show(self, value: int, mean: float, count: int) -> None:
        """Show what this person gave and what all gave; nobody is called back."""
        with self.hold_sync():
            self.value, self.mean, self.count = value, mean, count

    def on_rate(self, callback: Callable[[int], object]) -> None:
        """Call callback(stars) when a person chooses 1 to 5 stars."""
        self._callbacks.append(callback)

    @T.validate("value")
    def _check_value(self, proposal: dict) -> int:
        return foreign.whole(proposal["value"], 0, MOST_STARS)

    @T.validate("mean")
    def _check_mean(self, proposal: dict) -> float:
        return float(foreign.number(proposal["value"], 0, MOST_STARS))

    def set_state(self, sync_data: object) -> None:
        """Take stars from the page, unless this only shows."""
        taken = {} if self.fixed else foreign.accept(sync_data, value=lambda value: foreign.whole(value, 1, MOST_STARS))
        before = self.value
        super().set_state(taken)
        if self.value != before:
            for callback in self._callbacks:
                callback(self.value)
