"""Small runs of the training dashboard, how tests wait for them, and files that are dropped on it."""

import io
import time

import numpy as np
from PIL import Image

FEW = {"data_number": 1000, "data_grid": 4, "data_largest": 2.0, "hidden": 12, "batch": 10, "epochs": 3, "rate": 0.05}
LONG = FEW | {"epochs": 10_000}


def run(made, seconds=60):
    made.job.start()
    assert made.job.wait(seconds)
    assert (made.job.state, made.job.error.sentence, made.error.sentence) == ("done", "", "")


def rest(made):
    made.job.stop()
    assert made.job.wait(60)


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def spread(number=300, width=9, seed=0):
    """Numbers below 0 and above 1, as the bytes of a .npy file."""
    file = io.BytesIO()
    np.save(file, np.random.default_rng(seed).normal(size=(number, width)).astype(np.float32))
    return file.getvalue()


def picture(seed):
    """A small picture of noise, as the bytes of a PNG file."""
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (30, 40, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


def drop(made, **files):
    names = [name.replace("_", ".") for name in files]
    made.data.drop._receive(None, {"event": "files", "names": names}, list(files.values()))
    return made.data.drop.report
