"""The thesis' protocol on a folder like ImageNet's, with four classes and small pictures."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from nbutils.nets.fabric import launch
from nbutils.nets.schedules import FAST, THESIS, Dropping
from nbutils.runs.store import Store, version_of
from nbutils.transfer import imagenet
from nbutils.transfer.imagenet import choose, halve, make_settings, prepare, train_whole
from nbutils.transfer.imagenet_command import train
from nbutils.transfer.records import to_json
from nbutils.transfer.running import NoBaseError, train_one
from nbutils.transfer.splits import classes_of
from nbutils.zoo.wordnet import class_nodes, man_made_or_natural

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


def test_the_protocol_is_the_thesis_own(folder, tmp_path):
    prepared, material = prepare(make_settings(), folder, tmp_path)
    training = prepared.training
    assert (training.batch, training.validate_every, training.schedule) == (256, 1000, THESIS)
    assert prepare(make_settings("fast"), folder, tmp_path)[0].training.schedule == FAST
    assert material.plan.name == "alexnet_227"
    assert material.pictures.read(0).shape == (256, 256, 3)
    assert [make_settings(name).epochs for name in ("thesis", "fast")] == [90, 40]
    assert prepared.network.layers[7][1].out_features == len(NODES)  # as published, also of the other half


@pytest.mark.parametrize("split", ["random-0", "random-3", "nature", "all"])
def test_halves_of_the_thousand_are_those_of_the_chapter(split):
    found = halve(class_nodes(), split)
    assert [tuple(one.tolist()) for one in found] == list(classes_of("imagenet", split))


def test_halves_of_other_folders():
    kinds = [man_made_or_natural()[node] for node in NODES]
    assert kinds == ["natural", "natural", "man-made", "man-made"]
    assert [one.tolist() for one in halve(NODES, "nature")] == [[2, 3], [0, 1]]
    first, second = halve(NODES, "random-1")
    assert sorted([*first, *second]) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="'cats' is none"):
        halve(("cats",), "nature")
    with pytest.raises(ValueError, match='A split is "random-"'):
        halve(NODES, "thirds")


def test_pictures_of_some_classes_keep_their_labels(folder, tmp_path):
    _, material = prepare(make_settings(split="nature", target="A", per_class=2), folder, tmp_path)
    assert material.pictures.labels.tolist() == [2, 2, 3, 3]
    assert [file.split("/")[0] for file in material.pictures.files] == [NODES[2]] * 2 + [NODES[3]] * 2
    assert material.tested.labels.tolist() == [2] * TESTED + [3] * TESTED
    assert len(choose(material.pictures, np.array([0]))) == 0


def test_a_base_is_trained_kept_and_copied_from(folder, tmp_path, short):
    fabric, store = launch("cpu"), Store(tmp_path, version_of(train_one))
    copy = imagenet.make_settings(split="nature", treatment="AnB", n=3)
    with pytest.raises(NoBaseError, match="baseA"):
        prepare(copy, folder, tmp_path)
    for settings in (copy.base, copy):
        seen = list(train_whole(fabric, settings, folder, tmp_path, 0, "float32"))
        assert [point.step for point in seen[-1].points] == [2, 4]
        assert list(train_whole(fabric, settings, folder, tmp_path, 0, "float32")) == []
    base, found = (store.get(to_json(settings)) for settings in (copy.base, copy))
    assert np.array_equal(base.arrays["conv1"], found.arrays["conv1"])
    assert found.facts["score"] == seen[-1].points[-1].accuracy
    after = dict(seen[-1].network.named_parameters())
    stayed = [name for name in after if np.array_equal(after[name].detach().numpy(), base.arrays[name])]
    assert {int(name.split(".")[1]) for name in stayed} == {0, 1, 2}
    assert not list(tmp_path.glob("*.checkpoint"))


def test_the_command_tells_where_it_stands(folder, tmp_path, short):
    given = ["transfer", str(folder), "--split", "nature", "--workers", "0", "--out", str(tmp_path)]
    done = CliRunner().invoke(train, given)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "baseB, nature, on 1 process(es)."
    assert lines[1].startswith("step 2 of 4: ")
    assert "days for all; " in lines[1]
    assert lines[-1].startswith("Finished; the result lies in ")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--treatment", "AnB"], "else 1 to 7; got 0"),
        (["--split", "thirds"], 'A split is "random-"'),
        (["--treatment", "AnB", "--n", "3"], "copies layers of baseA, which has not been trained"),
        (["--per-class", "1", "--workers", "0"], "A step takes 4 pictures, there are 2"),
    ],
)
def test_what_is_wrong_is_a_sentence(folder, tmp_path, short, given, sentence):
    done = CliRunner().invoke(train, ["transfer", str(folder), "--out", str(tmp_path), *given])
    assert done.exit_code == 1
    assert sentence in done.output


def test_without_pictures_to_validate_with_it_says_so(folder, tmp_path, short):
    done = CliRunner().invoke(train, ["transfer", str(folder / "train"), "--out", str(tmp_path)])
    assert 'put them into the folder "val"' in done.output
