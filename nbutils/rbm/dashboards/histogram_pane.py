"""The second plot: histograms of the parameters and of their last updates, and whether the two fit each other."""

from math import isinf

import ipywidgets as ipw

from nbutils.figures.histograms import Histogram, draw_histograms
from nbutils.figures.palette import ACCENT, INK, MUTED, STALE
from nbutils.rbm.running import Followed, Point
from nbutils.rbm.thresholds import RATIO_BAND, RATIO_FROM_EPOCH, has_learned, tell_number
from nbutils.widgets import Board, switch

# In the order of the thesis' snippet (section 4.3.3), with its names.
NAMES = {
    "visible_bias": "vBias",
    "weights": "W",
    "hidden_bias": "hBias",
    "visible_bias_update": "dvBias",
    "weights_update": "dW",
    "hidden_bias_update": "dhBias",
}
HEADING = "<h3>2 Histograms</h3>"
LEGEND = "<p class='dv-quiet'>The parameters, and below them their last updates; mm is the mean magnitude.</p>"
EMPTY = "Press Start: six histograms appear here."
LOW, DONE, HIGH, LARGE, WELL = "rate too low", "small steps", "rate too high", "large steps", "in the band"
EARLY, NONE, STILL, DIVERGED = "too early", "no update", "stands still", "diverged"
MORE = {
    EARLY: f" to judge, ask after epoch {RATIO_FROM_EPOCH}",
    DONE: ", as it has learned what it will at this rate",
    LARGE: ": watch that nothing runs away",
}


class HistogramPane:
    """Six histograms, and the ratio of the weights to their last update in words."""

    def __init__(self) -> None:
        self._point: Point | None = None
        self._epoch = 0.0
        self.board = Board(columns=1, height=300, empty=EMPTY)
        self.log = switch("Logarithmic counts, which show thin tails", False)
        self.told = ipw.HTML()
        self.box = ipw.VBox([ipw.HTML(HEADING), ipw.HTML(LEGEND), self.board, self.told, self.log]).add_class(
            "dv-stack"
        )
        self.log.observe(lambda _change: self._draw(), "value")

    def show(self, followed: Followed, beside: Followed | None = None) -> None:
        """Show the newest histograms of a run; nothing is drawn anew while there are no newer ones."""
        point = followed.points[-1]
        if point is self._point:
            return
        self._point, self._epoch = point, point.update / followed.updates_per_epoch
        self._draw()

    def clear(self) -> None:
        """Take the histograms away."""
        self._point = None
        self.board.remove("histograms")
        self.told.value = ""

    def _draw(self) -> None:
        if self._point is None:
            return
        ratio = self._point.measures.ratio_weights
        if self._point.measures.finite:
            words, colour = judge_ratio(ratio, self._epoch, has_learned(self._point.measures))
        else:
            words, colour = DIVERGED, STALE
        figure, alt = draw_histograms(describe(self._point, words, colour), log=self.log.value)
        self.board.set("histograms", figure, alt)
        self.told.value = f"<p class='dv-numbers' style='color: {colour}'>{tell_ratio(ratio, words)}</p>"


def describe(point: Point, words: str, colour: str) -> list[Histogram]:
    """Return the six histograms with their titles; what is said of the ratio stands at the update of the weights."""
    magnitudes = point.measures.mean_magnitudes
    return [
        Histogram(
            title,
            *point.histograms[name],
            line=f"mm = {magnitudes[name]:.3g}",
            note=words if name == "weights_update" else "",
            colour=colour,
        )
        for name, title in NAMES.items()
    ]


def judge_ratio(ratio: float, epoch: float, learned: bool) -> tuple[str, str]:
    """Return what the ratio of the mean magnitudes of W and its last update tells, in few words, and a colour for it.

    The band is that of the thesis, section 4.3.3. In the first epochs a healthy run lies below it, too, and in its last
    ones above it.
    learned : whether its error is below that of the mean image
    """
    if ratio != ratio:
        return NONE, MUTED
    if epoch < RATIO_FROM_EPOCH:
        return EARLY, MUTED
    if isinf(ratio):
        return STILL, STALE
    if ratio < RATIO_BAND[0]:
        return (LARGE, MUTED) if learned else (HIGH, STALE)
    if ratio > RATIO_BAND[1]:
        return (DONE, MUTED) if learned else (LOW, STALE)
    return WELL, ACCENT


def tell_ratio(ratio: float, words: str) -> str:
    """Return the ratio with the band beside it, in a sentence of HTML."""
    if words == DIVERGED:
        return "W has values that are no finite numbers any more: training has <b>diverged</b>."
    if words == STILL:
        return "The last update changed no weight at all: W <b>stands still</b>."
    band = f"<span style='color: {INK}'>The band is {RATIO_BAND[0]:,} to {RATIO_BAND[1]:,}.</span>"
    if words == NONE:
        return f"W and its last update: there was <b>no update</b> yet. {band}"
    return f"W is <b>{tell_number(ratio)}</b> times its last update: <b>{words}</b>{MORE.get(words, '')}. {band}"
