"""Trainings that go on from a file: bit for bit, after a kill, and never from a damaged one."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from nbutils.nets import training as loop
from nbutils.nets.checkpoints import KEY, read_checkpoint, save_checkpoint
from nbutils.nets.examples import pass_through
from nbutils.nets.training import train
from tests.nets.tiny import DEVICES, are_equal, build_tiny, copy_parameters, last_of, make_tiny, make_training

ROOT = Path(__file__).parents[2]


def begin(device="cpu", frozen=0, start=None, steps=6, network=None, **more):
    network = network or build_tiny(device=device)
    examples, few = make_tiny(device=device), make_tiny(9, device=device)
    if frozen:
        examples, few = pass_through(network, examples, frozen), pass_through(network, few, frozen)
    return train(network, examples, few, make_training(steps, frozen, **more), start)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("frozen", [0, 3, 6])
@pytest.mark.parametrize("step", [1, 3, 5])
def test_a_training_goes_on_bit_for_bit(tmp_path, monkeypatch, device, frozen, step):
    monkeypatch.setattr(loop, "BEAT", 0.0)
    whole = last_of(begin(device, frozen))
    save_checkpoint(tmp_path / "held", next(one for one in begin(device, frozen) if one.step == step))
    network = build_tiny(device=device)
    held = read_checkpoint(tmp_path / "held", network)
    assert (held.network, held.step, held.finished) == (network, step, False)
    again = last_of(begin(device, frozen, held, network=network))
    assert are_equal(copy_parameters(again.network), copy_parameters(whole.network))
    assert are_equal(again.momentum, whole.momentum)
    assert again.points == whole.points
    assert again.images == whole.images


def test_the_scale_of_float16_is_gone_on_with(tmp_path):
    half = next(begin(precision="float16", batch=2, validate_every=1))
    save_checkpoint(tmp_path / "held", half)
    assert read_checkpoint(tmp_path / "held", build_tiny()).scaling == half.scaling
    assert half.scaling["scale"] > 1


LONG = """
import sys
from pathlib import Path
from nbutils.nets import training
from nbutils.nets.checkpoints import save_checkpoint
from tests.nets.test_checkpoints import begin
training.BEAT = 0.0
for snapshot in begin(steps=int(sys.argv[2])):
    save_checkpoint(Path(sys.argv[1]), snapshot)
"""


def test_a_killed_process_is_gone_on_for_bit_for_bit(tmp_path):
    steps, held = 400, tmp_path / "held"
    process = subprocess.Popen([sys.executable, "-c", LONG, str(held), str(steps)], cwd=ROOT)
    while not held.exists() and process.poll() is None:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    network = build_tiny()
    found = read_checkpoint(held, network)
    assert 0 < found.step < steps
    wanted = next(one for one in begin(steps=steps, validate_every=found.step) if one.step == found.step)
    assert are_equal(copy_parameters(network), copy_parameters(wanted.network))
    assert are_equal(found.momentum, wanted.momentum)


SCALING = torch.amp.GradScaler("cpu").state_dict()


def change(path, **told):
    """Write a checkpoint anew with other numbers."""
    with safe_open(path, "pt") as file:
        held, tensors = json.loads(file.metadata()[KEY]), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    save_file(tensors, path, {KEY: json.dumps(held | told)})


def cut(path):
    path.write_bytes(path.read_bytes()[:-1000])


def of_another_network(path):
    """All layers but the last fit: nothing of it may reach the network."""
    save_checkpoint(path, next(begin(network=build_tiny(1, classes=4))))


def with_other_momentum(path):
    save_checkpoint(path, replace(next(begin()), momentum={"layers.0.0.weight": torch.zeros(2)}))


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        of_another_network,
        with_other_momentum,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\x00" * 5000),
        lambda path: save_file({"network.x": torch.zeros(2)}, path),
        lambda path: change(path, version=0),
        lambda path: change(path, step="many"),
        lambda path: change(path, points=[{"step": 1}]),
        lambda path: change(path, points=[{"step": 1, "accuracy": None, "loss": 1}]),
        lambda path: change(path, points=7),
        lambda path: change(path, scaling=3),
        lambda path: change(path, scaling=None),
        lambda path: change(path, scaling={"scale": 2.0}),
        lambda path: change(path, scaling=SCALING | {"scale": "large"}),
        lambda path: change(path, scaling=SCALING | {"scale": float("nan")}),
        lambda path: change(path, scaling=SCALING | {"growth_interval": -1}),
    ],
)
def test_a_damaged_checkpoint_is_a_sentence_and_leaves_the_network_as_it_was(tmp_path, damage):
    held, network = tmp_path / "held", build_tiny()
    save_checkpoint(held, next(begin()))
    damage(held)
    before = copy_parameters(network)
    with pytest.raises(ValueError, match="The checkpoint held cannot be gone on from"):
        read_checkpoint(held, network)
    assert are_equal(copy_parameters(network), before)


def test_where_there_is_none_a_training_begins(tmp_path):
    assert read_checkpoint(tmp_path / "none", build_tiny()) is None
