"""The training dashboard without a browser: runs that are turned, stopped, gone on with, compared and saved."""

import builtins
import csv
import io
import os
import re
import time

import torch

from nbutils.boltzmann.files import read_machine
from nbutils.boltzmann.training import train
from nbutils.rbm import examples, results
from nbutils.rbm import view as views
from nbutils.rbm.dashboards.live import training
from nbutils.rbm.own import read_own
from tests.rbm.live_pages import FEW, rest, run, spread, wait_for


def test_the_page_opens_with_the_thesis_run(open_live):
    made = open_live()
    stored = results.load("mean")
    assert made.followed().snapshot.epoch == stored.snapshot.epoch == 45
    assert "trained beforehand" in made.stage.stale.value
    assert made.stage.hidden.wall.shape[0] > 0
    assert made.stage.filters.wall.shape[0] > 0
    assert made.stage.error.board.panes
    assert made.stage.histograms.board.panes
    assert made.stage.monitors.boards["gap"].panes == [], "what is folded away is not drawn"


def test_before_a_run_of_ones_own_a_rate_on_the_sum_brings_the_thesis_run_on_the_sum(open_live):
    made = open_live()
    for rate_on in ("sum", "mean"):
        made.controls.parts["rate_on"].value = rate_on
        assert made.followed().snapshot.settings.rate_on == rate_on
        assert f"rate on the {rate_on}" in made.stage.stale.value
    run(made)
    made.controls.parts["rate_on"].value = "sum"
    assert made.followed().snapshot.settings.rate_on == "mean", "what was trained here stays"


def test_start_trains_the_machine_of_the_view(open_live):
    made = open_live()
    run(made)
    source = examples.load(made.view.source)
    *_, wanted = train(source.train, made.view.training)
    torch.testing.assert_close(made.machine().weights, wanted.machine.weights, rtol=0, atol=0)
    assert "epoch 3 of 3 · 300 updates" in made.stage.heading.value
    assert made.stage.stale.value == ""
    assert [point.update for point in made.followed().points] == [0, 100, 200, 300]


def test_a_rate_turned_in_the_run_acts_is_marked_and_makes_the_same_machine_again(started):
    made = started
    made.controls.parts["rate"].value = 0.2
    wait_for(lambda: made.followed().snapshot.settings.changes)
    made.controls.parts["momentum"].value = 0.5
    wait_for(lambda: len(made.followed().snapshot.settings.changes) == 2)
    rest(made)
    snapshot = made.followed().snapshot
    (first, *rate), (second, *momentum) = snapshot.settings.changes
    assert (rate, momentum) == (["rate", 0.2], ["momentum", 0.5])
    assert 100 < first <= second <= snapshot.update
    assert f"learning rate 0.2 from update {first:,}" in made.stage.changes.value
    (pane,) = made.stage.error.board.panes
    assert "learning rate 0.05 to 0.2" in pane.figure, "a mark in the curve"
    assert made.stage.stale.value == ""
    assert views.from_settings(made.link.settings).training == snapshot.settings, "the link carries the changes"
    made.step()
    assert made.job.wait(60)
    snapshot = made.followed().snapshot
    source = examples.load(made.view.source)
    again = next(one for one in train(source.train, snapshot.settings) if one.update == snapshot.update)
    torch.testing.assert_close(again.machine.weights, snapshot.machine.weights, rtol=0, atol=0)


def test_a_slider_moved_while_it_rests_acts_when_it_goes_on(started):
    made = started
    rest(made)
    at = made.followed().snapshot.update
    made.controls.parts["k"].value = 2
    assert made.linked.training.k == 2
    assert made.stage.stale.value == ""
    made.job.proceed()
    wait_for(lambda: made.followed().snapshot.settings.changes)
    assert made.followed().snapshot.settings.changes == ((at + 1, "k", 2),)


def test_stop_acts_at_once(started):
    seconds = []
    for _ in range(5):  # on a busy computer the work may have to wait for its turn
        begin = time.monotonic()
        rest(started)
        seconds.append(time.monotonic() - begin)
        assert started.job.state == "stopped"
        started.job.proceed()
    assert min(seconds) < 0.5


def test_a_run_that_was_stopped_and_continued_is_the_same_bit_for_bit(open_live):
    made, stops = open_live(epochs=4), 0
    made._uses.append(lambda *_given: made.job.stop())  # with every point of the curves
    made.job.start()
    assert made.job.wait(60)
    while made.job.state == "stopped":
        stops += 1
        made.job.proceed()
        assert made.job.wait(60)
    assert made.job.state == "done"
    assert stops > 1
    *_, wanted = train(examples.load(made.view.source).train, made.view.training)
    torch.testing.assert_close(made.machine().weights, wanted.machine.weights, rtol=0, atol=0)


def test_a_step_is_an_epoch_and_rests_there(open_live):
    made = open_live(epochs=3)
    for epoch in (1, 2):
        made.step_button.value += 1
        assert made.job.wait(60)
        assert (made.job.state, made.followed().snapshot.update) == ("stopped", 100 * epoch)
    made.step_button.value += 1
    assert made.job.wait(60)
    assert made.job.state == "done"
    assert made.followed().snapshot.finished


