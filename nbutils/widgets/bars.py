"""A few named shares as bars: a network's best guesses."""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page

HERE = Path(__file__).parent


class Bars(anywidget.AnyWidget):
    """Named bars between 0 and 1, the first on top; rows keep their place and height while values change."""

    _esm = page.join("sight.js", "bars.js")
    _css = (HERE / "bars.css").read_text()

    rows = T.List([]).tag(sync=True)
    label = T.Unicode("").tag(sync=True)
    empty = T.Unicode("").tag(sync=True)
    count = T.Int(5).tag(sync=True)
    visible = T.Bool(True).tag(sync=True)

    def show(self, names: Sequence[str], shares: Sequence[float]) -> None:
        """Show one bar for each name.

        shares : (n,), float, 0 to 1
        """
        self.rows = [[str(name)[:80], round(float(share), 4)] for name, share in zip(names, shares, strict=True)]

    def clear(self, why: str) -> None:
        """Take the bars away and say why there are none."""
        with self.hold_sync():
            self.rows, self.empty = [], why

    def set_state(self, sync_data: object) -> None:
        """Take from a page only whether the bars are seen."""
        super().set_state(foreign.accept(sync_data, visible=foreign.flag))
