"""Ten classes of a dozen pictures in place of CIFAR-10, and runs on them that take a moment."""

from contextlib import contextmanager

import numpy as np
import pytest

from nbutils import zoo
from nbutils.runs.store import Store, version_of
from nbutils.transfer import running
from nbutils.transfer.records import RunSettings, to_json

CLASSES, EACH, TESTED = 10, 12, 4


def make_labelled(name="cifar10", each=EACH, tested=TESTED):
    """Pictures whose brightness tells their class."""
    chance = np.random.default_rng(0)
    parts = []
    for count in (each, tested):
        labels = np.tile(np.arange(CLASSES), count)
        noise = chance.integers(0, 60, (len(labels), 32, 32, 3))
        parts += [(noise + 19 * labels[:, None, None, None]).astype(np.uint8), labels]
    return zoo.Labelled(name, *parts, zoo.class_names("cifar10"))


@contextmanager
def read_tiny():
    """Let runs read these pictures until the block ends."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running, "_labelled", make_labelled)
        running._read_examples.cache_clear()
        yield
    running._read_examples.cache_clear()


def make_settings(**more):
    return RunSettings(**{"epochs": 2, "variants": 2, "batch": 16} | more)


def run(settings, folder):
    """Train a run and keep it, as a sweep does."""
    result = running.train_one(to_json(settings), folder)
    Store(folder, version_of(running.train_one)).put(to_json(settings), result.arrays, result.facts)
    return result


def find(settings, folder):
    """Return what was kept of a run."""
    return Store(folder, version_of(running.train_one)).get(to_json(settings))


def run_bases(folder, **more):
    return {target: run(make_settings(target=target, **more), folder) for target in "AB"}
