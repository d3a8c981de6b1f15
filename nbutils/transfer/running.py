"""One run: a network is built, layers are copied into it, and what does not stay frozen learns."""

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from nbutils import zoo
from nbutils.nets.checkpoints import read_checkpoint, save_checkpoint
from nbutils.nets.examples import Examples, make_examples, pass_through
from nbutils.nets.networks import Network, build
from nbutils.nets.plans import PLANS
from nbutils.nets.schedules import OneCycle
from nbutils.nets.training import Snapshot, Training, train
from nbutils.runs.records import name_processor
from nbutils.runs.store import Result, Store, version_of
from nbutils.transfer.records import RunSettings, from_json, to_json
from nbutils.transfer.splits import at_most, classes_of

VERSION = 1
VALIDATIONS = 2  # in a pass through all examples
BEST = 10  # validations whose mean the thesis reports
MOST_KEPT = 2_000_000_000  # bytes of what a frozen prefix gives; where it is more the prefix runs in every step
BETWEEN_CHECKPOINTS = 60.0  # seconds


class NoBaseError(ValueError):
    """A run cannot begin, as the network that it copies from is not there; the text says which."""


@dataclass(frozen=True)
class Prepared:
    """All that a training takes: `train(**vars(prepared))`."""

    network: Network
    examples: Examples
    validation: Examples
    training: Training


def train_one(settings: Mapping[str, object], folder: Path | str) -> Result:
    """Train the network of some settings to the end, going on where a killed process left it.

    folder : of the runs, where the base networks lie
    The result's arrays: epochs, accuracy, loss (k,), conv1 (filters, channels, y, x), and all parameters of a base.
    Raises NoBaseError, zoo.Unavailable and FloatingPointError.
    """
    wanted = from_json(settings)
    began = time.perf_counter()
    prepared = prepare(wanted, Path(folder))
    checkpoint = Path(folder) / f"{Store(Path(folder), version_of(train_one)).key(settings)}.checkpoint"
    kept = time.monotonic()
    for snapshot in train(**vars(prepared), start=read_start(checkpoint, prepared.network)):
        if time.monotonic() - kept > BETWEEN_CHECKPOINTS and not snapshot.finished:
            save_checkpoint(checkpoint, snapshot)
            kept = time.monotonic()
    checkpoint.unlink(missing_ok=True)
    return describe(wanted, prepared, snapshot, time.perf_counter() - began)


def follow(settings: RunSettings, folder: Path | str, start: Snapshot | None = None) -> Iterator[Snapshot]:
    """Train the network of some settings and yield where it stands, for whoever looks on.

    folder : where the base networks lie; raises what `train_one` raises
    """
    yield from train(**vars(prepare(settings, Path(folder))), start=start)


def prepare(settings: RunSettings, folder: Path) -> Prepared:
    """Return the network of some settings before its first step, and what it learns from.

    What frozen layers give is computed here, once for every version of every picture. Raises NoBaseError.
    """
    return keep_prefix(settings, begin(settings, read_base(settings, folder) if settings.base else {}))


def keep_prefix(settings: RunSettings, prepared: Prepared, most: float | None = None) -> Prepared:
    """Return what is learned from as the frozen layers answer to it, where they are frozen and it fits into memory.

    most : bytes that it may take; None is MOST_KEPT
    """
    network, examples = prepared.network, prepared.examples
    if not keeps_prefix(settings, network, examples, most):
        return prepared
    given = [pass_through(network, one, settings.frozen) for one in (examples, prepared.validation)]
    return replace(prepared, examples=given[0], validation=given[1])


