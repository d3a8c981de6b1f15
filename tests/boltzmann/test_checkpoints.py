import json
from dataclasses import replace

import pytest
import torch
from safetensors import torch as safetensors

from nbutils.boltzmann import training
from nbutils.boltzmann.checkpoints import KEY, pack_checkpoint, read_checkpoint, save_checkpoint
from nbutils.boltzmann.files import MACHINE_KEY, SETTINGS_KEY, pack_machine, read_machine, save_machine
from nbutils.boltzmann.machine import initialize
from nbutils.boltzmann.settings import Training, to_json
from nbutils.boltzmann.training import train

SETTINGS = Training(hidden=5, batch=4, epochs=2, rate=0.1, momentum=0.5, changes=((3, "k", 2),))
RUNS = {
    "cd": SETTINGS,
    "pcd": replace(SETTINGS, sampler="pcd"),
    "tempering": replace(SETTINGS, sampler="tempering", temperatures=3, momentum=0.0),
    "gaussian": replace(SETTINGS, gaussian=True, momentum=0.0, sparsity_target=0.2, sparsity_cost=1.0),
}


@pytest.fixture(scope="module")
def examples():
    return (torch.rand(20, 6, generator=torch.Generator().manual_seed(1)) < 0.4).float()


@pytest.fixture(scope="module")
def packed(examples):
    return pack_checkpoint(snapshots(examples, SETTINGS)[1])


def snapshots(examples, settings):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "BEAT", 0.0)
        return list(train(examples, settings))


def same(one, other):
    parts = ("weights", "visible_bias", "hidden_bias")
    return all(torch.equal(getattr(one, part), getattr(other, part)) for part in parts)


def damaged(packed, **changed):
    """The file with other facts, settings or tensors; None leaves them out."""
    tensors = safetensors.load(packed)
    head = json.loads(packed[8 : 8 + int.from_bytes(packed[:8], "little")])["__metadata__"]
    facts = json.loads(head[KEY])
    for name, value in changed.items():
        if name == "settings":
            head[SETTINGS_KEY] = value
        elif isinstance(value, torch.Tensor):
            tensors[name.replace("__", ".")] = value
        elif value is None:
            tensors.pop(name.replace("__", "."), None)
            facts.pop(name, None)
        else:
            facts[name] = value
    return safetensors.save(tensors, head | {KEY: json.dumps(facts)})


def test_a_machine_comes_back_with_its_settings(tmp_path):
    machine = initialize(6, 5, gaussian=True, seed=2)
    save_machine(tmp_path / "machine.safetensors", machine, SETTINGS)
    found, settings = read_machine(tmp_path / "machine.safetensors")
    assert same(found, machine)
    assert found.gaussian
    assert settings == SETTINGS
    assert read_machine(pack_machine(machine))[1] is None


def test_the_file_of_a_machine_is_one_that_others_can_read(tmp_path):
    machine = initialize(6, 5, seed=2)
    save_machine(tmp_path / "machine.safetensors", machine)
    assert torch.equal(safetensors.load_file(tmp_path / "machine.safetensors")["weights"], machine.weights)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_goes_on_from_a_file_bit_for_bit(examples, name, tmp_path):
    whole = snapshots(examples, RUNS[name])
    for snapshot in whole:
        save_checkpoint(tmp_path / "run.safetensors", snapshot)
        start = read_checkpoint(tmp_path / "run.safetensors")
        assert same(start.machine, snapshot.machine)
        assert same(start.last, snapshot.last)
        for field in ("epoch", "update", "settings", "plot", "finished", "finite", "swap_rates", "updates_per_epoch"):
            assert getattr(start, field) == getattr(snapshot, field)
        assert start.state.numbers == snapshot.state.numbers
        *_, end = [start, *train(examples, start.settings, start)]
        assert same(end.machine, whole[-1].machine)


def test_a_run_that_is_not_finite_is_kept_as_it_ended(examples):
    settings = replace(SETTINGS, epochs=500, rate=10, gaussian=True, rate_on="sum", sample_visible=False)
    *_, end = train(examples * 100, settings)
    again = read_checkpoint(pack_checkpoint(end))
    assert not again.finite
    assert again.finished


