"""The monitor: where every run stands, a grid that is started and stopped, failures, and a page that only shows."""

import time
from dataclasses import replace

import pytest

from nbutils import zoo
from nbutils.runs.notes import note_failed
from nbutils.runs.store import Result, Store, version_of
from nbutils.transfer import monitoring, running, sweeping
from nbutils.transfer.dashboards.grid_cells import SIGNS, draw_cells
from nbutils.transfer.dashboards.grid_tab import GridTab
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.grid import Plan, grid
from nbutils.transfer.records import RunSettings, to_json
from nbutils.transfer.results import key_of
from nbutils.transfer.view import View
from nbutils.widgets.markup import PART
from tests.transfer.made_up import make_grid, make_run
from tests.transfer.pages import press

RUNS = make_grid(("random-0",))


def open_tab(folder, read_only=False, runs=RUNS):
    session = Session(runs, read_only=read_only)
    session.view = View(tab="grid")
    made = GridTab(session, folder)
    made.seen()
    return made


def keep(folder, settings, score=0.8):
    """Keep a run as a sweep does."""
    run = make_run(score)
    facts = {name: getattr(run, name) for name in ("score", "best_ten", "seconds", "images_per_s")}
    facts |= {"hardware": "here", "version": "1", "date": "2026-01-02"}
    arrays = {"epochs": run.epochs, "accuracy": run.accuracy, "loss": run.loss}
    Store(folder, monitoring.TRAINER).put(to_json(settings), arrays, facts)


def words_of(made):
    return dict(zip(made._wanted, made._words, strict=True))


def test_looking_on_knows_who_trains_without_torch():
    assert version_of(running.train_one) == monitoring.TRAINER


def test_the_runs_that_ship_are_shown_with_what_is_missing(tmp_path):
    made = open_tab(tmp_path, runs=RUNS[:10])
    assert made.error.sentence == ""
    assert made._words.count("done") == 10
    assert made._words.count("waiting") == len(RUNS) - 10
    assert f"{len(RUNS)} networks belong to these experiments; 10 of them were trained" in made.plan.value
    assert "choose another grid above" in made.plan.value
    assert made.job.layout.display == "none"


def test_a_cell_tells_its_run_and_its_curve(tmp_path):
    made = open_tab(tmp_path)
    run = RUNS[5]
    press(made.cells, key_of(run.settings))
    assert f"<b>{run.score:.4f}</b>" in made.run.value
    assert run.hardware in made.run.value
    assert len(made.learning.board.panes) == 1
    assert 'aria-current="true"' in made.cells.markup


def test_states_are_signs_and_words_and_not_colour_alone():
    runs = grid(treatments=("AnB",), layers=(1, 2))
    words = ("done", "running", "failed", "waiting", "waiting", "waiting")
    markup = draw_cells(runs, words, key_of(runs[0]))
    assert PART.findall(markup) == [key_of(run) for run in sorted(runs, key=lambda run: run.target)]
    for run, word in zip(runs, words, strict=True):
        sign, name = SIGNS[word]
        cell = next(part for part in markup.split("<td>") if key_of(run) in part)
        assert f">{sign}</button>" in cell
        assert f": {name}" in cell


def test_networks_of_fewer_examples_stand_in_the_order_of_how_many():
    sizes = (1, 100, 0, 20, 1_000)
    runs = [RunSettings(split="all", target="A", per_class=size) for size in sizes]
    drawn = PART.findall(draw_cells(runs, ["done"] * len(runs)))
    assert drawn == [key_of(RunSettings(split="all", target="A", per_class=size)) for size in sorted(sizes)]


def test_a_run_in_the_folder_is_done_a_note_of_failure_is_told_by_name(tmp_path):
    made = open_tab(tmp_path)
    base, other = monitoring.SELF_TEST[:2]
    keep(tmp_path, base)
    note_failed(Store(tmp_path, monitoring.TRAINER), to_json(other), "ValueError: <b>the disk</b> is on fire.")
    made.grid.value = "self-test"
    assert (words_of(made)[base], words_of(made)[other]) == ("done", "failed")
    assert "&lt;b&gt;the disk&lt;/b&gt; is on fire" in made.failures.value
    press(made.cells, key_of(base))
    assert "<b>0.8000</b>" in made.run.value
    press(made.cells, key_of(other))
    assert "It failed" in made.run.value
    press(made.cells, key_of(monitoring.SELF_TEST[5]))
    assert "It waits. It copies layers of" in made.run.value


def test_a_plan_comes_first_with_what_is_left_and_how_long_it_takes(tmp_path):
    made = open_tab(tmp_path)
    wanted = monitoring.whole_grid(("random-0",))
    keep(tmp_path, wanted[0])
    made.grid.value = "random-0"
    assert "72 networks: 1 trained, 71 left" in made.plan.value
    assert "a processor" in made.plan.value
    made.grid.value = "self-test"
    assert "14 networks: 0 trained, 14 left, which takes about" in made.plan.value
    assert "a processor" in made.plan.value


def test_hours_are_those_of_measured_base_networks():
    wanted = tuple(RunSettings(seed=seed) for seed in range(6))
    plan = Plan(wanted, wanted)
    bases = [make_run(0.8, seed=seed) for seed in range(3)]
    assert monitoring.estimate_seconds(plan, bases, 2) == (6 * 61.5 / 2, "a processor")
    assert monitoring.estimate_seconds(plan, [replace(bases[0], settings=RunSettings(plan="small_32_7x7"))], 2) is None
    mixed = Plan(wanted, (*wanted, RunSettings(plan="small_32_7x7")))
    assert monitoring.estimate_seconds(mixed, bases, 2) is None
    longer = replace(make_run(0.8, plan="small_32_7x7", split="all", target="A"), seconds=200.0)
    assert monitoring.estimate_seconds(mixed, [*bases, longer], 1) == (6 * 61.5 + 100, "a processor")


