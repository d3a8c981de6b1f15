"""The thesis' own protocol on a folder of ImageNet: 227 pixels, 450,000 steps, one network on one or more cards.

Where it departs from the published files: one grey of 120 is taken from all three colours, not the mean picture;
colours come in the order red, green, blue, not the other way round; halves are drawn by another generator
(`splits.halve`) and so hold other classes; and random, frozen layers are tried on the half that is asked for, the
published ones on all 1000 classes, which split "all" with target "A" does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from nbutils import zoo
from nbutils.nets.crops import warped
from nbutils.nets.fabric import Material, train_in_processes
from nbutils.nets.networks import build
from nbutils.nets.plans import PLANS
from nbutils.nets.schedules import FAST, THESIS
from nbutils.nets.training import Snapshot, Training
from nbutils.runs.store import Store, version_of
from nbutils.transfer.records import RunSettings, to_json
from nbutils.transfer.running import NoBaseError, Prepared, copy_layers, describe, parameters_of, train_one
from nbutils.transfer.splits import at_most, halve
from nbutils.zoo.image_tree import EXPECTED

if TYPE_CHECKING:
    from lightning_fabric import Fabric

DATA, PLAN, BATCH = "imagenet", "alexnet_227", 256
SCHEDULES = {"thesis": THESIS, "fast": FAST}  # sections 5.6 and 5.7
VALIDATE_EVERY = 1000  # steps; the published files
WHOLE = "ILSVRC2012"


def make_settings(schedule: str = "thesis", **chosen: object) -> RunSettings:
    """Return the settings of a run of the thesis' protocol: `epochs` is what its steps are of the whole ILSVRC2012.

    schedule : "thesis" (section 5.6) or "fast" (section 5.7); chosen : split, target, treatment, n, per_class, seed
    Raises ValueError for what cannot be.
    """
    steps = SCHEDULES[schedule]
    epochs = round(steps.steps * BATCH / EXPECTED[WHOLE][0])
    common = {"data": DATA, "plan": PLAN, "batch": BATCH, "epochs": epochs, "rate": steps.start, "variants": 1}
    return RunSettings(**common | chosen)


@dataclass(frozen=True)
class Task:
    """One network to be trained, and on what.

    tree : of photographs, warped to the size that the plan of the settings wants; see `open_tree`
    precision : see `nets.training.Training`
    """

    settings: RunSettings
    tree: zoo.ImageFolder
    precision: str = "float32"

    @property
    def kept_as(self) -> dict:
        """Return what its result and its checkpoint are found by: with other pictures they are those of another."""
        tree = self.tree
        counts = {"classes": len(tree.nodes), "pictures": len(tree.train), "tested": len(tree.test)}
        return to_json(self.settings) | counts | {"listing": tree.digest(), "precision": self.precision}

    @property
    def base(self) -> "Task | None":
        """Return the task whose network this one copies layers of, None where it copies none."""
        return None if self.settings.base is None else replace(self, settings=self.settings.base)


def open_tree(folder: Path, settings: RunSettings, expect: str = "") -> zoo.ImageFolder:
    """Return the photographs of a folder as the plan of some settings takes them.

    expect : "ILSVRC2012" to have them counted; raises what `zoo.image_folder` raises
    """
    return zoo.image_folder(folder, warped(PLANS[settings.plan]), expect)


def train_whole(
    fabric: "Fabric", task: Task, runs: Path, workers: int, stops: Callable[[], bool] = lambda: False
) -> Iterator[Snapshot]:
    """Train the network of a task to the end and keep what was found, going on where it was left.

    runs : a folder that all processes see, for checkpoints, and in the end for the result
    workers, stops : see `nets.fabric`; where it is told to stop it ends with a checkpoint and without a result
    Nothing is yielded where the result is there already. Raises what `prepare` and `train_in_processes` raise.
    """
    store = Store(runs, version_of(train_one))
    if store.get(task.kept_as, only=()) is not None:
        return
    prepared, material = prepare(task, runs, workers)
    runs.mkdir(parents=True, exist_ok=True)
    checkpoint = store.path(task.kept_as, ".checkpoint")
    for snapshot in train_in_processes(fabric, prepared.network, material, prepared.training, checkpoint, stops=stops):
        yield snapshot
    if snapshot.finished and fabric.is_global_zero:
        result = describe(task.settings, prepared, snapshot, snapshot.seconds)
        store.put(task.kept_as, result.arrays, result.facts)
        checkpoint.unlink(missing_ok=True)


def count_days(snapshot: Snapshot, batch: int = BATCH) -> float:
    """Return how many days all steps of a training take at the pace it has had so far."""
    return snapshot.steps * batch / snapshot.images_per_s / 86_400 if snapshot.images else float("inf")


def prepare(task: Task, runs: Path, workers: int = 4) -> tuple[Prepared, Material]:
    """Return the network of a task before its first step, how it is trained, and the pictures.

    runs : where base networks lie and results go
    As in the published files the last layer has an output for every class of the folder, also for those of the other
    half. Raises ValueError for a folder without what is needed, NoBaseError where a base network is not there.
    """
    settings, tree, plan = task.settings, task.tree, PLANS[task.settings.plan]
    classes = np.array(halve(tree.nodes, settings.split)[settings.target == "B"], np.int64)
    pictures = choose(tree.train, classes, settings.per_class, settings.seed)
    network = build(plan, len(tree.nodes), settings.chance, settings.nonlinearity)
    if task.base is not None:
        copy_layers(read_base(task, runs), network, settings.n)
    schedule = next(one for one in SCHEDULES.values() if one.start == settings.rate)
    training = Training(settings.batch, schedule, VALIDATE_EVERY, settings.frozen, settings.chance, task.precision)
    return Prepared(network, None, None, training), Material(plan, pictures, choose(tree.test, classes), workers)


def read_base(task: Task, runs: Path) -> dict[str, Tensor]:
    """Return the parameters of the network that a task copies layers of.

    Raises NoBaseError where that network has not been trained on the same pictures with the same precision.
    """
    base = Store(runs, version_of(train_one)).get(task.base.kept_as)
    if base is None:
        raise NoBaseError(
            f"{task.settings.name} copies layers of {task.base.settings.name}, which has not been trained on these "
            f"pictures with {task.precision} in {runs} yet."
        )
    return parameters_of(base)


def choose(pictures: zoo.Pictures, classes: np.ndarray, per_class: int = 0, seed: int = 0) -> zoo.Pictures:
    """Return the pictures of some classes, labelled as before, at most `per_class` of each (0: all), see `at_most`."""
    places = np.flatnonzero(np.isin(pictures.labels, classes))
    if per_class:
        places = places[at_most(pictures.labels[places], per_class, seed)]
    return replace(pictures, files=tuple(pictures.files[at] for at in places), labels=pictures.labels[places])
