import itertools
from dataclasses import replace

import pytest
import torch

from nbutils.boltzmann import training
from nbutils.boltzmann.learners import initial_machine
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import train
from tests.boltzmann import brute_force

SMALL = Training(hidden=7, batch=10, epochs=3, rate=0.1, weight_range=0.1)
RUNS = {
    "cd": {},
    "cd-3 with momentum": {"k": 3, "momentum": 0.5},
    "pcd": {"sampler": "pcd"},
    "pcd with momentum": {"sampler": "pcd", "momentum": 0.9, "weight_decay": 0.01},
    "tempering": {"sampler": "tempering", "temperatures": 3},
    "tempering with momentum": {"sampler": "tempering", "temperatures": 4, "momentum": 0.5},
    "sparse": {"sparsity_target": 0.1, "sparsity_cost": 1.0},
    "gaussian": {"gaussian": True, "rate": 0.01},
    "sum": {"rate_on": "sum", "visible_start": "data"},
}


@pytest.fixture(scope="module")
def examples():
    return (torch.rand(55, 12, generator=torch.Generator().manual_seed(0)) < 0.3).float()


@pytest.fixture
def every_update(monkeypatch):
    """Let every update be followed by a snapshot."""
    monkeypatch.setattr(training, "BEAT", 0.0)


def last_of(snapshots):
    *_, last = snapshots
    return last


def distinct(snapshots):
    """The first snapshot of each update: between Gibbs steps they come again."""
    return list({one.update: one for one in reversed(list(snapshots))}.values())[::-1]


def same(one, other):
    parts = ("weights", "visible_bias", "hidden_bias")
    return all(torch.equal(getattr(one, part), getattr(other, part)) for part in parts)


def test_curves_have_points_at_the_start_every_hundred_updates_and_at_every_epochs_end(examples):
    settings = replace(SMALL, batch=1)
    many = examples.repeat(5, 1)[:250]
    plotted = [one for one in train(many, settings) if one.plot]
    assert [one.update for one in plotted] == [0, 100, 200, 250, 500, 750]
    assert [one.epoch for one in plotted] == [0, 0, 0, 1, 2, 3]
    assert [one.finished for one in plotted] == [False] * 5 + [True]
    assert {one.updates_per_epoch for one in plotted} == {250}


def test_beats_come_between_them(examples, every_update):
    found = list(train(examples, SMALL))
    assert [one.update for one in found] == list(range(16))
    assert [one.update for one in found if one.plot] == [0, 5, 10, 15]


def test_a_beat_comes_after_a_fifth_of_a_second_of_work(examples, monkeypatch):
    """The clock goes on by 0.01 s whenever it is asked, once an update: twenty updates to a beat."""
    clock = itertools.count(0, 0.01)
    monkeypatch.setattr(training.time, "perf_counter", lambda: next(clock))
    beats = [one for one in train(examples.repeat(20, 1), replace(SMALL, epochs=2)) if not one.plot]
    assert beats
    assert all(18 <= later.update - one.update <= 22 for one, later in itertools.pairwise(beats) if later.update < 99)
    assert beats[1].updates_per_second == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize("sampler", ["cd", "pcd", "tempering"])
def test_in_a_long_update_the_last_snapshot_comes_again(examples, sampler, monkeypatch):
    """The clock goes on by 0.05 s a Gibbs step: an update of 20 steps takes a second."""
    settings = replace(SMALL, sampler=sampler, k=20, temperatures=2)
    expected = last_of(train(examples, settings))
    clock = itertools.count(0, 0.05)
    monkeypatch.setattr(training.time, "perf_counter", lambda: next(clock))
    found = list(train(examples, settings))
    assert {one.update for one in found} == {0, 2, 4, 5, 7, 9, 10, 12, 14, 15}
    assert 15 * 4 <= len(found) <= 15 * 6, "four or five in each update"
    assert [one.update for one in found if one.plot] == [0, 5, 10, 15]
    assert same(found[-1].machine, expected.machine)
    repeated = [one for one in found if one.update == 7][-1]
    assert same(last_of(train(examples, settings, repeated)).machine, expected.machine)


def test_a_finished_run_that_gets_more_epochs_is_not_finished_in_its_next_long_update(examples, monkeypatch):
    start = last_of(train(examples, replace(SMALL, k=20)))
    clock = itertools.count(0, 0.05)
    monkeypatch.setattr(training.time, "perf_counter", lambda: next(clock))
    first, *_, last = train(examples, replace(SMALL, k=20, epochs=4), start)
    assert (first.update, first.finished) == (start.update, False)
    assert last.finished


def test_an_epoch_shows_each_example_at_most_once_and_in_another_order_each_time(examples, every_update, monkeypatch):
    seen = []
    kept = training.update_slowly

    def watch(learner, space, settings):
        seen.append(space.data.clone())
        return kept(learner, space, settings)

    monkeypatch.setattr(training, "update_slowly", watch)
    own = torch.eye(25)
    list(train(own, replace(SMALL, epochs=40)))
    epochs = torch.stack(seen).reshape(40, 20, 25)
    counts = epochs.sum(1)
    assert counts.max() == 1
    assert counts.sum(0).min() > 20, "who is left out in one epoch comes in another"
    assert not torch.equal(epochs[0], epochs[1])