def test_hours_are_those_of_this_processor_where_it_was_measured(monkeypatch):
    plan = Plan((), (RunSettings(),))
    slow = [replace(make_run(0.8, seed=seed), hardware="another, 1 thread(s)") for seed in range(3)]
    fast = replace(slow[0], hardware="this one, 1 thread(s)", seconds=10.0)
    assert monitoring.estimate_seconds(plan, [*slow, fast], 1) == (61.5, "another, 1 thread(s)")
    card = replace(fast, hardware="a card, bfloat16")
    assert monitoring.estimate_seconds(plan, [card, card, slow[0]], 1) == (61.5, "another, 1 thread(s)")
    monkeypatch.setattr(monitoring, "name_processor", lambda: "this one")
    assert monitoring.estimate_seconds(plan, [*slow, fast], 1) == (10.0, "this one, 1 thread(s)")


def test_a_page_that_only_shows_has_nothing_to_start_and_names_the_command(tmp_path):
    made = open_tab(tmp_path, read_only=True)
    assert len(made.grid.labels) == 1
    assert made.job.layout.display == "none"
    assert "nbutils sweep transfer" in made.plan.value
    assert "choose another grid" not in made.plan.value


@pytest.mark.parametrize("read_only", [True, False])
def test_a_start_that_no_button_sends_trains_nothing(tmp_path, read_only, in_threads):
    made = open_tab(tmp_path, read_only=read_only, runs=RUNS[:10])
    made.grid.set_state({"index": 1} if read_only else {"index": 0})
    made.job.bar._handle_custom_msg({"event": "start"}, [])
    assert made.job.wait(60)
    assert made.job.state == "failed"
    assert "No network is trained from here" in made.job.error.sentence
    assert list(tmp_path.iterdir()) == []


def test_the_page_and_the_command_line_keep_runs_in_one_folder(tmp_path, monkeypatch):
    for named in (tmp_path / "named", None):
        if named:
            monkeypatch.setenv("NBUTILS_RUNS", str(named))
        else:
            monkeypatch.delenv("NBUTILS_RUNS")
        folder = GridTab(Session(RUNS, read_only=False))._folder
        assert folder == sweeping.choose_folder(sweeping.Wish()) == monitoring.runs_folder()
        assert folder.is_absolute()
        assert named in (folder, None)


def test_without_pictures_start_is_a_sentence_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(monitoring.zoo, "is_ready", lambda _name: False)
    made = open_tab(tmp_path / "runs")
    made.grid.value = "self-test"
    made.job.start()
    assert made.job.wait(60)
    assert "Run `" in made.job.error.sentence
    assert not (tmp_path / "runs").exists()


def slowly(settings, folder):
    """A run that takes a moment, for a sweep in threads of this process."""
    if settings["n"] == 7:
        raise ValueError("layer 7 is missing.")
    time.sleep(0.05)
    return Result({"epochs": [1.0], "accuracy": [0.5], "loss": [1.0]}, FACTS)


FACTS = {"score": 0.5, "best_ten": 0.5, "seconds": 1, "images_per_s": 9, "hardware": "", "version": "", "date": ""}


@pytest.fixture
def in_threads(monkeypatch):
    """Runs of a moment, done one after the other where a sweep would begin processes."""

    def run_grid(wanted, folder, _workers, _beat):
        store = Store(folder, monitoring.TRAINER)
        for place, run in enumerate(wanted):
            held = store.get(to_json(run))
            if held is not None:
                yield monitoring.Done(place, to_json(run), held, kept=True)
                continue
            yield None
            try:
                found = slowly(to_json(run), folder)
            except ValueError as error:
                note_failed(store, to_json(run), f"ValueError: {error}")
                yield monitoring.Done(place, to_json(run), None, f"ValueError: {error}")
                continue
            store.put(to_json(run), found.arrays, found.facts)
            yield monitoring.Done(place, to_json(run), found)

    monkeypatch.setattr(monitoring, "run_grid", run_grid)
    monkeypatch.setattr(monitoring.zoo, "is_ready", lambda _name: True)


def test_start_stop_and_continue(tmp_path, in_threads):
    made = open_tab(tmp_path)
    made.grid.value = "self-test"
    made.job.start()
    until = time.monotonic() + 60
    while made._words.count("done") < 3:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert made.grid.disabled
    made.grid.set_state({"index": 0})  # as a page may send it all the same
    assert made.grid.value == "self-test"
    made.job.stop()
    assert made.job.wait(30)
    assert made.job.state == "stopped"
    held = made._words.count("done")
    assert 3 <= held < len(monitoring.SELF_TEST)
    assert made._watched.resting
    assert "Stopped" in made.log.value
    made.job.proceed()
    assert made.job.wait(60)
    assert made.job.state == "done"
    failed = [run for run in monitoring.SELF_TEST if run.n == 7]
    assert made._words.count("failed") == len(failed) == 4
    assert made._words.count("done") == len(monitoring.SELF_TEST) - 4
    assert made.failures.value.count("layer 7 is missing.") == 4
    assert made.error.sentence == made.job.error.sentence == ""
    assert not made.grid.disabled


def test_what_cannot_be_fetched_is_named_by_the_zoo():
    entry = zoo.find_entry("cifar10")
    assert "fetch" in entry.command
