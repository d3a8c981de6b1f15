"""Many plotly figures on a page with one copy of plotly's script; they change in place and tell of clicks."""

import gzip
import json
from collections.abc import Callable
from importlib.resources import files

import anywidget
import ipywidgets
import traitlets as T

from nbutils.figures import palette
from nbutils.widgets import foreign, page

MOST_FIGURES = 24
MOST_COLUMNS = 6
LONGEST_NAME = 60
LONGEST_ALT = 1_000
LARGEST_FIGURE = 5_000_000
LARGEST_INDEX = 100_000_000
LONGEST_COORDINATE = 200

# What every figure of the suite looks like, where it does not say otherwise itself.
AXIS = {
    "gridcolor": palette.LINE,
    "linecolor": palette.MUTED,
    "zerolinecolor": palette.LINE,
    "automargin": True,
    "title": {"font": {"size": 13}, "standoff": 6},
}
TEMPLATE = {
    "layout": {
        "colorway": list(palette.CATEGORIES),
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": palette.INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "#ffffff",
        "margin": {"l": 52, "r": 14, "t": 36, "b": 44},
        "title": {"font": {"size": 15}, "x": 0, "xref": "paper", "xanchor": "left"},
        "hovermode": "closest",
        "xaxis": AXIS,
        "yaxis": AXIS,
    }
}

# (figure's name, trace, point, x, y); point is an index, or a list of them for a grid.
PointCallback = Callable[[str, int, "int | list[int] | None", "float | str | None", "float | str | None"], object]


class PlotlyScript(ipywidgets.Widget):
    """Plotly's script out of the installed package, packed; a model without a view that boards refer to."""

    packed = T.Bytes(b"").tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page."""
        super().set_state(foreign.accept(sync_data))


class Pane(ipywidgets.Widget):
    """One figure of a board: a model without a view, so that a change sends this figure alone."""

    name = T.Unicode().tag(sync=True)
    figure = T.Unicode().tag(sync=True)
    alt = T.Unicode().tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page."""
        super().set_state(foreign.accept(sync_data))


class Board(anywidget.AnyWidget):
    """Figures side by side in a number of columns, fewer where there is no room for them.

    columns : 1 to 6
    height : of each figure, in pixels; it keeps its place while it changes
    empty : the sentence that stands there while the board has no figure
    """

    _esm = page.script("board.js")
    _style = page.Style()
    script = T.Instance(PlotlyScript).tag(sync=True, **ipywidgets.widget_serialization)
    panes = T.List(T.Instance(Pane)).tag(sync=True, **ipywidgets.widget_serialization)
    columns = T.Int().tag(sync=True)
    height = T.Int().tag(sync=True)
    empty = T.Unicode().tag(sync=True)

    def __init__(self, columns: int = 2, height: int = 280, empty: str = "No figure yet.") -> None:
        if not 1 <= columns <= MOST_COLUMNS:
            raise ValueError(f"a board has 1 to {MOST_COLUMNS} columns, got {columns}.")
        self._clicks: list[PointCallback] = []
        self._hovers: list[PointCallback] = []
        script = page.shared("plotly", load_script)
        super().__init__(script=script, columns=columns, height=height, empty=empty)
        self.on_msg(self._receive)

    def set(self, name: str, figure: object, alt: str) -> None:
        """Show a figure under that name, in place of the one that has it.

        figure : a plotly Figure or a dict with data and layout
        alt : what a person who does not see it should know
        Raises ValueError for an empty alt, too many figures, or a figure that is too large to send.
        """
        if not alt.strip():
            raise ValueError(f'the figure "{name}" needs an alt text: what does it show?')
        text = encode_figure(name, figure)
        pane = next((pane for pane in self.panes if pane.name == name), None)
        if pane is None:
            if len(self.panes) >= MOST_FIGURES:
                raise ValueError(f"a board holds {MOST_FIGURES} figures, and this would be one more.")
            pane = Pane(name=foreign.text(name, LONGEST_NAME), figure=text, alt=alt[:LONGEST_ALT])
            self.panes = [*self.panes, pane]
        else:
            pane.alt = alt[:LONGEST_ALT]
            pane.figure = text

    def remove(self, name: str) -> None:
        """Take the figure of that name away, if it is there."""
        gone = [pane for pane in self.panes if pane.name == name]
        self.panes = [pane for pane in self.panes if pane.name != name]
        for pane in gone:
            pane.close()

    def on_click(self, callback: PointCallback) -> None:
        """Call callback(name, trace, point, x, y) when a point of a figure is clicked."""
        self._clicks.append(callback)

    def on_hover(self, callback: PointCallback) -> None:
        """Call callback(name, trace, point, x, y) when the pointer comes to a point, at most 20 times a second."""
        self._hovers.append(callback)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: clicks arrive as messages."""
        super().set_state(foreign.accept(sync_data))

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        callbacks = {"click": self._clicks, "hover": self._hovers}.get(foreign.event(content))
        if not callbacks:
            return
        try:
            point = read_point(content, [pane.name for pane in self.panes])
        except (TypeError, ValueError, OverflowError):
            return
        for callback in callbacks:
            callback(*point)


def load_script() -> PlotlyScript:
    """Return plotly's script from the installed package, packed to a third of its size."""
    script = files("plotly") / "package_data" / "plotly.min.js"
    return PlotlyScript(packed=gzip.compress(script.read_bytes(), 6))


def encode_figure(name: str, figure: object) -> str:
    """Return a figure as JSON text in the suite's look; raise ValueError or TypeError if it cannot be shown."""
    from plotly.io import templates
    from plotly.utils import PlotlyJSONEncoder

    found = figure.to_dict() if hasattr(figure, "to_dict") else figure
    if not isinstance(found, dict) or not isinstance(found.get("data", []), list | tuple):
        raise TypeError(
            f'the figure "{name}" must be a plotly Figure or a dict with data, got {type(figure).__name__}.'
        )
    layout = dict(found.get("layout") or {})
    # A Figure brings plotly's default template along without having been asked for it.
    if not layout.get("template") or layout["template"] == templates[templates.default].to_plotly_json():
        layout["template"] = TEMPLATE
    text = json.dumps({"data": list(found.get("data", [])), "layout": layout}, cls=PlotlyJSONEncoder)
    if len(text) > LARGEST_FIGURE:
        raise ValueError(
            f'the figure "{name}" would take {len(text):,} bytes, {LARGEST_FIGURE:,} can be sent: show fewer points.'
        )
    return text


def read_point(content: dict, names: list[str]) -> tuple[str, int, object, object, object]:
    """Return (name, trace, point, x, y) out of a message from a page; raise TypeError or ValueError if it is amiss."""
    name = content.get("name")
    if name not in names:
        raise ValueError("no figure has that name.")
    trace = foreign.whole(content.get("trace"), 0, 10_000)
    return name, trace, _read_index(content.get("point")), _read_axis(content.get("x")), _read_axis(content.get("y"))


def _read_index(index: object) -> int | list[int] | None:
    if index is None:
        return None
    if isinstance(index, list) and len(index) <= 3:
        return [foreign.whole(part, 0, LARGEST_INDEX) for part in index]
    return foreign.whole(index, 0, LARGEST_INDEX)


def _read_axis(value: object) -> float | str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return foreign.text(value, LONGEST_COORDINATE)
    return foreign.number(value, -1e300, 1e300)
