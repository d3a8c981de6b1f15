"""What a run that is followed gives to draw: its measures as curves over epochs, and marks where it was changed."""

from collections.abc import Callable

from nbutils.boltzmann.fields import FIELDS
from nbutils.boltzmann.monitors import Measures
from nbutils.figures.curves import Curve, Mark
from nbutils.rbm.running import Followed

LONGEST_TITLE = 40

Read = Callable[[Measures], float]


def curves_of(followed: Followed, beside: Followed | None, reads: dict[str, Read]) -> list[Curve]:
    """Return one curve for each name, and the same of the run beside it.

    reads : name -> the number of a point's measures
    """
    runs = [followed] if beside is None else [followed, beside]
    several = len(reads) > 1
    made = []
    for run in runs:
        x = epochs_of(run)
        for slot, (name, read) in enumerate(reads.items()):
            title = _title(run, name, several, beside is not None)
            made.append(Curve(title, x, [read(point.measures) for point in run.points], slot, run is beside))
    return made


def epochs_of(followed: Followed) -> list[float]:
    """Return where each point lies, in epochs; within the first epoch between 0 and 1."""
    return [point.update / followed.updates_per_epoch for point in followed.points]


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


def _title(run: Followed, name: str, several: bool, compared: bool) -> str:
    if not compared:
        return name
    title = run.title[:LONGEST_TITLE]
    return f"{name}, {title}" if several else title