def test_a_stopped_step_is_forgotten(open_live):
    made = open_live(epochs=3)
    made.step()
    assert made.job.wait(60)
    made.job.proceed()
    assert made.job.wait(60)
    assert made.job.state == "done"


def test_a_run_that_has_ended_gets_an_epoch_more(open_live):
    made = open_live()
    run(made)
    made.step_button.value += 1
    assert made.job.wait(60)
    assert made.job.state == "done"
    assert made.view.training.epochs == made.followed().snapshot.epoch == 4
    assert made.stage.stale.value == ""
    source = examples.load(made.view.source)
    *_, wanted = train(source.train, made.view.training)
    torch.testing.assert_close(made.machine().weights, wanted.machine.weights, rtol=0, atol=0)
    assert [point.update for point in made.followed().points] == [0, 100, 200, 300, 400]


def test_no_epoch_more_than_a_published_page_has(monkeypatch, open_live):
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    monkeypatch.setitem(views.PUBLISHED, "epochs", 2)
    made = open_live()
    run(made)
    made.step_button.value += 1
    assert "at most 2 epochs" in made.error.sentence
    assert (made.job.state, made.followed().snapshot.epoch) == ("done", 2)


def test_behind_a_reset_a_step_goes_on_with_the_run_that_rests_and_never_with_the_stored_one(open_live):
    made = open_live()
    made.step()
    assert made.job.wait(60)
    made.reset()
    made.step()
    assert made.job.wait(60)
    assert (made.job.state, made.followed().snapshot.epoch) == ("stopped", 2)
    made.job.proceed()
    assert made.job.wait(60)
    made.reset()
    made.step()
    assert made.job.wait(60)
    assert (made.job.state, made.followed().snapshot.epoch) == ("stopped", 1)
    assert made.job.error.sentence == ""


def test_a_plot_that_fails_is_told_and_the_training_goes_on(open_live):
    made = open_live()

    def refuse(*_given):
        raise ValueError("This view has no room.")

    made._uses.append(refuse)
    made.job.start()
    assert made.job.wait(60)
    assert made.job.state == "done"
    assert made.error.sentence == "This view has no room."


def test_what_can_only_act_from_the_next_start_marks_the_run_as_old(open_live):
    made = open_live()
    run(made)
    made.controls.parts["hidden"].value = 15
    assert "other settings" in made.stage.stale.value
    run(made)
    assert made.stage.stale.value == ""
    assert made.machine().hidden == 15
    made.controls.parts["data_seed"].value = 7
    assert "other settings" in made.stage.stale.value


def test_a_rate_changed_behind_a_run_is_for_the_next_one(open_live):
    made = open_live()
    run(made)
    made.controls.parts["rate"].value = 0.3
    assert "other settings" in made.stage.stale.value
    run(made)
    assert made.followed().snapshot.settings.rate == 0.3
    assert made.followed().snapshot.settings.changes == ()


def test_a_run_is_kept_and_drawn_beside_the_next(open_live):
    made = open_live()
    run(made)
    first = made.followed()
    made.keep_button.value += 1
    assert made.beside.choice.value == "kept"
    assert made.stage.beside is None, "not beside itself"
    made.controls.parts["rate"].value = 0.3
    run(made)
    assert made.stage.beside.points is first.points
    assert made.stage.beside.title == "kept: rate 0.05 mean, CD-1"
    (pane,) = made.stage.error.board.panes
    assert '"showlegend": true' in pane.figure
    made.beside.choice.value = "sum"
    assert made.stage.beside.snapshot.settings.rate_on == "sum"
    made.beside.choice.value = ""
    assert made.stage.beside is None


def test_folds_are_drawn_when_they_open(open_live):
    made = open_live()
    folds = {fold.heading.title: fold for fold in made.stage._folded}
    folds["More monitors"].heading.is_open = True
    assert made.stage.monitors.boards["gap"].panes
    run(made)
    assert made.stage.monitors.boards["gap"].panes


def test_a_snapshot_goes_to_who_asked_for_it(open_live):
    made = open_live()
    seen = []
    made.on_snapshot(lambda machine, shape, watched: seen.append((machine.visible, shape, watched)))
    assert [one[:2] for one in seen] == [(1000, (10, 10, 10))]
    run(made)
    assert seen[-1][:2] == (64, (4, 4, 4))
    assert seen[-1][2].shape[1] == 64


def test_a_hidden_unit_is_chosen_everywhere_at_once(open_live):
    made = open_live()
    chosen = []
    made.stage.on_unit(chosen.append)
    made.stage.hidden.wall.set_state({"selected": 7})
    assert chosen == [7]
    assert made.stage.filters.wall.selected == 7
    made.stage.select_unit(9)
    assert (made.stage.hidden.wall.selected, made.stage.filters.wall.selected) == (9, 9)
    assert chosen == [7], "what the program sets is not told back"


def test_with_tempering_it_is_told_how_often_temperatures_swap(open_live):
    made = open_live(sampler="tempering", temperatures=3)
    run(made)
    assert re.fullmatch(r"swaps accepted: \d+% to \d+% · [\d,]+ updates a second", made.status.figures)


