"""The tab that trains a network: what is set, predicted, drawn, told, and what is missing."""

import json
import time

import pytest

from nbutils import zoo
from nbutils.transfer import live, running, small
from nbutils.transfer.dashboards import train_tab, train_words
from nbutils.transfer.records import Run, RunSettings
from tests.transfer.made_up import make_run
from tests.transfer.pages import open_page, press, tab
from tests.transfer.tiny_data import make_labelled


@pytest.fixture
def page(monkeypatch):
    """The page on its tab for training, with pictures that take a moment and made-up base networks beside."""
    monkeypatch.setattr(running, "_labelled", make_labelled)
    running._read_examples.cache_clear()
    monkeypatch.setattr(train_tab.small, "load_small", make_small_bases)
    yield open_page(tab="train", treatment="random", n=5)
    running._read_examples.cache_clear()


def make_small_bases():
    given = {"epochs": small.EPOCHS, "variants": small.VARIANTS}
    return tuple(make_run(0.5, target=target, **given) for target in "AB")


def train(page):
    job = tab(page, "train").job
    job.start()
    assert job.wait(60)
    return job


def test_a_network_is_trained_told_and_becomes_a_star(page):
    heard: list[Run] = []
    page.session.on("trained", heard.append)
    shown = tab(page, "train")
    shown.prediction.value = "above"
    job = train(page)
    assert (job.state, job.error.sentence, shown.error.sentence) == ("done", "", "")
    assert [run.settings for run in heard] == [small.make_small(RunSettings(treatment="random", n=5))]
    assert page.session.own == tuple(heard)
    assert f"names {heard[0].score:.4f} of the 5,000 test pictures right" in shown.told.value
    landing = small.judge(heard[0].score, small.find_beside(heard[0].settings, make_small_bases()))
    assert train_words.SAID[landing] in shown.told.value
    assert ("As you said." if landing == "above" else "You had said above the base.") in shown.told.value
    for score in ("last", "best_ten"):  # of few test pictures but the last one, so its place is the same for both
        page.change(tab="curves", score=score)
        figure = next(pane for pane in tab(page).board.panes if pane.name == "curves")
        stars = next(trace for trace in json.loads(figure.figure)["data"] if trace.get("name") == "trained here")
        assert stars["y"] == [pytest.approx(heard[0].score, abs=1e-4)]


def test_copied_layers_are_there_for_every_seed(page):
    page.change(treatment="AnB", n=3, seed=7)
    shown = tab(page, "train")
    job = train(page)
    assert (job.state, job.error.sentence, shown.error.sentence) == ("done", "", "")
    assert page.session.own[-1].settings == small.make_small(RunSettings(treatment="AnB", n=3, seed=7))
    assert "A3B, random halves 0, seed 7" in shown.told.value


def test_the_time_is_that_of_the_measured_networks(page):
    shown = tab(page, "train")
    assert "takes about 2 s on one core, as fast as those of the grid were on a processor" in shown.expected.value
    page.change(treatment="base")
    assert "baseB takes about 10 s" in shown.expected.value
    assert words_of_time(None) == ""


def words_of_time(expected):
    return train_words.tell_time(RunSettings(), expected)


def test_the_curves_grow_beside_the_base_networks(page):
    shown = tab(page, "train")
    train(page)
    right = json.loads(next(pane for pane in shown.learning.panes if pane.name == "right").figure)
    by_name = {trace["name"]: trace for trace in right["data"]}
    assert set(by_name) == {"this network", "base, seed 0"}
    assert len(by_name["this network"]["x"]) >= small.EPOCHS
    landing = json.loads(shown.landing.panes[0].figure)
    assert {"base", "trained here"} <= {trace.get("name") for trace in landing["data"]}


def test_controls_set_the_view_and_the_link(page):
    shown = tab(page, "train")
    shown.treatment.value = "AnB+"
    shown.target.value = "A"
    shown.seed.value = 7
    press(shown.drawing, "n 2")
    assert shown.settings == small.make_small(RunSettings(treatment="AnB+", n=2, target="A", seed=7))
    assert page.link.settings == {"tab": "train", "treatment": "AnB+", "n": "2", "target": "A", "seed": "7"} | {}
    shown.split.value = "nature"
    assert page.view.halves == "cifar10_nature"
    assert shown.settings.split == "nature"
    assert "ship" in shown.classes.value


def test_the_line_of_python_trains_the_same_network(page):
    shown = tab(page, "train")
    line = train_words.write_python(shown.settings)
    names: dict = {}
    exec(line.rsplit("\n", 1)[0], names)  # noqa: S102  the line that the page shows
    assert names["last"].run.settings == shown.settings


def test_a_base_network_has_no_n(page):
    page.change(treatment="base")
    shown = tab(page, "train")
    assert shown.n.disabled
    assert shown.settings.n == 0


def test_what_is_seen_of_other_settings_is_said_to_be(page):
    shown = tab(page, "train")
    train(page)
    page.change(n=6)
    assert "random 5, then B" in shown.stale.value
    assert "random 6, then B" in shown.stale.value


def test_stop_acts_within_half_a_second_and_continue_goes_on(page, monkeypatch):
    monkeypatch.setattr(train_tab.small, "EPOCHS", 4000)
    shown = tab(page, "train")
    shown.job.start()
    until = time.monotonic() + 60
    while not (shown._step and shown._step.done > 5):
        assert time.monotonic() < until
        time.sleep(0.01)
    begun = time.monotonic()
    shown.job.stop()
    assert shown.job.wait(20)
    assert time.monotonic() - begun < 2.5  # half a second where the processor is free
    assert shown.job.state == "stopped"
    at = shown._step.done
    shown.job.proceed()
    while shown._step.done == at:
        assert time.monotonic() < until
        time.sleep(0.01)
    shown.job.close()


def test_pictures_that_are_absent_are_a_sentence_with_the_command(page, monkeypatch):
    def absent(_name):
        raise zoo.Unavailable("CIFAR-10: not on this machine yet. Run `nbutils data fetch cifar10` while online.")

    monkeypatch.setattr(running, "_labelled", absent)
    running._read_examples.cache_clear()
    job = train(page)
    assert job.state == "failed"
    assert "data fetch cifar10" in job.error.sentence
    assert tab(page, "train").settings.n == 5


def test_a_base_that_does_not_ship_is_a_sentence(page, monkeypatch):
    monkeypatch.setattr(live, "read_base", lambda settings: {})
    page.change(treatment="AnB", n=1)
    job = train(page)
    assert job.state == "failed"
    assert "does not come with the suite" in job.error.sentence


def test_every_landing_is_told_with_its_reason():
    beside = make_small_bases()[1:]
    for treatment, why in train_words.WHY.items():
        settings = small.make_small(RunSettings(treatment=treatment, n=0 if treatment == "base" else 3))
        run = make_run(0.3, **{name: getattr(settings, name) for name in ("treatment", "n", "epochs", "variants")})
        told = train_words.tell_landing(run, beside, "")
        assert why in told
        assert "below the base" in told
        assert "no prediction" in told
    assert "No base network" in train_words.tell_landing(run, (), "")
