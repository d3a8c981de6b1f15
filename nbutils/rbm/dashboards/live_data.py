"""What a machine learns from: the kind of examples, their settings, a file of one's own, and what was found in it."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as ipw

from nbutils.rbm import examples as sources
from nbutils.rbm.examples import Examples, Source
from nbutils.rbm.own import read_own
from nbutils.widgets.controls import choice
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
OWN_HELP = (
    "<p class='dv-quiet'>A file of numbers (.npy, .npz), one example a row, or pictures in a .zip; it stays in "
    "this page's memory.</p>"
)


class DataPane:
    """The choice of examples; `own` are a person's own, None where there are none.

    controls : of the settings of a source
    taken : taken(examples) is called when a file was read
    """

    def __init__(
        self, controls: Sequence[ipw.Widget], taken: Callable[[Examples], object], own: Examples | None
    ) -> None:
        self.own, self._taken = own, taken
        self._made: tuple[Source, Examples] | None = None
        self.kind = choice("Learns from", self._offers())
        self.drop = FileDrop("Open examples of your own", self._take, ENDINGS)
        self.findings = ipw.HTML()
        self.fold = Fold("Examples", [*controls, self.findings, self.drop, ipw.HTML(OWN_HELP)])
        self.fold.heading.note = "from the next Start"

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

    def _take(self, name: str, data: bytes) -> str:
        found = read_own([(name, data)])
        self.own = found
        self._taken(found)
        return f"{name}: {len(found.train):,} examples of {found.train.shape[1]:,} numbers. Press Start."

    def _offers(self) -> list[tuple[str, str]]:
        own = [(self.own.name, OWN)] if self.own is not None else []
        return [*((title, kind) for kind, title in TITLES.items()), *own]

    def _tell(self, examples: Examples) -> None:
        self.findings.value = "".join(f"<p class='dv-quiet'>{escape(finding)}</p>" for finding in examples.findings)