def test_the_first_snapshot_is_before_training(examples):
    first = next(train(examples, SMALL))
    assert same(first.machine, initial_machine(examples, SMALL))
    assert not first.last.weights.any()
    assert (first.update, first.epoch, first.updates_per_second) == (0, 0, 0)


def test_last_is_what_the_last_update_changed(examples, every_update):
    found = list(train(examples, replace(SMALL, momentum=0.5, weight_decay=0.1)))
    for before, after in itertools.pairwise(found):
        for part in ("weights", "visible_bias", "hidden_bias"):
            torch.testing.assert_close(
                getattr(after.last, part), getattr(after.machine, part) - getattr(before.machine, part)
            )
            assert getattr(after.last, part).any()


def test_snapshots_stay_as_they_were_yielded(examples, every_update):
    found = list(train(examples, SMALL))
    again = [one.machine.weights.clone() for one in train(examples, SMALL)]
    assert all(torch.equal(one.machine.weights, other) for one, other in zip(found, again, strict=True))
    assert not torch.equal(again[3], again[4])


@pytest.mark.parametrize("name", RUNS)
def test_the_same_settings_give_the_same_weights_and_another_seed_others(examples, name):
    settings = replace(SMALL, **RUNS[name])
    one, two, other = (last_of(train(examples, replace(settings, seed=seed))) for seed in (1, 1, 2))
    assert same(one.machine, two.machine)
    assert one.swap_rates == two.swap_rates
    assert not same(one.machine, other.machine)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_goes_on_from_every_snapshot_bit_for_bit(examples, name, every_update):
    changes = ((4, "rate", 0.05), (9, "momentum", 0.3), (12, "momentum", 0.0), (14, "momentum", 0.6))
    settings = replace(SMALL, changes=changes, **RUNS[name])
    whole = distinct(train(examples, settings))
    for start in whole:
        rest = [one for one in distinct(train(examples, start.settings, start)) if one.update > start.update]
        assert [one.update for one in rest] == list(range(start.update + 1, 16))
        for one in rest[-1:]:
            assert same(one.machine, whole[-1].machine)
            assert same(one.last, whole[-1].last)
            assert one.swap_rates == whole[-1].swap_rates
            assert one.state.numbers == whole[-1].state.numbers


def test_a_finished_run_goes_on_with_more_epochs(examples):
    whole = last_of(train(examples, replace(SMALL, epochs=5)))
    start = last_of(train(examples, SMALL))
    assert list(train(examples, SMALL, start)) == []
    assert same(last_of(train(examples, replace(SMALL, epochs=5), start)).machine, whole.machine)


def test_what_is_steered_acts_from_the_next_update_on_and_is_written_down(examples, every_update):
    plan = {4: {"rate": 0.5, "k": 2}, 8: {"rate": 0.5}, 11: {"momentum": 0.5}}
    asked = itertools.count()  # once after every snapshot, the first of which is of update 0
    found = distinct(train(examples, SMALL, steer=lambda: plan.get(next(asked), {})))
    assert found[4].settings.changes == ()
    assert found[5].settings.changes == ((5, "rate", 0.5), (5, "k", 2))
    assert found[-1].settings.changes == ((5, "rate", 0.5), (5, "k", 2), (12, "momentum", 0.5))
    plain = list(train(examples, SMALL))
    assert same(plain[4].machine, found[4].machine)
    assert not same(plain[5].machine, found[5].machine)
    assert same(last_of(train(examples, found[-1].settings)).machine, found[-1].machine)


def test_activity_begins_at_the_target_when_sparsity_is_switched_on(examples, every_update):
    settings = replace(SMALL, changes=((5, "sparsity_target", 0.2), (5, "sparsity_cost", 1.0)))
    found = list(train(examples, settings))
    assert not found[4].state.activity.any()
    assert torch.all((found[5].state.activity > 0.95 * 0.2) & (found[5].state.activity < 0.95 * 0.2 + 0.05))


@pytest.mark.parametrize("name", RUNS)
def test_a_run_with_its_changes_written_down_is_the_steered_run(examples, name, every_update):
    plan = iter([{}, {"sparsity_target": 0.2, "sparsity_cost": 2}, {"momentum": 0.8}, {}, {"momentum": 0}, {"k": 3}])
    steered = last_of(train(examples, replace(SMALL, **RUNS[name]), steer=lambda: next(plan, {})))
    assert len(steered.settings.changes) >= 3
    assert same(last_of(train(examples, steered.settings)).machine, steered.machine)


def test_beats_change_nothing(examples, monkeypatch):
    seldom = last_of(train(examples, replace(SMALL, sampler="tempering", momentum=0.5)))
    monkeypatch.setattr(training, "BEAT", 0.0)
    often = last_of(train(examples, replace(SMALL, sampler="tempering", momentum=0.5)))
    assert same(seldom.machine, often.machine)
    assert seldom.swap_rates == often.swap_rates


