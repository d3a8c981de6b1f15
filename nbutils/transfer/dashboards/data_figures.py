"""Figure 5.4: how often networks are right by how many pictures of each class they had, linear and logarithmic."""

from collections.abc import Sequence

from nbutils.figures.dots import Dots, Drawn, Frame, Ruler, draw_dots
from nbutils.figures.palette import ACCENT, INK
from nbutils.transfer import thesis
from nbutils.transfer.dashboards.styles import THESIS
from nbutils.transfer.dashboards.telling import RIGHT, tell
from nbutils.transfer.results import key_of
from nbutils.transfer.summaries import Rung, chance_of

X = "pictures of each class to learn from"
EMPTY = "No network was trained on fewer pictures yet."
DECADES = {10.0**power: f"{10**power:,}" for power in range(5)}


def draw(rungs: Sequence[Rung], logarithmic: bool, with_thesis: bool, selected: str = "") -> Drawn:
    """Return the figure with linear or logarithmic axes.

    with_thesis : whether the points of Table 5.2 are drawn, too
    selected : the key of the run that is selected
    """
    groups = [_ours(rungs)] if rungs else []
    rulers = [Ruler(chance_of(rungs[0].runs[0].settings), "chance", INK)] if rungs else []
    if with_thesis:
        printed = thesis.TABLE_5_2[::-1]
        groups.append(
            Dots(
                "thesis",
                THESIS,
                "star",
                "dashdot",
                x=[point.per_class for point in printed],
                y=[point.accuracy for point in printed],
                keys=[""] * len(printed),
                notes=[f"thesis, {point.place}, {point.per_class} a class" for point in printed],
                mean_x=[point.per_class for point in printed],
                mean=[point.accuracy for point in printed],
            )
        )
        told = thesis.CAPTION_5_4
        groups.append(
            Dots(
                "thesis, caption",
                THESIS,
                "star-open",
                x=[point.per_class for point in told],
                y=[point.accuracy for point in told],
                keys=[""] * len(told),
                notes=[f"thesis, {point.place}, {point.per_class} a class" for point in told],
            )
        )
        rulers.append(Ruler(1 / thesis.CLASSES.value, "thesis: chance", THESIS))
    place = next(
        ((x, y) for group in groups for x, y, key in zip(group.x, group.y, group.keys, strict=True) if key == selected),
        None,
    )
    frame = Frame(
        X,
        RIGHT,
        ticks=DECADES if logarithmic else {},
        logarithmic_x=logarithmic,
        logarithmic_y=logarithmic,
        legend="above" if len(groups) > 1 else "",
        rulers=rulers,
        selected=place if selected else None,
        remark="" if groups else EMPTY,
        title="Logarithmic" if logarithmic else "Linear",
    )
    return draw_dots(groups, frame)


def tell_last(rungs: Sequence[Rung]) -> str:
    """Return in words how much the last step of the ladder brings, which tells how much there is to overfit."""
    if len(rungs) < 2:
        return ""
    before, last = rungs[-2:]
    rise = last.mean.mean - before.mean.mean
    given = thesis.LAST_RISE
    return (
        f"<p>The last step, from {before.per_class:,} to {last.per_class:,} pictures a class, brings {rise:+.4f}. "
        f"In the thesis, from 1,000 to 1,300, it brings {given.value:+.4f}: nearly flat. So its network hardly "
        "overfits, it says.</p>"
    )


def _ours(rungs: Sequence[Rung]) -> Dots:
    dots = [(rung.per_class, value, run) for rung in rungs for value, run in zip(rung.values, rung.runs, strict=True)]
    means = [(rung.per_class, rung.mean) for rung in rungs]
    return Dots(
        "measured here",
        ACCENT,
        x=tuple(x for x, _, _ in dots),
        y=tuple(y for _, y, _ in dots),
        keys=tuple(key_of(run.settings) for _, _, run in dots),
        notes=tuple(tell(run.settings) for _, _, run in dots),
        mean_x=tuple(x for x, _ in means),
        mean=tuple(mean.mean for _, mean in means),
        low=tuple(mean.mean - mean.error for _, mean in means),
        high=tuple(mean.mean + mean.error for _, mean in means),
    )
