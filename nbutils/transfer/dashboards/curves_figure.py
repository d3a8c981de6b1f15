"""Figure 5.2 of the thesis with our runs: every network as a point, lines through the means, bands around them."""

from collections.abc import Collection, Sequence

from nbutils.figures.dots import Dots, Drawn, Frame, Ruler, draw_dots
from nbutils.figures.palette import ACCENT, INK
from nbutils.transfer import thesis
from nbutils.transfer.dashboards.styles import STYLES, THESIS
from nbutils.transfer.dashboards.telling import LESS, RIGHT, tell
from nbutils.transfer.halves import NATURE, Halves
from nbutils.transfer.records import LAYERS, Run
from nbutils.transfer.results import key_of
from nbutils.transfer.small import find_beside, load_small
from nbutils.transfer.summaries import Level, base_mean, fair_means, points
from nbutils.transfer.view import View

TICKS = {0: "0 (base)", **{n: str(n) for n in range(1, LAYERS)}}
EMPTY = "No network of these halves has been measured yet."
OWN = "own"
SPREAD = 0.16  # of the base networks to both sides of 0


def draw(
    runs: Sequence[Run],
    view: View,
    halves: Halves,
    own: Sequence[Run] = (),
    marks: Collection[int] = (),
    markable: bool = False,
) -> Drawn:
    """Return the figure; the key of a point is that of its run, "own 0" of the first run that was trained here.

    runs : the main runs of the halves
    marks : n that are marked; markable : whether they can be marked at the foot of the figure
    """
    found = points(runs, view.score, view.subtracted)
    base = base_mean(runs, view.score)
    groups = [
        _group(name, found[name], runs, view)
        for name in view.treatments
        if name in found and not (name == "base" and view.subtracted)
    ]
    groups += _own(own, runs, view, halves)
    rulers = []
    if base is not None and "base" in view.treatments:
        level, words = (0.0, "base") if view.subtracted else (base, f"base {base:.3f}")
        rulers.append(Ruler(level, words, INK, beside=True))
    if view.thesis:
        groups += _thesis_gaps(view, halves)
        rulers += _thesis_levels(view)
    frame = Frame(
        "n, the number of layers that are copied, or random",
        LESS if view.subtracted else RIGHT,
        ticks=TICKS,
        rulers=rulers,
        marked=sorted(marks),
        markable=range(1, LAYERS) if markable else (),
        selected=_find_selected(groups, view.run),
        remark="" if runs else EMPTY,
    )
    return draw_dots(groups, frame)


def _group(name: str, levels: dict[int, Level], runs: Sequence[Run], view: View) -> Dots:
    style = STYLES[name]
    dots = [
        (n + _shift(name, place, len(level.values)), value, run)
        for n, level in levels.items()
        for place, (value, run) in enumerate(zip(level.values, level.runs, strict=True))
    ]
    means = {} if name == "base" else fair_means(runs, name, view.score)
    less = base_mean(runs, view.score) or 0.0 if view.subtracted else 0.0
    return Dots(
        name,
        style.colour,
        style.marker,
        style.dash,
        x=tuple(x for x, _, _ in dots),
        y=tuple(y for _, y, _ in dots),
        keys=tuple(key_of(run.settings) for _, _, run in dots),
        notes=tuple(tell(run.settings) for _, _, run in dots),
        mean_x=tuple(means),
        mean=tuple(mean.mean - less for mean in means.values()),
        low=tuple(mean.mean - mean.error - less for mean in means.values()),
        high=tuple(mean.mean + mean.error - less for mean in means.values()),
    )


def _shift(name: str, place: int, count: int) -> float:
    """Return how far beside n a point stands: treatments beside each other, base networks spread out."""
    if name != "base" or count < 2:
        return STYLES[name].shift
    return SPREAD * (2 * place / (count - 1) - 1)


def _own(own: Sequence[Run], runs: Sequence[Run], view: View, halves: Halves) -> list[Dots]:
    """Return the runs that were trained on this page, as stars; a gap needs base networks trained in the same way.

    They stand at their last validation, whatever score is chosen: those before it took few of the test pictures.
    """
    shown = []
    for place, run in enumerate(own):
        base = base_mean(find_beside(run.settings, (*runs, *load_small()))) if view.subtracted else 0.0
        if halves.holds(run.settings) and base is not None:
            shown.append((place, run, run.score - base))
    if not shown:
        return []
    return [
        Dots(
            "trained here",
            ACCENT,
            "star",
            x=tuple(run.settings.n + 0.32 for _, run, _ in shown),
            y=tuple(value for _, _, value in shown),
            keys=tuple(f"{OWN} {place}" for place, _, _ in shown),
            notes=tuple(f"trained here: {tell(run.settings)}" for _, run, _ in shown),
            size=15,
        )
    ]


def _thesis_levels(view: View) -> list[Ruler]:
    if view.subtracted:
        return []
    half, whole = thesis.BASE_500.value, thesis.BASE_1000.value
    return [
        Ruler(half, f"thesis: 500 classes, {half:g}", THESIS, "dashdot", left=True),
        Ruler(whole, f"thesis: 1000 classes, {whole:g}", THESIS, "dashdot", left=True),
    ]


def _thesis_gaps(view: View, halves: Halves) -> list[Dots]:
    """Return what the text of the thesis says of the gaps of the treatments that are shown."""
    if not view.subtracted:
        return []
    dots = [_thesis_drop(halves)] if "AnB" in view.treatments else []
    if "AnB+" in view.treatments and halves.kind != NATURE:
        dots += [_thesis_boost(boost) for boost in thesis.TABLE_5_1]
    return dots


def _thesis_drop(halves: Halves) -> Dots:
    """Return what AnB loses by the last layer."""
    drop = find_drop(halves)
    at = "AnB at n = 7"
    return Dots(
        f"thesis: {at}",
        THESIS,
        "star-open",
        x=(LAYERS - 1,),
        y=(drop.value,),
        keys=("",),
        notes=(f"thesis, {drop.place}: {at}",),
        size=13,
    )


def _thesis_boost(boost: thesis.Boost) -> Dots:
    """Return what AnB+ gains on some layers, as a line over these."""
    return Dots(
        f"thesis: AnB+, mean of layers {boost.layers}",
        THESIS,
        dash="dot",
        mean_x=(boost.first, boost.last),
        mean=(boost.over_base, boost.over_base),
        marker="line-ns-open",
    )


def find_drop(halves: Halves) -> thesis.Given:
    """Return what AnB loses by the last layer in the thesis, between halves of this kind."""
    return thesis.DROP_DISSIMILAR if halves.kind == NATURE else thesis.DROP_SIMILAR


def _find_selected(groups: Sequence[Dots], key: str) -> tuple[float, float] | None:
    for group in groups:
        if key and key in group.keys:
            place = list(group.keys).index(key)
            return group.x[place], group.y[place]
    return None
