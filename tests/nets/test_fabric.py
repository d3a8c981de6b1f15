"""One network trained by two processes: what one process finds, killed and gone on with."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nbutils.nets import fabric
from nbutils.nets.checkpoints import read_checkpoint
from nbutils.nets.crops import Part
from nbutils.nets.networks import Network, build
from nbutils.nets.schedules import Dropping
from tests.nets import in_processes
from tests.nets.in_processes import SMALL, TRAINING, Drawn, train_tiny
from tests.nets.tiny import are_equal, copy_parameters

ROOT = Path(__file__).parents[2]


def begin_two(checkpoint):
    """Train with two processes and return how that ended."""
    command = [sys.executable, "-m", "tests.nets.in_processes", str(checkpoint)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def test_two_processes_find_what_one_does(tmp_path):
    finished = begin_two(tmp_path / "two")
    assert finished.returncode == 0, finished.stderr
    network = build(SMALL, 3, 5)
    two, one = read_checkpoint(tmp_path / "two", network), train_tiny(tmp_path / "one")
    assert two.step == one.step == 6
    assert two.images == one.images == 48
    assert [point.step for point in two.points] == [3, 6]
    for found, wanted in zip(two.points, one.points, strict=True):
        assert found.accuracy == wanted.accuracy
        assert found.loss == pytest.approx(wanted.loss, rel=1e-5)
    first = build(SMALL, 3, 5).state_dict()
    for name, value in one.network.state_dict().items():
        torch.testing.assert_close(network.state_dict()[name], value, atol=1e-6, rtol=1e-4)
        assert torch.equal(first[name], value) == name.startswith("layers.0.")
    # Told to one of them, both have stopped after the same step, the first after which they look.
    assert read_checkpoint(tmp_path / "stopped", network).step == in_processes.SAVE_EVERY == 2


def test_one_process_goes_on_bit_for_bit(tmp_path, monkeypatch):
    whole = train_tiny(tmp_path / "whole")

    class Killed(Exception):  # noqa: N818
        pass

    def kill(*_):
        raise Killed

    monkeypatch.setattr(in_processes.os, "kill", kill)
    with pytest.raises(Killed):
        train_tiny(tmp_path / "part", 3)
    again = train_tiny(tmp_path / "part")
    assert are_equal(copy_parameters(again.network), copy_parameters(whole.network))
    assert again.points == whole.points
    assert train_tiny(tmp_path / "part").step == 6  # there is nothing left to do


def test_told_to_stop_it_ends_with_a_checkpoint_and_goes_on_bit_for_bit(tmp_path):
    whole = train_tiny(tmp_path / "whole")
    part = train_tiny(tmp_path / "part", stops=lambda: True)
    assert (part.step, part.finished) == (1, False)
    again = train_tiny(tmp_path / "part")
    assert again.images == whole.images == 48
    assert are_equal(copy_parameters(again.network), copy_parameters(whole.network))
    assert again.points == whole.points


def test_after_some_time_it_is_kept_whatever_the_step(tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(fabric, "TOLD_EVERY", 1)
    monkeypatch.setattr(fabric, "save_checkpoint", lambda _, snapshot: kept.append(snapshot.step))
    train_tiny(tmp_path / "none", save_every=100)
    assert kept == [6]
    monkeypatch.setattr(fabric, "SAVE_SECONDS", 0.0)
    train_tiny(tmp_path / "none", save_every=100)
    assert kept == [6, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("frozen", "inside"), [(0, {5, 6}), (6, set()), (7, {5})])
def test_outputs_of_frozen_layers_are_dropped_too(tmp_path, monkeypatch, frozen, inside):
    """In layer 7 what layer 6 gives is dropped, whether they learn or not; in kept prefixes it is not."""
    seen = []
    forward = Network.forward

    def watch(network, x, masks=None, first=0, last=8):
        if masks:
            seen.append(({place for place in masks if first <= place + 1 < last}, first, last))
        return forward(network, x, masks, first, last)

    monkeypatch.setattr(Network, "forward", watch)
    train_tiny(tmp_path / "none", training=replace(TRAINING, frozen=frozen, schedule=Dropping(0.01, 1, 1)))
    wanted = [(inside, 0, frozen)] if frozen else []
    assert seen == [*wanted, ({5, 6} - inside if frozen else {5, 6}, frozen, 8)]


def test_a_batch_that_cannot_be_shared_and_no_pictures_are_said(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="A step takes 64 pictures, there are 20"):
        train_tiny(tmp_path / "none", training=replace(TRAINING, batch=64))
    monkeypatch.setattr(in_processes, "Drawn", lambda count, seed: Drawn(count if seed == 1 else 0, seed))
    with pytest.raises(ValueError, match="no pictures to validate with"):
        train_tiny(tmp_path / "none")
    monkeypatch.setattr(fabric, "Part", lambda *_: Part(0, 3))
    monkeypatch.setattr(in_processes, "Drawn", Drawn)
    with pytest.raises(ValueError, match="3 processes cannot share a batch of 8"):
        train_tiny(tmp_path / "none")


def test_a_loss_that_is_no_number_is_a_sentence(tmp_path, monkeypatch):
    made = build(SMALL, 3, 5)
    with torch.no_grad():
        made.layers[7][1].bias.fill_(np.nan)
    monkeypatch.setattr(in_processes, "build", lambda *_: made)
    with pytest.raises(FloatingPointError, match="no number any more at step 2"):
        train_tiny(tmp_path / "nan")


def test_without_fabric_it_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightning_fabric", None)
    with pytest.raises(fabric.NoFabricError, match=r"pip install lightning-fabric==2\.6\.6"):
        fabric.launch()