def test_a_file_that_is_there_stays_whole_when_writing_fails(examples, tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    first, second, *_ = snapshots(examples, SETTINGS)
    save_checkpoint(path, first)

    def fail(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nbutils.runs.store.os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(path, second)
    assert read_checkpoint(path).update == 0
    assert [one.name for one in tmp_path.iterdir()] == ["run.safetensors"]


@pytest.mark.parametrize("length", [0, 7, 8, 100, -1])
@pytest.mark.parametrize("read", [read_checkpoint, read_machine])
def test_half_a_file_is_refused_with_a_sentence(packed, length, read, tmp_path):
    (tmp_path / "half").write_bytes(packed[:length])
    for source in (packed[:length], tmp_path / "half"):
        with pytest.raises(ValueError, match="This is no safetensors file, or not all of it is there"):
            read(source)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 a zip", b"\x80\x04\x95 a pickle", b"\xff" * 100, b"\x02\0\0\0\0\0\0\0{}", b"[" * 5000]
)
@pytest.mark.parametrize("read", [read_checkpoint, read_machine])
def test_another_file_is_refused_with_a_sentence(content, read):
    with pytest.raises(ValueError, match=r"no safetensors file|holds no"):
        read(content)


def test_a_file_that_is_not_there_is_told_as_such(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_checkpoint(tmp_path / "none")


def test_a_machine_is_no_run_and_a_run_is_no_machine(packed):
    with pytest.raises(ValueError, match="This file holds no run of training"):
        read_checkpoint(pack_machine(initialize(6, 5), SETTINGS))
    with pytest.raises(ValueError, match="This file holds no machine"):
        read_machine(packed)


DAMAGES = [
    ({"version": 2}, "written by another version, and this program reads version 1"),
    ({"update": None}, "its update is 'None' where int belongs"),
    ({"update": True}, "its update is 'True'"),
    ({"update": -1}, "update -1 of 2 epochs with 5 updates each"),
    ({"update": 11}, "update 11 of 2 epochs with 5 updates each"),
    ({"updates_per_epoch": 0}, "with 0 updates each"),
    ({"finite": 1}, "its finite is '1' where bool belongs"),
    ({"plot": "yes"}, "its plot is 'yes' where bool belongs"),
    ({"updates_per_second": "fast"}, "its updates_per_second is 'fast' where float belongs"),
    ({"numbers": [1, 2, "3"]}, "its numbers are no numbers that a run has"),
    ({"numbers": [-1]}, "its numbers are no numbers that a run has"),
    ({"numbers": 3}, "its numbers is '3' where list belongs"),
    ({"swap_rates": [None]}, "its swap_rates are no numbers that a run has"),
    ({"settings": ""}, "A record of settings could not be read"),
    ({"settings": to_json(replace(SETTINGS, hidden=6))}, r"its weights are float32 \(6, 5\) where \(6, 6\) belongs"),
    ({"settings": to_json(replace(SETTINGS, sampler="pcd"))}, r"its chains are float32 \(0,\) where \(4, 5\) belongs"),
    ({"weights": torch.zeros(6, 4)}, r"A machine has weights \(visible, hidden\)"),
    ({"weights": None}, "weights is missing"),
    ({"velocity__weights": None}, "velocity.weights is missing"),
    ({"last__weights": torch.zeros(7, 5), "last__visible_bias": torch.zeros(7)}, "last update is not of the machine"),
    ({"activity": None}, "activity is missing"),
    ({"activity": torch.zeros(4)}, r"its activity are float32 \(4,\) where \(5,\) belongs"),
    ({"swaps": torch.zeros(2, 0)}, r"its swaps are float32 \(2, 0\)"),
    ({"weights": torch.zeros(6, 5).double()}, "all float32 or all float64"),
]


@pytest.mark.parametrize(("changed", "sentence"), DAMAGES, ids=range(len(DAMAGES)))
def test_a_run_that_cannot_be_is_refused_with_a_sentence(packed, changed, sentence):
    assert read_checkpoint(damaged(packed)).update == 1
    with pytest.raises(ValueError, match=sentence) as caught:
        read_checkpoint(damaged(packed, **changed))
    assert str(caught.value).endswith(".")


def test_random_numbers_that_are_none_are_found_when_the_run_goes_on(packed, examples):
    start = read_checkpoint(damaged(packed, numbers=[1, 2, 3]))
    with pytest.raises(ValueError, match="These 3 numbers are no state of the random numbers of cpu"):
        next(train(examples, start.settings, start))


def test_a_machine_whose_facts_are_damaged_is_refused():
    parts = {"weights": torch.zeros(3, 2), "visible_bias": torch.zeros(3), "hidden_bias": torch.zeros(2)}
    for said, sentence in (
        ('{"version": 1}', "its gaussian is 'None' where bool belongs"),
        ("[]", "another version"),
        ("[" * 100_000, "holds no machine"),
    ):
        with pytest.raises(ValueError, match=sentence):
            read_machine(safetensors.save(parts, {MACHINE_KEY: said}))
