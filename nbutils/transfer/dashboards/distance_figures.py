"""Figure 5.3: transfer between unlike halves, random layers, and both against random halves, less their base."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nbutils.figures.dots import Dots, Drawn, Frame, Ruler, draw_dots
from nbutils.figures.palette import CATEGORIES, INK
from nbutils.transfer import thesis
from nbutils.transfer.dashboards.curves_figure import TICKS
from nbutils.transfer.dashboards.styles import SIDES, STYLES, THESIS
from nbutils.transfer.dashboards.telling import LESS, RIGHT, tell, tell_split
from nbutils.transfer.halves import HALVES, NATURE, RANDOM, Halves
from nbutils.transfer.records import LAYERS, NONLINEARITIES, TARGETS, Run
from nbutils.transfer.results import key_of
from nbutils.transfer.splits import classes_of
from nbutils.transfer.summaries import (
    Level,
    average,
    chance_of,
    fair_means,
    luck_of,
    main_runs,
    mean_by_target,
    points,
    score_of,
)

COPIED, RANDOM_LAYERS, BOTH = "n, layers copied", "n, random layers", "n, layers copied or random"
UNLIKE = CATEGORIES[6]  # as the thesis' orange hexagons
HEXAGON = 11  # smaller ones look like circles
NO_NATURE = "These classes are not split by nature."


def find_unlike(runs: Sequence[Run], data: str) -> tuple[Halves | None, tuple[Run, ...]]:
    """Return the man-made / natural halves of some data and their main runs; None where there are no such halves."""
    halves = _halves(data, NATURE)
    return halves, main_runs(runs, halves) if halves else ()


def find_similar(runs: Sequence[Run], data: str) -> tuple[Run, ...]:
    """Return the main runs of random halves of some data."""
    halves = _halves(data, RANDOM)
    return main_runs(runs, halves) if halves else ()


def draw_unlike(runs: Sequence[Run], data: str, score: str, selected: str = "") -> Drawn:
    """Return the first panel: base and AnB between man-made and natural classes, a line for each target."""
    halves, main = find_unlike(runs, data)
    groups, means = [], mean_by_target(main, "AnB", score)
    for target in reversed(TARGETS):
        shown = [run for run in main if run.settings.target == target and run.settings.treatment in ("base", "AnB")]
        if not shown:
            continue
        name = f"to the {halves.sides[TARGETS.index(target)]} classes"
        groups.append(
            replace(
                _dots(name, SIDES[target], "hexagon", shown, score),
                size=HEXAGON,
                mean_x=tuple(means[target]),
                mean=tuple(mean.mean for mean in means[target].values()),
            )
        )
    remark = "" if main else NO_NATURE if halves is None else "Not measured yet."
    return draw_dots(groups, _frame("Between man-made and natural", (COPIED, RIGHT), groups, selected, remark=remark))


def _find_bent(runs: Sequence[Run], data: str) -> list[Run]:
    """Return base networks and those with random layers whose units are abs(tanh(x)), of random halves of some data."""
    return [
        run
        for run in runs
        if (run.settings.data, run.settings.split.partition("-")[0]) == (data, RANDOM)
        and run.settings.nonlinearity != NONLINEARITIES[0]
        and run.settings.treatment in ("base", "random")
    ]


def draw_random(runs: Sequence[Run], data: str, score: str, selected: str = "") -> Drawn:
    """Return the second panel: the first n layers random and frozen, with chance."""
    main = find_similar(runs, data)
    shown = [run for run in main if run.settings.treatment in ("base", "random")]
    groups = _random_groups(shown, "random layers, relu(x)", "random", score)
    groups += _random_groups(_find_bent(runs, data), "random layers, abs(tanh(x))", "BnB+", score)
    rulers = [Ruler(chance_of(shown[0].settings), "chance", INK)] if shown else []
    frame = _frame(
        "The first n layers random",
        (RANDOM_LAYERS, RIGHT),
        groups,
        selected,
        rulers,
        remark="" if groups else "Not measured yet.",
        legend="right",  # guessing lies in the lower left corner, and accuracy falls to the right
    )
    return draw_dots(groups, frame)


def draw_gaps(runs: Sequence[Run], data: str, score: str, with_thesis: bool, selected: str = "") -> Drawn:
    """Return the third panel: AnB of both kinds of halves and random layers, each less its own base, with bands."""
    similar = points(find_similar(runs, data), score, subtracted=True)
    _, unlike_runs = find_unlike(runs, data)
    unlike = points(unlike_runs, score, subtracted=True)
    style, random = STYLES["AnB"], STYLES["random"]
    groups = [
        _gaps("AnB, random halves", style.colour, style.marker, "solid", -0.1, similar.get("AnB", {})),
        replace(_gaps("AnB, man-made / natural", UNLIKE, "hexagon", "dash", 0.1, unlike.get("AnB", {})), size=HEXAGON),
        _gaps("random layers", random.colour, random.marker, random.dash, 0.0, similar.get("random", {})),
    ]
    groups = [group for group in groups if group.x]
    if with_thesis:
        groups += [_given("thesis, random halves", thesis.DROP_SIMILAR, "diamond-open")]
        groups += [_given("thesis, man-made / natural", thesis.DROP_DISSIMILAR, "hexagon-open")]
    rulers = [Ruler(0.0, "base", INK)] if groups else []
    frame = _frame(
        "All less their base", (BOTH, LESS), groups, selected, rulers, remark="" if groups else "Not measured yet."
    )
    return draw_dots(groups, frame)


def tell_gaps(runs: Sequence[Run], data: str, score: str) -> str:
    """Return in words what the last layer costs, near and far, and how random layers compare."""
    _, unlike_runs = find_unlike(runs, data)
    similar_runs = find_similar(runs, data)
    last = LAYERS - 1
    said = []
    for name, found, given in (
        ("between random halves", points(similar_runs, score, subtracted=True), thesis.DROP_SIMILAR),
        ("between man-made and natural", points(unlike_runs, score, subtracted=True), thesis.DROP_DISSIMILAR),
    ):
        if level := found.get("AnB", {}).get(last):
            count = level.mean.count
            said.append(
                f"{name} <b>{_points(level.mean.mean)}</b> its base ({count} network{'' if count == 1 else 's'}; the "
                f"thesis: {_points(given.value)})"
            )
    if not said:
        return ""
    return f"<p>AnB with all layers copied but the last, in percentage points: {'; '.join(said)}.</p>"


def tell_alike(runs: Sequence[Run], data: str) -> str:
    """Return which random halves are by chance nearly those by nature: all man-made classes lie in one of them."""
    if _halves(data, NATURE) is None:
        return ""
    made = set(classes_of(data, NATURE)[0])
    splits = sorted({run.settings.split for run in find_similar(runs, data)})
    alike = [split for split in splits if any(made <= set(half) for half in classes_of(data, split))]
    if not alike:
        return ""
    return (
        f"<p>Look out: by chance, {' and '.join(map(tell_split, alike))} have all man-made classes on one side. So "
        "these halves are hardly more alike than those by nature.</p>"
    )


def tell_bent(runs: Sequence[Run], data: str) -> str:
    """Return that the base networks of abs(tanh(x)) only guess, where they do: then nothing follows from their line."""
    bases = [run for run in _find_bent(runs, data) if run.settings.treatment == "base"]
    if not bases or any(run.score > chance_of(run.settings) + luck_of(run.settings) for run in bases):
        return ""
    return (
        f"<p>Look out: with abs(tanh(x)) the base itself only guesses, {bases[0].score:.3f}. It did not learn at the "
        "others' learning rate, so that its line says nothing of random layers.</p>"
    )


def _points(gap: float) -> str:
    return f"{100 * abs(gap):.1f} {'above' if gap > 0 else 'below'}"


def _halves(data: str, kind: str) -> Halves | None:
    return next((halves for halves in HALVES if (halves.data, halves.kind) == (data, kind)), None)


def _frame(
    title: str,
    axes: tuple[str, str],
    groups: Sequence[Dots],
    selected: str,
    rulers: Sequence[Ruler] = (),
    remark: str = "",
    legend: str = "left",
) -> Frame:
    return Frame(
        *axes,
        ticks=TICKS | {0: "base"},
        legend=legend if len(groups) > 1 else "",
        rulers=rulers,
        selected=_find(groups, selected),
        remark=remark,
        title=title,
    )


def _dots(name: str, colour: str, marker: str, runs: Sequence[Run], score: str) -> Dots:
    read = score_of(score)
    return Dots(
        name,
        colour,
        marker,
        x=tuple(run.settings.n for run in runs),
        y=tuple(read(run) for run in runs),
        keys=tuple(key_of(run.settings) for run in runs),
        notes=tuple(tell(run.settings) for run in runs),
    )


def _random_groups(runs: Sequence[Run], name: str, look: str, score: str) -> list[Dots]:
    if not any(run.settings.treatment == "random" for run in runs):
        return []
    style = STYLES[look]
    means = fair_means(runs, "random", score)
    line = {"mean_x": tuple(means), "mean": tuple(mean.mean for mean in means.values())}
    return [replace(_dots(name, style.colour, style.marker, runs, score), dash=style.dash, **line)]


def _gaps(name: str, colour: str, marker: str, dash: str, shift: float, levels: Mapping[int, Level]) -> Dots:
    dots = [(n + shift, y, run) for n, level in levels.items() for y, run in zip(level.values, level.runs, strict=True)]
    means = {0: average([0.0]), **{n: level.mean for n, level in levels.items()}}
    return Dots(
        name,
        colour,
        marker,
        dash,
        x=tuple(x for x, _, _ in dots),
        y=tuple(y for _, y, _ in dots),
        keys=tuple(key_of(run.settings) for _, _, run in dots),
        notes=tuple(tell(run.settings) for _, _, run in dots),
        mean_x=tuple(means),
        mean=tuple(mean.mean for mean in means.values()),
        low=tuple(mean.mean - mean.error for mean in means.values()),
        high=tuple(mean.mean + mean.error for mean in means.values()),
    )


def _given(name: str, given: thesis.Given, marker: str) -> Dots:
    notes = (f"{name}, {given.place}",)
    return Dots(name, THESIS, marker, x=(LAYERS - 1,), y=(given.value,), keys=("",), notes=notes, size=13)


def _find(groups: Sequence[Dots], key: str) -> tuple[float, float] | None:
    for group in groups:
        if key and key in group.keys:
            place = list(group.keys).index(key)
            return group.x[place], group.y[place]
    return None
