"""The thesis' protocol on a folder like ImageNet's, with four classes and small pictures."""

import os
import signal
from dataclasses import replace
from multiprocessing import active_children, current_process
from shutil import copytree

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from nbutils.nets.fabric import launch
from nbutils.nets.schedules import FAST, THESIS, Dropping
from nbutils.runs.store import Store, version_of
from nbutils.transfer import imagenet, imagenet_command
from nbutils.transfer.imagenet import Task, choose, make_settings, open_tree, prepare, train_whole
from nbutils.transfer.imagenet_command import train
from nbutils.transfer.running import NoBaseError, train_one
from nbutils.zoo import image_tree

NODES = ("n01440764", "n01443537", "n02690373", "n02708093")  # tench, goldfish, airliner, analog clock
EACH, TESTED = 6, 3
MADE = make_settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    chance = np.random.default_rng(0)
    root = tmp_path_factory.mktemp("imagenet")
    for part, count in (("train", EACH), ("val", TESTED)):
        for place, node in enumerate(NODES):
            (root / part / node).mkdir(parents=True)
            for number in range(count):
                pixels = (chance.integers(0, 60, (30, 45, 3)) + 60 * place).astype(np.uint8)
                Image.fromarray(pixels).save(root / part / node / f"{number}.png")
    return root


@pytest.fixture
def short(monkeypatch):
    """Four steps of small pictures in place of 450,000."""
    monkeypatch.setattr(imagenet, "SCHEDULES", {"thesis": Dropping(0.01, 2, 4)})
    monkeypatch.setattr(imagenet, "VALIDATE_EVERY", 2)
    small = {"plan": "small_32", "batch": 4, "epochs": 1}
    monkeypatch.setattr(imagenet, "make_settings", lambda schedule="thesis", **chosen: MADE(schedule, **small | chosen))


def task(folder, settings, precision="float32"):
    return Task(settings, open_tree(folder, settings), precision)


def invoke(folder, out, *given):
    """Do as the command line does with small pictures that are not those of ILSVRC2012, read by this process."""
    told = ["transfer", str(folder), "--out", str(out), "--expect", "anything", "--workers", "0", *given]
    return CliRunner().invoke(train, told)


def test_the_protocol_is_the_thesis_own(folder, tmp_path):
    prepared, material = prepare(task(folder, make_settings()), tmp_path)
    training = prepared.training
    assert (training.batch, training.validate_every, training.schedule) == (256, 1000, THESIS)
    assert prepare(task(folder, make_settings("fast")), tmp_path)[0].training.schedule == FAST
    assert material.plan.name == "alexnet_227"
    assert material.pictures.read(0).shape == (256, 256, 3)
    assert [make_settings(name).epochs for name in ("thesis", "fast")] == [90, 40]
    assert prepared.network.layers[7][1].out_features == len(NODES)  # as published, also of the other half


def test_pictures_of_some_classes_keep_their_labels(folder, tmp_path):
    _, material = prepare(task(folder, make_settings(split="nature", target="A", per_class=2)), tmp_path)
    assert material.pictures.labels.tolist() == [2, 2, 3, 3]
    assert [file.split("/")[0] for file in material.pictures.files] == [NODES[2]] * 2 + [NODES[3]] * 2
    assert material.tested.labels.tolist() == [2] * TESTED + [3] * TESTED
    assert len(choose(material.pictures, np.array([0]))) == 0
    pictures = material.pictures
    drawn = {choose(replace(pictures, labels=pictures.labels * 0), np.array([0]), 1, seed).files for seed in range(9)}
    assert len(drawn) > 1


def test_a_base_is_trained_kept_and_copied_from(folder, tmp_path, short):
    fabric, store = launch("cpu"), Store(tmp_path, version_of(train_one))
    copy = task(folder, imagenet.make_settings(split="nature", treatment="AnB", n=3))
    with pytest.raises(NoBaseError, match="baseA, which has not been trained on these pictures with float32"):
        prepare(copy, tmp_path)
    for one in (copy.base, copy):
        seen = list(train_whole(fabric, one, tmp_path, 0))
        assert [point.step for point in seen[-1].points] == [2, 4]
        assert list(train_whole(fabric, one, tmp_path, 0)) == []
    base, found = (store.get(one.kept_as) for one in (copy.base, copy))
    assert np.array_equal(base.arrays["conv1"], found.arrays["conv1"])
    assert found.facts["score"] == seen[-1].points[-1].accuracy
    after = dict(seen[-1].network.named_parameters())
    stayed = [name for name in after if np.array_equal(after[name].detach().numpy(), base.arrays[name])]
    assert {int(name.split(".")[1]) for name in stayed} == {0, 1, 2}
    assert not list(tmp_path.glob("*.checkpoint"))
    with pytest.raises(NoBaseError, match="with float16"):
        prepare(replace(copy, precision="float16"), tmp_path)


