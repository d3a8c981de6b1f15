"""A family tree in one canvas: from all nodes at once down to one with its picture."""

from collections.abc import Callable, Mapping, Sequence

import anywidget
import numpy as np
import traitlets as T

from nbutils.figures import palette
from nbutils.widgets import foreign, page

MOST_NODES = 20_000
MOST_WANTED = 48
MOST_KINDS = 6
MOST_BYTES = 8_000_000
LONGEST_NAME = 120
# Grey for what is plain, then those of the categories that stand out on near-black.
COLOURS = [palette.CATEGORIES[index] for index in (3, 0, 1, 9, 6, 7)]


class Tree(anywidget.AnyWidget):
    """Nodes with a parent each, at places that were computed before; zoomed, moved and selected in the page.

    `selected` is the index of a node, -1 for none.
    """

    _esm = page.script("sight.js", "tree_forest.js", "tree_paint.js", "tree_view.js", "tree.js")
    _css = (page.HERE / "tree.css").read_text()
    _style = page.Style()
    alt = T.Unicode().tag(sync=True)
    empty = T.Unicode().tag(sync=True)
    height = T.Int(520).tag(sync=True)
    points = T.Bytes(b"").tag(sync=True)
    parents = T.Bytes(b"").tag(sync=True)
    kinds = T.Bytes(b"").tag(sync=True)
    kind_names = T.List(T.Unicode()).tag(sync=True)
    colours = T.List(T.Unicode(), COLOURS).tag(sync=True)
    names = T.Dict().tag(sync=True)
    noun = T.Unicode("node").tag(sync=True)
    forest = T.Int(0, help="counts the forests shown: what came for one before is not for this one").tag(sync=True)
    batch = T.Dict().tag(sync=True)
    pictures = T.Bytes(b"").tag(sync=True)
    selected = T.Int(-1).tag(sync=True)
    aim = T.Dict().tag(sync=True)
    visible = T.Bool(True).tag(sync=True)

    def __init__(self, alt: str, empty: str = "", noun: str = "node", height: int = 520) -> None:
        self._on_wanted: list[Callable[[tuple[int, ...]], object]] = []
        self._on_open: list[Callable[[int], object]] = []
        super().__init__(alt=alt, empty=empty, noun=noun, height=height)
        self.on_msg(self._receive)

    @property
    def number(self) -> int:
        """How many nodes there are."""
        return len(self.parents) // 4

    def show(
        self,
        points: np.ndarray,
        parents: np.ndarray,
        kinds: np.ndarray | None = None,
        kind_names: Sequence[str] = (),
        names: Mapping[int, str] | None = None,
    ) -> None:
        """Show these nodes in place of those before; the selection goes.

        points : (n, 2), float, x to the right and y down, neighbours about 1 apart
        parents : (n,), int, index of the parent, -1 for none
        kinds : (n,), uint8, index into kind_names; None: all 0
        names : what nodes are called, of those that have a name
        Raises ValueError for what is no forest.
        """
        points, parents = check_forest(points, parents)
        kinds = np.zeros(len(parents), np.uint8) if kinds is None else np.asarray(kinds)
        if kinds.shape != parents.shape or len(kind_names) > MOST_KINDS or (kinds.size and kinds.max() >= MOST_KINDS):
            raise ValueError(f"a tree has one kind a node, 0 to {MOST_KINDS - 1}, got {kinds.shape}.")
        with self.hold_sync():
            self.points, self.parents = points.tobytes(), parents.tobytes()
            self.kinds, self.kind_names = kinds.astype(np.uint8).tobytes(), [str(name) for name in kind_names]
            self.names = {str(int(node)): str(name)[:LONGEST_NAME] for node, name in (names or {}).items()}
            self.batch, self.pictures, self.selected, self.aim = {}, b"", -1, {}
            self.forest += 1

    def clear(self, why: str = "") -> None:
        """Take all nodes away; `why` says how to fill the tree."""
        self.empty = why or self.empty
        self.show(np.zeros((0, 2)), np.zeros(0, int))

    def give(self, pictures: Mapping[int, bytes]) -> None:
        """Give the page pictures (PNG) of nodes that it asked for; b"" says that there is none."""
        nodes = [int(node) for node in pictures if 0 <= node < self.number][:MOST_WANTED]
        data = [pictures[node] for node in nodes]
        if sum(map(len, data)) > MOST_BYTES:
            raise ValueError(f"pictures of a tree have at most {MOST_BYTES:,} bytes at a time.")
        with self.hold_sync():
            self.pictures = b"".join(data)
            self.batch = {
                "count": self.batch.get("count", 0) + 1,
                "forest": self.forest,
                "nodes": nodes,
                "bytes": [len(picture) for picture in data],
            }

    def go_to(self, node: int) -> None:
        """Select a node and bring it near."""
        self.selected = foreign.whole(node, 0, max(self.number - 1, 0))
        self.aim = {"count": self.aim.get("count", 0) + 1, "node": self.selected}

    def on_select(self, callback: Callable[[int], object]) -> None:
        """Call callback(node) when a node is selected."""
        self.observe(lambda change: callback(change["new"]) if change["new"] >= 0 else None, "selected")

    def on_open(self, callback: Callable[[int], object]) -> None:
        """Call callback(node) when a node is opened: Enter, or a double click."""
        self._on_open.append(callback)

    def on_wanted(self, callback: Callable[[tuple[int, ...]], object]) -> None:
        """Call callback(nodes) when pictures of these nodes could be seen: answer with give()."""
        self._on_wanted.append(callback)

    def set_state(self, sync_data: object) -> None:
        """Take from a page only the selection and whether the tree is seen."""
        super().set_state(
            foreign.accept(
                sync_data,
                selected=lambda value: foreign.whole(value, -1, self.number - 1),
                visible=foreign.flag,
            )
        )

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        kind = foreign.event(content)
        if kind not in ("wanted", "open") or content.get("forest") != self.forest:
            return
        nodes = clean_nodes(content.get("nodes"), self.number)
        callbacks = self._on_wanted if kind == "wanted" else self._on_open
        for callback in callbacks if nodes else ():
            callback(nodes if kind == "wanted" else nodes[0])


def clean_nodes(nodes: object, number: int) -> tuple[int, ...]:
    """Return those of the nodes that a page names which there are, once each, at most MOST_WANTED."""
    if not isinstance(nodes, list):
        return ()
    there = [node for node in nodes[:MOST_WANTED] if type(node) is int and 0 <= node < number]
    return tuple(dict.fromkeys(there))


def check_forest(points: np.ndarray, parents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (n, 2) float32 and (n,) int32; raise ValueError for what is no forest of finite places."""
    points, parents = np.asarray(points, np.float32), np.asarray(parents)
    if parents.ndim != 1 or points.shape != (len(parents), 2) or len(parents) > MOST_NODES:
        raise ValueError(
            f"a tree has places (n, 2) and parents (n,) of at most {MOST_NODES:,} nodes, "
            f"got {points.shape} and {parents.shape}."
        )
    if not np.isfinite(points).all():
        raise ValueError("the places of a tree are finite numbers.")
    if len(parents) and (parents.min() < -1 or parents.max() >= len(parents)):
        raise ValueError(f"a parent is the index of a node, 0 to {len(parents) - 1}, or -1.")
    return np.ascontiguousarray(points), np.ascontiguousarray(parents, np.int32)