def test_weights_and_curves_are_saved(open_live):
    made = open_live()
    run(made)
    for download in (made.files.weights, made.files.curves):
        download._receive(None, {"event": "make"}, [])
        assert not download.report["fault"], download.report
    machine, settings = read_machine(bytes(made.files.weights.file))
    torch.testing.assert_close(machine.weights, made.machine().weights)
    assert settings == made.view.training
    assert made.files.weights.file_name == "rbm-spheres_in_4_voxels-12-cd1-update300.safetensors"
    rows = list(csv.DictReader(io.StringIO(bytes(made.files.curves.file).decode())))
    assert [int(row["update"]) for row in rows] == [0, 100, 200, 300]


def test_a_link_sets_everything_and_a_hostile_one_is_a_sentence(open_live):
    made = open_live()
    made.link.set_state({"arrived": {"count": 1, "settings": {"data": "mnist", "rate": "0.5", "sampler": "pcd"}}})
    assert (made.data.kind.value, made.controls.parts["rate"].value) == ("mnist", 0.5)
    assert made.controls.parts["data_grid"].layout.display == "none"
    before = made.view
    made.link.set_state({"arrived": {"count": 2, "settings": {"rate": "-1"}}})
    assert "rate must be a number" in made.error.sentence
    assert made.view == before


def test_a_link_opens_the_thesis_run_that_is_nearer_to_it(open_live):
    made = open_live()
    assert "rate on the mean" in made.stage.stale.value
    made.link.set_state({"arrived": {"count": 1, "settings": {"rate_on": "sum"}}})
    assert made.followed().snapshot.settings.rate_on == "sum"
    assert "rate on the sum" in made.stage.stale.value


def test_an_advice_leads_to_its_setting(open_live):
    made = open_live()
    made._point_at("hidden_bias")
    assert made.controls.folds["beginning"].heading.is_open
    assert "Where it begins" in made.status.message
    made._point_at("data")
    assert made.data.fold.heading.is_open
    made._point_at("rate")
    assert "above the plots" in made.status.message


def test_reset_goes_back_to_the_start(started):
    made = started
    first = made.start
    made.controls.parts["rate"].value = 0.4
    made.reset()
    assert made.view == first
    assert made.followed().snapshot.epoch == 45
    assert "trained beforehand" in made.stage.stale.value
    made.job.proceed()
    wait_for(lambda: "trained beforehand" not in made.stage.stale.value)
    assert made.machine().hidden == 12


def test_what_the_job_still_makes_behind_a_reset_is_not_drawn(started):
    made = started
    rest(made)
    late = made.followed()
    made.reset()
    made._take(late)
    assert made.followed().snapshot.epoch == 45
    assert "trained beforehand" in made.stage.stale.value
    assert made.status.figures == ""


def test_numbers_that_explode_end_the_run_with_advice(open_live):
    made = open_live(
        own=read_own([("waves.npy", spread())]), rate=10, rate_on="sum", momentum=0.99, gaussian=True, epochs=200
    )
    made.job.start()
    assert made.job.wait(60)
    assert not made.followed().snapshot.finite
    assert "no finite numbers" in made.stage.heading.value
    assert "rate" in made.stage.advice.list.children[0].children[0].value


def test_a_published_page_is_bounded(monkeypatch, open_live):
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    made = open_live(epochs=9000, hidden=4000, threads=0, data_grid=10, data_number=50_000)
    training_of = made.view.training
    assert (training_of.epochs, training_of.hidden, training_of.threads) == (60, 500, 1)
    assert made.view.source.number == 20_000
    made.controls.parts["epochs"].max = 1000
    made.controls.parts["epochs"].value = 1000
    assert made.view.training.epochs == made.controls.parts["epochs"].value == 60


def test_a_published_page_writes_nothing(monkeypatch, open_live):
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    made, written, read = open_live(), [], open

    def note(file, mode="r", *others, **named):
        if set(mode) & set("wax+"):
            written.append(file)
        return read(file, mode, *others, **named)

    for room in (builtins, io):
        monkeypatch.setattr(room, "open", note)
    for name in ("mkdir", "replace", "rename"):
        monkeypatch.setattr(os, name, lambda *given, **_named: written.append(given))
    run(made)
    made.keep()
    for download in (made.files.weights, made.files.curves):
        download._receive(None, {"event": "make"}, [])
        assert not download.report["fault"], download.report
    made.stage.likelihood.show(made.followed())
    made.stage.likelihood.job.start()
    assert made.stage.likelihood.job.wait(60)
    assert "log Z" in made.stage.likelihood.told.value
    assert written == []


def test_a_wrong_word_of_python_leaves_a_sentence_in_its_place():
    assert "rate must be" in training(rate=70).sentence
    assert "no field speed" in training(speed=1).sentence


def test_what_is_returned_tells_of_its_run():
    page = training(**FEW)
    assert page.followed().snapshot.epoch == 45
    assert page.machine().visible == 1000
    seen = []
    page.on_snapshot(lambda *given: seen.append(given))
    assert len(seen) == 1