def test_what_is_found_by_its_settings_was_trained_on_the_same_pictures_with_the_same_precision(folder, tmp_path):
    settings = make_settings()
    ours = task(folder, settings)
    other = tmp_path / "other"
    copytree(folder, other)
    assert task(other, settings).kept_as == ours.kept_as  # wherever they lie
    (other / "val" / NODES[0] / "0.png").rename(other / "val" / NODES[1] / "9.png")
    moved = task(other, settings).kept_as
    assert {name for name in moved if moved[name] != ours.kept_as[name]} == {"listing"}
    assert task(folder, settings, "float16").kept_as == ours.kept_as | {"precision": "float16"}
    assert (moved["classes"], moved["pictures"], moved["tested"]) == (4, 4 * EACH, 4 * TESTED)


def test_the_command_tells_where_it_stands(folder, tmp_path, short):
    done = invoke(folder, tmp_path, "--split", "nature")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "baseB, nature, on 1 process(es)."
    assert lines[1].startswith("step 2 of 4: ")
    assert "days for all; " in lines[1]
    assert lines[-1].startswith("Finished; the result lies in ")


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_with_a_checkpoint_and_the_same_line_goes_on(folder, tmp_path, short, monkeypatch, kind):
    """The signal comes twice, as from a cluster and from torchrun, and comes to those that read pictures as well."""
    tell = imagenet_command.tell

    def interrupt(snapshot):
        for process in (*active_children(), current_process()):
            os.kill(process.pid, kind)
        os.kill(os.getpid(), kind)
        return tell(snapshot)

    monkeypatch.setattr(imagenet_command, "tell", interrupt)
    stopped = invoke(folder, tmp_path, "--split", "nature", "--workers", "1")
    assert stopped.exit_code == 128 + kind, stopped.output
    assert stopped.output.splitlines()[-1] == "Stopped after step 3; the same line goes on from there."
    assert [path.suffix for path in tmp_path.iterdir()] == [".checkpoint"]
    monkeypatch.setattr(imagenet_command, "tell", tell)
    again = invoke(folder, tmp_path, "--split", "nature")
    assert [line.split(":")[0] for line in again.output.splitlines()[1:3]] == ["step 3 of 4", "step 4 of 4"]
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".npz"]


def test_the_whole_of_ilsvrc2012_is_counted_before_it_is_trained_on(folder, tmp_path, short, monkeypatch):
    given = ["transfer", str(folder), "--out", str(tmp_path), "--workers", "0"]
    done = CliRunner().invoke(train, given)
    assert done.exit_code == 1
    assert "1,281,167 pictures to train on, 50,000 to test with and 1,000 classes; here are 24 pictures" in done.output
    assert done.output.rstrip().endswith("For other pictures give --expect anything.")
    monkeypatch.setitem(image_tree.EXPECTED, "ILSVRC2012", (4 * EACH, 4 * TESTED, 4))
    assert "Finished" in CliRunner().invoke(train, given).output


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--treatment", "AnB"], "else 1 to 7; got 0"),
        (["--split", "thirds"], 'A split is "random-"'),
        (["--treatment", "AnB", "--n", "3"], "copies layers of baseA, which has not been trained"),
        (["--per-class", "1"], "A step takes 4 pictures, there are 2"),
    ],
)
def test_what_is_wrong_is_a_sentence(folder, tmp_path, short, given, sentence):
    done = invoke(folder, tmp_path, *given)
    assert done.exit_code == 1
    assert sentence in done.output


def test_without_pictures_to_validate_with_it_says_so(folder, tmp_path, short):
    assert 'put them into the folder "val"' in invoke(folder / "train", tmp_path).output
