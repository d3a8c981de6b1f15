"""A small network drawn: nodes with their functions, links by the sign and size of their weights."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

import anywidget
import traitlets as T

from nbutils.figures import networks
from nbutils.figures.networks import DiagramLink, DiagramNode
from nbutils.widgets import foreign, page

LONGEST_LABEL = 60
PART = re.compile(r"(node|link) (\d{1,18})")
# The ends of the diverging table of figures/palette.py: positive, negative.
COLOURS = ("#b2182b", "#2166ac")

__all__ = ["Diagram", "DiagramLink", "DiagramNode"]


class Diagram(anywidget.AnyWidget):
    """A network: inputs below, outputs above; a click or keys select a node or a link.

    `selected` is "" or, with its number, "node 12" or "link 345". A table under the drawing holds all weights.
    """

    _esm = page.script("diagram_paint.js", "diagram.js")
    _css = (page.HERE / "diagram.css").read_text()
    _style = page.Style()
    label = T.Unicode().tag(sync=True)
    empty = T.Unicode().tag(sync=True)
    height = T.Int(420).tag(sync=True)
    colours = T.List(T.Unicode(), list(COLOURS)).tag(sync=True)
    drawing = T.Dict({"nodes": [], "links": [], "curves": {}}).tag(sync=True)
    selected = T.Unicode("").tag(sync=True)

    def __init__(self, label: str = "Network", empty: str = "", height: int = 420) -> None:
        self._on_select: list[Callable[[str], object]] = []
        super().__init__(label=label, empty=empty, height=height)

    def show(self, nodes: Sequence[DiagramNode], links: Sequence[DiagramLink], selected: str | None = None) -> None:
        """Show a network in place of the one before.

        selected : None keeps what is selected, where it is in the new network, too
        Raises ValueError, as a sentence, for what is no network that can be drawn.
        """
        layout = networks.lay_out(nodes, links)
        wanted = self.selected if selected is None else selected
        with self.hold_sync():
            self.drawing = {
                "nodes": [_node_row(node, name, layout) for node, name in zip(nodes, name_nodes(nodes), strict=True)],
                "links": [_link_row(link, layout) for link in links],
                "curves": {name: networks.draw_function(name) for name in sorted({node.function for node in nodes})},
            }
            self.selected = wanted if self._has(wanted) else ""

    def clear(self, why: str = "") -> None:
        """Take the network away; `why` says how to fill the place."""
        self.empty = why or self.empty
        self.show([], [])

    def on_select(self, callback: Callable[[str], object]) -> None:
        """Call callback("node 12"), callback("link 345") or callback("") when a person selects."""
        self._on_select.append(callback)

    def set_state(self, sync_data: object) -> None:
        """Take from a page only the selection of what is there."""
        before = self.selected
        super().set_state(foreign.accept(sync_data, selected=self._clean_selected))
        if self.selected != before:
            for callback in self._on_select:
                callback(self.selected)

    def _has(self, part: str) -> bool:
        kind, _, number = part.partition(" ")
        return any(str(row["number"]) == number for row in self.drawing.get(f"{kind}s", []))

    def _clean_selected(self, value: object) -> str:
        part = foreign.text(value, 30)
        if part and not (PART.fullmatch(part) and self._has(part)):
            raise ValueError("a node or a link of this diagram is wanted.")
        return part


def name_nodes(nodes: Sequence[DiagramNode]) -> list[str]:
    """Return what each node is called: its label, else its function, counted where several have the same."""
    counts = Counter(node.function for node in nodes if not node.label)
    met: Counter[str] = Counter()
    names = []
    for node in nodes:
        met[node.function] += not node.label
        number = f" {met[node.function]}" if counts[node.function] > 1 else ""
        names.append((node.label or f"{node.function or 'node'}{number}")[:LONGEST_LABEL])
    return names


def _node_row(node: DiagramNode, name: str, layout: networks.NetworkLayout) -> dict[str, object]:
    return {
        "number": node.number,
        "name": name,
        "kind": node.kind,
        "function": node.function[:LONGEST_LABEL],
        "at": list(layout.places[node.number]),
    }


def _link_row(link: DiagramLink, layout: networks.NetworkLayout) -> dict[str, object]:
    return {
        "number": link.number,
        "source": link.source,
        "target": link.target,
        "weight": float(link.weight),
        "enabled": bool(link.enabled),
        "backward": link.number in layout.backward,
        "route": [list(point) for point in layout.routes[link.number]],
    }
