"""What a machine learns from: the kind of examples, their settings, a file of one's own, and what was found in it."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as ipw

from nbutils.rbm import examples as sources
from nbutils.rbm.dashboards.live_controls import NEXT_START
from nbutils.rbm.examples import Examples, Source
from nbutils.rbm.own import read_own
from nbutils.rbm.own_files import SeveralArrays
from nbutils.widgets.controls import choice
from nbutils.widgets.errors import ErrorLine, guard
from nbutils.widgets.file_drop import FileDrop
from nbutils.widgets.fold import Fold

OWN = "own"
ENDINGS = (".npy", ".npz", ".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
TITLES = {
    "spheres": "spheres (thesis)",
    "mnist": "digits (MNIST)",
    "fashion_mnist": "clothes (Fashion-MNIST)",
    "patches": "patches of photographs",
}
OWN_HELP = "<p class='dv-quiet'>An array with one example a row (.npy, .npz), or all pictures of a folder at once.</p>"


class DataPane:
    """The choice of examples; `own` are a person's own, None where there are none.

    controls : of the settings of a source
    taken : taken(examples) is called when a file was read
    error : where it is said what is wrong with an array that was chosen
    """

    def __init__(
        self,
        controls: Sequence[ipw.Widget],
        taken: Callable[[Examples], object],
        own: Examples | None,
        error: ErrorLine,
    ) -> None:
        self.own, self._taken = own, taken
        self._made: tuple[Source, Examples] | None = None
        self.kind = choice("Learns from", self._offers())
        self._files: list[tuple[str, bytes]] = []  # of which one array has to be chosen
        self.drop = FileDrop("Open examples of your own", self._take, ENDINGS, several=True)
        self.array = choice("Array in the file", [("none", "")], "")
        self.array.layout.display = "none"
        self.findings = ipw.HTML()
        self.fold = Fold("Examples", [*controls, self.findings, self.drop, self.array, ipw.HTML(OWN_HELP)])
        self.fold.heading.note = NEXT_START
        read = guard(error)(self._read)
        self.array.observe(lambda change: change["new"] and read(self._files, change["new"]), "value")

    def show(self, source: Source, own: bool) -> None:
        """Bring the choice to a source, or to a person's own examples."""
        self.kind.offer(self._offers(), OWN if own else source.kind)
        if own:
            self._tell(self.own)
        elif self._made is not None and self._made[0] == source:
            self._tell(self._made[1])
        else:
            self.findings.value = ""

    def load(self, source: Source, own: bool) -> Examples:
        """Return the examples to learn from; those of the last source are kept."""
        if own:
            return self.own
        if self._made is None or self._made[0] != source:
            self._made = None  # lets the memory go before more is taken
            self._made = (source, sources.load(source))
        self._tell(self._made[1])
        return self._made[1]

    def _take(self, files: list[tuple[str, bytes]]) -> str:
        """Read what was opened; of several arrays one is asked for, where a choice then stands."""
        self._files = []
        self.array.layout.display = "none"
        try:
            return self._read(files, None)
        except SeveralArrays as error:
            self._files = files
            self.array.offer([("choose one", ""), *((name, name) for name in error.names)], "")
            self.array.layout.display = None
            return str(error)

    def _read(self, files: list[tuple[str, bytes]], array: str | None) -> str:
        self.own = read_own(files, array)
        self._taken(self.own)
        return f"{self.own.name}: {len(self.own.train):,} examples of {self.own.train.shape[1]:,} numbers. Press Start."

    def _offers(self) -> list[tuple[str, str]]:
        own = [(self.own.name, OWN)] if self.own is not None else []
        return [*((title, kind) for kind, title in TITLES.items()), *own]

    def _tell(self, examples: Examples) -> None:
        self.findings.value = "".join(f"<p class='dv-quiet'>{escape(finding)}</p>" for finding in examples.findings)
