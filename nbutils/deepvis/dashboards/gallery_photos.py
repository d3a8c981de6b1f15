"""The photographs at both ends of a unit's answers: the strongest in a row, the weakest folded under them."""

from functools import partial

import ipywidgets as ipw

from nbutils import zoo
from nbutils.deepvis.best_crops import Crop, cut_best
from nbutils.deepvis.best_photos import BestPhotos
from nbutils.deepvis.dashboards import gallery_words as words
from nbutils.deepvis.dashboards.grids import Tile, grid
from nbutils.widgets import Turns
from nbutils.widgets.errors import ErrorLine, describe, guard
from nbutils.widgets.fold import Fold

SIDE_BY_SIDE = 9
STRONGEST, WEAKEST = "Strongest photographs", "Weakest photographs"
TOLD = "its answer, and how many photographs answer less"
NOT_SHIPPED = "The strongest photographs of this layer do not ship."


class PhotographsPane:
    """Cuts the photographs of one unit to what it sees of them; the weakest only while their fold is open."""

    def __init__(self, error: ErrorLine) -> None:
        self.strongest, self.weakest = ipw.HTML(), ipw.HTML()
        self.fold = Fold(WEAKEST, [self.weakest])
        self.fold.heading.note = TOLD
        self.box = ipw.VBox([self.strongest, self.fold]).add_class("dv-stack")
        self._network: zoo.Network | None = None
        self._best: BestPhotos | None = None
        self._shown: dict[str, list[Crop]] = {}
        self._cutting = {end: self._cut(end) for end in ("strongest", "weakest")}
        self.fold.heading.observe(guard(error)(lambda _change: self._begin("weakest")), "is_open")
        self.clear()

    def clear(self) -> None:
        """Show nothing, as for a unit without a picture."""
        self._best = None
        for cutting in self._cutting.values():
            cutting.drop()
        self.strongest.value = self.weakest.value = ""
        self.fold.layout.display = "none"

    def show(self, network: zoo.Network, best: BestPhotos | None) -> None:
        """Show a unit's photographs; None for one whose photographs do not ship."""
        self.clear()
        if best is None:
            self._tell("strongest", NOT_SHIPPED)
            return
        self._network, self._best = network, best
        self.fold.layout.display = None
        if best.has_good_example:
            self._begin("strongest")
        else:
            self._tell("strongest", words.no_example(best))
        self._begin("weakest")

    def _cut(self, end: str) -> Turns:
        return Turns(partial(self._show_crop, end), lambda error: self._tell(end, describe(error)))

    def _begin(self, end: str) -> None:
        """Begin with the photographs of one end, where they are seen."""
        if self._best is None or (end == "weakest" and not self.fold.heading.is_open):
            return
        self._shown[end] = []
        self._cutting[end].begin(cut_best(self._network, self._best, deconv=False, end=end))

    def _show_crop(self, end: str, crop: Crop) -> None:
        self._shown[end].append(crop)
        say = words.score if end == "strongest" else words.standing
        tiles = [Tile(one.seen, say(one.photo), f"{one.photo.name}, what the unit sees") for one in self._shown[end]]
        self._fill(end, f" <small>{TOLD}</small>", grid(tiles, SIDE_BY_SIDE))

    def _tell(self, end: str, sentence: str) -> None:
        self._fill(end, "", f"<p class='dv-quiet'>{words.escape(sentence)}</p>")

    def _fill(self, end: str, told: str, html: str) -> None:
        if end == "strongest":
            self.strongest.value = f"<h3>{STRONGEST}{told}</h3>{html}"
        else:
            self.weakest.value = html