def test_swap_rates_are_told_of_tempering_alone(examples):
    tempered = last_of(train(examples, replace(SMALL, sampler="tempering", temperatures=4)))
    assert len(tempered.swap_rates) == 3
    assert all(0 < rate <= 1 for rate in tempered.swap_rates)
    assert last_of(train(examples, SMALL)).swap_rates == ()


def test_visible_biases_begin_at_the_mean_of_the_data():
    data = torch.tensor([[1.0, 0, 1], [1, 0, 0], [1, 0, 0], [1, 0, 1]])
    begun = initial_machine(data, Training(hidden=2, visible_start="data"))
    assert torch.sigmoid(begun.visible_bias).tolist() == pytest.approx([5 / 6, 1 / 6, 3 / 6])
    gaussian = initial_machine(data * 3, Training(hidden=2, visible_start="data", gaussian=True))
    assert gaussian.visible_bias.tolist() == [3, 0, 1.5]
    far = initial_machine(data * 255, Training(hidden=2, visible_start="data"))
    assert torch.isfinite(far.visible_bias).all()


def test_a_run_whose_numbers_are_no_longer_finite_ends_and_says_so():
    data = brute_force.states(4)
    settings = Training(hidden=3, batch=4, epochs=1000, rate=10, gaussian=True, rate_on="sum", sample_visible=False)
    ends = [last_of(train(torch.tensor(data).float() * 50, settings)) for _ in range(2)]
    assert ends[0].finished
    assert ends[0].plot
    assert not ends[0].finite
    assert not torch.isfinite(ends[0].machine.weights).all()
    assert ends[0].update == ends[1].update
    assert ends[0].update <= 100
    with pytest.raises(ValueError, match="numbers that are not finite: start a new one, with a smaller rate"):
        next(train(torch.tensor(data).float() * 50, settings, ends[0]))


def test_in_a_long_epoch_a_run_ends_within_a_hundred_updates_of_its_divergence():
    data = torch.tensor(brute_force.states(4)).float().repeat(100, 1) * 50
    plain = Training(hidden=3, batch=4, epochs=3, rate=1e-8, gaussian=True, rate_on="sum", sample_visible=False)
    end = last_of(train(data, replace(plain, changes=((405, "rate", 10),))))
    assert (end.update, end.epoch, end.finished, end.finite, end.plot) == (500, 1, True, False, True)


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16, torch.uint8, torch.bool])
def test_real_numbers_of_any_type_are_learned_from(examples, kind):
    assert same(last_of(train(examples.to(kind), SMALL)).machine, last_of(train(examples, SMALL)).machine)


def test_examples_are_left_as_they_are(examples):
    before = examples.clone()
    list(train(examples, SMALL))
    assert torch.equal(examples, before)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            torch.zeros(20),
            r"Examples are a tensor \(n, visible\) of real numbers, one row each; got torch.float32 \(20,",
        ),
        (torch.zeros(20, 3, dtype=torch.complex64), r"got torch.complex64 \(20, 3\)"),
        (torch.zeros(20, 0), r"got torch.float32 \(20, 0\)"),
        ([[0.0] * 3] * 20, "got list"),
        (torch.zeros(9, 3), "A mini-batch has 10 examples and there are 9: choose a smaller mini-batch"),
        (torch.full((20, 3), float("nan")), "Among the examples are NaN or infinite numbers"),
        (torch.tensor([[0.0, 1.0]] * 19 + [[0.0, float("-inf")]]), "Among the examples are NaN or infinite numbers"),
        (torch.full((20, 3), 1e300, dtype=torch.float64), "Among the examples are NaN or infinite numbers"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        next(train(wrong, SMALL))


def test_a_device_that_is_not_there_is_named_with_those_that_are(examples, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match='This machine has no device "cuda"; it has cpu'):
        next(train(examples, replace(SMALL, device="cuda")))


def test_a_run_goes_on_only_as_it_began(examples):
    start = last_of(train(examples, replace(SMALL, changes=((3, "rate", 0.2),))))
    for field, value in (("hidden", 8), ("seed", 1), ("rate", 0.3), ("sampler", "pcd"), ("gaussian", True)):
        with pytest.raises(ValueError, match=f"began with {field} .* and cannot go on with {value}: start a new one"):
            next(train(examples, replace(start.settings, epochs=9, **{field: value}), start))
    with pytest.raises(ValueError, match="changes made so far are not in the settings"):
        next(train(examples, replace(SMALL, epochs=9), start))
    with pytest.raises(ValueError, match="examples of 12 numbers in 5 mini-batches, and now there are 12 numbers in 4"):
        next(train(examples[:45], replace(start.settings, epochs=9), start))
    with pytest.raises(ValueError, match="now there are 5 numbers in 5"):
        next(train(examples[:, :5], replace(start.settings, epochs=9), start))


def test_a_wrong_change_is_refused_with_a_sentence(examples):
    with pytest.raises(ValueError, match="During training these can change"):
        list(train(examples, SMALL, steer=lambda: {"hidden": 3}))
