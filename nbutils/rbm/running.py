"""A run of training with all that its plots are made of: measured now and then, kept, and gone on with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, log2

import numpy as np
from torch import Tensor

from nbutils.boltzmann import monitors
from nbutils.boltzmann.histograms import parameter_histograms
from nbutils.boltzmann.monitors import Measures, Watch
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import Snapshot, Steer, train
from nbutils.rbm.examples import Examples

# A point every 100 updates comes so soon after the last one that measuring all examples would take half of the time.
WATCHED_WITHIN_EPOCH = 200
IMAGES = 300  # of hidden probabilities that a page keeps of a run: 24 MB with 400 hidden units

NO_IMAGE = np.zeros((0, 0), np.float16)

Histograms = Mapping[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Point:
    """What was measured at one moment of a run; its image is empty where a run has too many to keep them all.

    epoch : how many epochs were finished; update : how many updates were made
    histograms : of each parameter and of its last update, (edges, counts)
    """

    epoch: int
    update: int
    measures: Measures
    histograms: Histograms

    @property
    def has_image(self) -> bool:
        """Whether the hidden probabilities were kept."""
        return self.measures.probabilities.size > 0


@dataclass(frozen=True, eq=False)
class Followed:
    """A run as far as it has come.

    points : before training, every 100 updates of the first epoch, and at the end of every epoch
    shape : of one example
    watch : the examples that it is measured on, of which points within an epoch see the first 200; None for a run that
        was stored
    """

    snapshot: Snapshot
    points: tuple[Point, ...]
    shape: tuple[int, ...]
    title: str
    watch: Watch | None = None

    @property
    def epochs(self) -> tuple[Measures, ...]:
        """What was measured before training and at the end of every epoch, so that the place is the epoch.

        A run whose parameters were no finite numbers any more ends with those.
        """
        return tuple(point.measures for point in self.points if self.ends_epoch(point) or not point.measures.finite)

    @property
    def updates_per_epoch(self) -> int:
        """How many updates an epoch is made of."""
        return self.snapshot.updates_per_epoch

    def ends_epoch(self, point: Point) -> bool:
        """Return whether a point lies before training or at the end of an epoch."""
        return point.update == point.epoch * self.updates_per_epoch


def follow(
    examples: Examples,
    settings: Training,
    start: Followed | None = None,
    steer: Steer | None = None,
    images: int | None = None,
) -> Iterator[Followed]:
    """Yield a run after at most a quarter of a second of training each; see `nbutils.boltzmann.training.train`.

    start : the run to go on with, as if it had never stopped
    steer : fields with the values that they are to have from the next update on
    images : of how many points the hidden probabilities are kept at most; None for all
    Raises what `train` raises.
    """
    watch = monitors.watch(examples.train, examples.valid, examples.shape)
    fewer = Watch(watch.train[:WATCHED_WITHIN_EPOCH], watch.valid[:WATCHED_WITHIN_EPOCH], watch.shape)
    followed = start
    for snapshot in train(examples.train, settings, None if start is None else start.snapshot, steer):
        points = () if followed is None else followed.points
        if snapshot.plot:
            # What flickers is told against the epoch before, also within the first one.
            before = None if followed is None else followed.epochs[-1]
            seen = fewer if snapshot.update % snapshot.updates_per_epoch else watch
            measures = monitors.measure(snapshot.machine, snapshot.last, seen, before, settings.seed)
            histograms = parameter_histograms(snapshot.machine, snapshot.last)
            points = thin((*points, Point(snapshot.epoch, snapshot.update, measures, histograms)), images)
        followed = Followed(snapshot, points, examples.shape, examples.name, watch)
        yield followed


def thin(points: tuple[Point, ...], images: int | None) -> tuple[Point, ...]:
    """Return the points with at most so many images, 2 or more, at even distances; the newest keeps its own."""
    if images is None or len(points) <= images:
        return points
    # A power of two, so that an image that was left out before would not be wanted now.
    stride, last = 2 ** ceil(log2((len(points) - 1) / (images - 1))), len(points) - 1
    return tuple(
        _without_image(point) if point.has_image and place % stride and place != last else point
        for place, point in enumerate(points)
    )


def _without_image(point: Point) -> Point:
    return replace(point, measures=replace(point.measures, probabilities=NO_IMAGE))


def check_fit(settings: Training, examples: Examples) -> None:
    """Raise ValueError, as a sentence, where a machine with these settings cannot learn from the examples."""
    if examples.gaussian and not settings.gaussian:
        raise ValueError(
            f"{examples.name} has numbers below 0 or above 1, and binary visible units hold 0 to 1: "
            "turn on Gaussian visible units."
        )


def count_updates(settings: Training, examples: int) -> int:
    """Return how many updates a whole run makes with that many examples."""
    return settings.epochs * (examples // settings.batch)


def curves_as_csv(points: Sequence[Point]) -> str:
    """Return a line of numbers for every point, with their names in the first line."""
    rows = [_flatten(point) for point in points]
    names = list(rows[0]) if rows else []
    lines = [",".join(names), *(",".join(f"{row[name]:.9g}" for name in names) for row in rows)]
    return "\n".join(lines) + "\n"


def _flatten(point: Point) -> dict[str, float]:
    """Return every number of a point by its name."""
    flat: dict[str, float] = {"epoch": point.epoch, "update": point.update}
    for name, value in vars(point.measures).items():
        if isinstance(value, Mapping):
            flat |= {f"{name}_{key}".replace(", ", "_").replace(" ", "_"): float(one) for key, one in value.items()}
        elif not isinstance(value, np.ndarray | Tensor):
            flat[name] = float(value)
    return flat
