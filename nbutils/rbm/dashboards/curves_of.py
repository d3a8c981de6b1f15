"""What a run that is followed gives to draw: its measures as curves over epochs, and marks where it was changed."""

from collections.abc import Callable, Mapping
from html import escape

from nbutils.boltzmann.fields import FIELDS
from nbutils.boltzmann.monitors import Measures
from nbutils.figures.curves import Curve, Mark
from nbutils.rbm.running import Followed

LONGEST_TITLE = 40

Read = Callable[[Measures], float]


def curves_of(
    followed: Followed,
    beside: Followed | None,
    reads: Mapping[str, Read],
    *,
    listed: bool = True,
    whole_epochs: bool = False,
) -> list[Curve]:
    """Return one curve for each name, and the same of the run beside it.

    reads : name -> the number of a point's measures
    whole_epochs : whether only what was measured at the end of an epoch is drawn
    listed : whether a legend names the curves, of several only those of this run; `tell_runs` says what the others are
    """
    made, alone = [], len(reads) == 1
    for run in [followed] if beside is None else [followed, beside]:
        points, other = [point for point in run.points if not whole_epochs or run.ends_epoch(point)], run is beside
        x = [point.update / run.updates_per_epoch for point in points]
        for slot, (name, read) in enumerate(reads.items()):
            y = [read(point.measures) for point in points]
            title = _name(name, run, alone) if other else name
            made.append(Curve(title, x, y, slot, other, listed and (alone or not other)))
    return made


def tell_runs(beside: Followed | None) -> str:
    """Return how two runs are told apart, as HTML; an empty text where there is but one."""
    if beside is None:
        return ""
    return f"<p class='dv-quiet'>Solid: this run. Dashed, with open markers: {escape(name_run(beside))}.</p>"


def name_run(run: Followed) -> str:
    """Return the title of a run, cut where it is long."""
    return run.title if len(run.title) <= LONGEST_TITLE else f"{run.title[: LONGEST_TITLE - 1]}…"


def marks_of(followed: Followed) -> list[Mark]:
    """Return a mark for each setting that was changed mid-run: where, and from what to what."""
    settings = followed.snapshot.settings
    before = {field: value for field, value in vars(settings).items() if field in FIELDS}
    marks = []
    for update, field, value in settings.changes:
        place = (update - 1) / followed.updates_per_epoch
        marks.append(Mark(place, f"{FIELDS[field].title} {before[field]:g} to {value:g}"))
        before[field] = value
    return marks


def _name(name: str, run: Followed, alone: bool) -> str:
    return name_run(run) if alone else f"{name}, {name_run(run)}"
