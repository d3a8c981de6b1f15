"""The thesis' own protocol on a folder of ImageNet: 227 pixels, 450,000 steps, one network on one or more cards."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nbutils import zoo
from nbutils.nets.crops import warped
from nbutils.nets.fabric import SAVE_EVERY, Material, train_in_processes
from nbutils.nets.networks import build
from nbutils.nets.plans import PLANS
from nbutils.nets.schedules import FAST, THESIS
from nbutils.nets.training import Snapshot, Training
from nbutils.runs.store import Store, version_of
from nbutils.transfer.records import RunSettings, to_json
from nbutils.transfer.running import Prepared, copy_layers, describe, read_base, train_one
from nbutils.transfer.splits import at_most
from nbutils.zoo.wordnet import man_made_or_natural

if TYPE_CHECKING:
    from lightning_fabric import Fabric

DATA, PLAN, BATCH = "imagenet", "alexnet_227", 256
SCHEDULES = {"thesis": THESIS, "fast": FAST}  # sections 5.6 and 5.7
VALIDATE_EVERY = 1000  # steps; the published files
_RANDOM = re.compile(r"random-(\d{1,9})", re.ASCII)


def make_settings(schedule: str = "thesis", **chosen: object) -> RunSettings:
    """Return the settings of a run of the thesis' protocol: `epochs` is what its steps are of the whole ILSVRC2012.

    schedule : "thesis" (section 5.6) or "fast" (section 5.7); chosen : split, target, treatment, n, per_class, seed
    Raises ValueError for what cannot be.
    """
    steps = SCHEDULES[schedule]
    epochs = round(steps.steps * BATCH / 1_281_167)
    common = {"data": DATA, "plan": PLAN, "batch": BATCH, "epochs": epochs, "rate": steps.start, "variants": 1}
    return RunSettings(**common | chosen)


def train_whole(
    fabric: "Fabric", settings: RunSettings, folder: Path, runs: Path, workers: int, precision: str
) -> Iterator[Snapshot]:
    """Train the network of some settings to the end and keep what was found, going on where it was left.

    runs : a folder that all processes see; a checkpoint lies there every 10,000 steps, and in the end the result
    Nothing is yielded where the result is there already. Raises what `prepare` and `train_in_processes` raise.
    """
    store = Store(runs, version_of(train_one))
    if store.get(to_json(settings), only=()) is not None:
        return
    prepared, material = prepare(settings, folder, runs, workers, precision)
    runs.mkdir(parents=True, exist_ok=True)
    checkpoint = store.path(to_json(settings), ".checkpoint")
    for snapshot in train_in_processes(fabric, prepared.network, material, prepared.training, checkpoint, SAVE_EVERY):
        yield snapshot
    if fabric.is_global_zero:
        result = describe(settings, prepared, snapshot, snapshot.seconds)
        store.put(to_json(settings), result.arrays, result.facts)
        checkpoint.unlink(missing_ok=True)


def count_days(snapshot: Snapshot, batch: int = BATCH) -> float:
    """Return how many days all steps of a training take at the pace it has had so far."""
    return snapshot.steps * batch / snapshot.images_per_s / 86_400 if snapshot.images else float("inf")


def halve(nodes: Sequence[str], split: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the classes A and of the classes B, each in order, among nodes of WordNet.

    split : "random-S", "nature" (man-made and natural, section 5.8), or "all", where B is empty; for ImageNet's 1000
        nodes these are the halves of `splits.classes_of`
    Raises ValueError for another split and for nodes of which nobody knows whether people made them.
    """
    places = np.arange(len(nodes))
    drawn = _RANDOM.fullmatch(split)
    if drawn:
        order = np.random.default_rng(int(drawn[1])).permutation(len(nodes))
        return np.sort(order[: len(nodes) // 2]), np.sort(order[len(nodes) // 2 :])
    if split == "all":
        return places, places[:0]
    if split != "nature":
        raise ValueError(f'A split is "random-" with a seed such as random-0, "nature" or "all"; got {split[:40]!r}.')
    kinds = man_made_or_natural()
    unknown = [node for node in nodes if node not in kinds]
    if unknown:
        raise ValueError(f'The split "nature" is for classes of ImageNet; {unknown[0][:40]!r} is none.')
    made = np.array([kinds[node] == "man-made" for node in nodes])
    return places[made], places[~made]


def prepare(
    settings: RunSettings, folder: Path, runs: Path, workers: int = 4, precision: str = "float32"
) -> tuple[Prepared, Material]:
    """Return the network of some settings before its first step, how it is trained, and the pictures.

    folder : of photographs, see `zoo.image_folder`; runs : where base networks lie and results go
    As in the published files the last layer has an output for every class of the folder, also for those of the other
    half. Raises ValueError for a folder without what is needed, NoBaseError where a base network is not there.
    """
    plan = PLANS[settings.plan]
    tree = zoo.image_folder(folder, warped(plan))
    classes = halve(tree.nodes, settings.split)[settings.target == "B"]
    pictures, tested = choose(tree.train, classes, settings.per_class), choose(tree.test, classes)
    network = build(plan, len(tree.nodes), settings.chance, settings.nonlinearity)
    if settings.base is not None:
        copy_layers(read_base(settings, runs), network, settings.n)
    schedule = next(one for one in SCHEDULES.values() if one.start == settings.rate)
    training = Training(settings.batch, schedule, VALIDATE_EVERY, settings.frozen, settings.chance, precision)
    return Prepared(network, None, None, training), Material(plan, pictures, tested, workers)


def choose(pictures: zoo.Pictures, classes: np.ndarray, per_class: int = 0) -> zoo.Pictures:
    """Return the pictures of some classes, at most `per_class` of each (0: all), labelled as before."""
    places = np.flatnonzero(np.isin(pictures.labels, classes))
    if per_class:
        places = places[at_most(pictures.labels[places], per_class)]
    return replace(pictures, files=tuple(pictures.files[at] for at in places), labels=pictures.labels[places])
