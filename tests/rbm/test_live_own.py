"""The training dashboard with examples of one's own: arrays, pictures, bad files, links to them."""

import io

import numpy as np

from nbutils.rbm.own import read_own
from tests.rbm.live_pages import drop, picture, run, spread


def test_own_examples_are_learned_from_and_named_in_the_choice(open_live):
    made = open_live()
    assert "Press Start" in drop(made, waves_npy=spread())["sentence"]
    assert made.view.own
    assert made.view.training.gaussian
    assert "Gaussian" in made.data.findings.value
    run(made)
    assert made.followed().title == "waves.npy"
    assert made.machine().visible == 9
    assert made.stage.stale.value == ""
    drop(made, waves_npy=spread(seed=1))
    assert "other settings" in made.stage.stale.value, "another file of the same name and size"
    made.data.kind.value = "spheres"
    assert not made.view.own
    assert not made.view.training.gaussian
    made.data.kind.value = "own"
    assert made.view.own
    assert made.error.sentence == ""


def test_a_bad_file_is_a_sentence_and_changes_nothing(open_live):
    made = open_live()
    before = made.view
    for data in (b"no numbers", b"", spread()[:200], b"PK\x03\x04rubbish"):
        report = drop(made, mine_npy=data)
        assert report["fault"], data
        assert report["sentence"].endswith(".")
        assert made.view == before


def test_one_of_several_arrays_is_chosen_by_its_name(open_live):
    made = open_live()
    held = io.BytesIO()
    waves, steps = np.random.default_rng(0).normal(size=(60, 9)), (np.arange(500) % 7 < 3).reshape(100, 5)
    np.savez(held, waves=waves, steps=steps, few=waves[:3])
    report = drop(made, mine_npz=held.getvalue())
    assert "several arrays" in report["sentence"]
    assert made.data.array.layout.display is None
    assert not made.view.own
    made.data.array.value = "few"
    assert "at least 20 are needed" in made.error.sentence
    assert not made.view.own
    made.data.array.value = "steps"
    assert made.view.own
    assert made.data.own.train.shape == (90, 5)
    made.data.array.value = "waves"
    assert made.data.own.train.shape == (54, 9)
    assert made.view.training.gaussian
    assert made.error.sentence == ""


def test_a_folder_of_pictures_is_learned_from(open_live):
    made = open_live()
    files = {f"p{number}_png": picture(number) for number in range(24)}
    assert "22 examples of 784 numbers" in drop(made, **files)["sentence"]
    assert made.data.own.shape == (28, 28)


def test_binary_units_on_numbers_below_zero_are_refused_with_a_sentence(open_live):
    made = open_live(own=read_own([("waves.npy", spread())]))
    made.controls.parts["gaussian"].value = False
    made.job.start()
    assert made.job.wait(60)
    assert made.job.state == "failed"
    assert "turn on Gaussian visible units" in made.job.error.sentence
    assert made.followed().snapshot.epoch == 45, "what was seen is still there"


def test_a_link_to_somebodys_own_file_says_which_file_is_missing(open_live):
    made = open_live()
    made.link.set_state({"arrived": {"count": 1, "settings": {"own": "true", "hidden": "33"}}})
    assert made.view.training.hidden == 33
    assert not made.view.own
    assert "open that file" in made.status.message