def begin(settings: RunSettings, parameters: Mapping[str, torch.Tensor]) -> Prepared:
    """Return the network of some settings before its first step, and the pictures that it learns from.

    parameters : of the network that it copies layers of, by their names; not asked for where it copies none
    """
    examples, validation, full = _read_examples(*name_pictures(settings))
    network = build(PLANS[settings.plan], _count_classes(settings), settings.chance, settings.nonlinearity)
    if settings.base is not None:
        copy_layers(parameters, network, settings.n)
    per_pass = max(1, full // settings.batch)
    schedule = OneCycle(settings.rate, settings.epochs * per_pass)
    training = Training(settings.batch, schedule, max(1, per_pass // VALIDATIONS), settings.frozen, settings.chance)
    return Prepared(network, examples, validation, training)


def name_pictures(settings: RunSettings) -> tuple[str, str, str, int, int, int, str]:
    """Return what tells the pictures of a run from those of others: runs for which it is the same share them."""
    fields = (settings.data, settings.split, settings.target, settings.per_class, settings.variants, settings.seed)
    return *fields, settings.plan


def keeps_prefix(settings: RunSettings, network: Network, examples: Examples, most: float | None = None) -> bool:
    """Return whether layers are frozen, and what they give for all versions of all examples fits into memory."""
    return bool(settings.frozen) and _bytes_kept(network, examples, settings.frozen) <= (
        MOST_KEPT if most is None else most
    )


def read_base(settings: RunSettings, folder: Path) -> dict[str, torch.Tensor]:
    """Return the parameters of the network that a run copies layers of, as the store holds them.

    Raises NoBaseError where that network has not been trained.
    """
    base = settings.base
    result = Store(folder, version_of(train_one)).get(to_json(base))
    if result is None:
        raise NoBaseError(f"{settings.name} copies layers of {base.name}, which has not been trained in {folder} yet.")
    return parameters_of(result)


def parameters_of(base: Result) -> dict[str, torch.Tensor]:
    """Return the parameters of a base network among what a store holds of it."""
    return {name: torch.from_numpy(value) for name, value in base.arrays.items() if name.startswith("layers.")}


def copy_layers(parameters: Mapping[str, torch.Tensor], network: Network, count: int) -> None:
    """Put the first layers of another network into this one."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if int(name.split(".")[1]) < count:
                parameter.copy_(parameters[name])


def describe(settings: RunSettings, prepared: Prepared, last: Snapshot, seconds: float) -> Result:
    """Return what a training that has ended found."""
    accuracy = np.array([point.accuracy for point in last.points], np.float32)
    per_pass = prepared.training.schedule.steps / settings.epochs
    parameters = {name: value.detach().cpu().numpy() for name, value in last.network.named_parameters()}
    arrays = {
        "epochs": np.array([point.step / per_pass for point in last.points], np.float32),
        "accuracy": accuracy,
        "loss": np.array([point.loss for point in last.points], np.float32),
        "conv1": parameters[next(iter(parameters))],
    }
    facts = {
        "score": float(accuracy[-1]),
        "best_ten": float(np.sort(accuracy)[-BEST:].mean()),
        "seconds": seconds,
        "images_per_s": last.images_per_s,
        "hardware": _name_hardware(last.network, prepared.training.precision),
        "precision": prepared.training.precision,
        "version": f"{version('nbutils')}, training {VERSION}",
        "date": datetime.now(UTC).date().isoformat(),
    }
    return Result(arrays | (parameters if settings.treatment == "base" else {}), facts)


@lru_cache(maxsize=1)
def _read_examples(
    name: str, split: str, target: str, per_class: int, variants: int, seed: int, plan: str
) -> tuple[Examples, Examples, int]:
    """Return examples, validation, and how many examples there would be with all of every class."""
    data = _labelled(name)
    classes = np.array(classes_of(name, split)[target == "B"])
    images, labels = _choose(data.images, data.labels, classes)
    full = len(labels)
    if per_class:
        places = at_most(labels, per_class, seed)
        images, labels = images[places], labels[places]
    examples = make_examples(images, labels, PLANS[plan], variants, seed)
    return examples, make_examples(*_choose(data.test_images, data.test_labels, classes), PLANS[plan]), full


def _name_hardware(network: Network, precision: str) -> str:
    device = next(network.parameters()).device
    if device.type == "cuda":
        return ", ".join([torch.cuda.get_device_name(device), *([precision] if precision != "float32" else [])])
    return f"{name_processor()}, {torch.get_num_threads()} thread(s)"


def _choose(images: np.ndarray, labels: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of some classes, labelled by the place of their class among these."""
    chosen = np.isin(labels, classes)
    return images[chosen], np.searchsorted(classes, labels[chosen])


@lru_cache(maxsize=1)
def _labelled(name: str) -> zoo.Labelled:
    return zoo.labelled(name)


def _count_classes(settings: RunSettings) -> int:
    return len(classes_of(settings.data, settings.split)[settings.target == "B"])


def _bytes_kept(network: Network, examples: Examples, layers: int) -> int:
    """Return how much memory it takes to keep what the first layers give for all versions of all examples."""
    with torch.no_grad():
        given = network(examples.take(torch.zeros(1, dtype=torch.int64, device=examples.inputs.device)), last=layers)
    return given.numel() * given.element_size() * len(examples.inputs)


def read_start(path: Path, network: Network) -> Snapshot | None:
    """Return where a killed process left this training; a damaged file is left for a beginning from the start."""
    with suppress(ValueError):
        return read_checkpoint(path, network)
    return None
