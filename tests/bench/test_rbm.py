"""The bench of Boltzmann machines on a tiny one: names, ratios, who it compares with, the pace of a page."""

import importlib.util
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest

from nbutils import bench
from nbutils.bench import rbm, rbm_peers
from nbutils.rbm.spheres import make_spheres
from tests.bench.test_results import run

TINY = {"hidden": 6, "examples": 200, "rounds": 2, "live_seconds": 0}


def test_it_names_what_others_rely_on_and_its_ratios_are_those_of_its_times():
    result, said = run("rbm", **TINY)
    assert set(result) == {"batch_20", "batch_100", "epoch_s", "seconds_45_epochs"}
    assert result["seconds_45_epochs"] == pytest.approx(45 * result["epoch_s"])
    for batch in (20, 100):
        found = result[f"batch_{batch}"]
        times = found["peers_ms"]
        assert set(times) == {"ours", "sklearn_partial_fit", "numpy_float32", "textbook_torch"}
        for name in set(times) - {"ours"}:
            assert found[f"vs_{name}"] == pytest.approx(times[name] / times["ours"])
        assert found["of_gemm_limit"] == pytest.approx(found["gemm_limit_ms"] / times["ours"])
        assert found["updates_per_s"] == pytest.approx(1000 / times["ours"])
    assert len(said) == 3


def test_with_a_browser_the_dashboards_pace_is_told_against_the_same_limit(monkeypatch):
    monkeypatch.setattr(rbm.suite, "served", lambda: nullcontext("http://127.0.0.1:1"))
    monkeypatch.setattr(rbm.chromium, "started", nullcontext)
    monkeypatch.setattr(rbm, "measure_live", lambda *_: 500.0)
    result, _ = run("rbm", **TINY | {"live_seconds": 1.0})
    found = result["batch_20"]
    assert found["dashboard_updates_per_s"] == 500
    assert 0 < found["dashboard_of_gemm_limit"] <= 0.5 * found["gemm_limit_ms"]


@pytest.mark.parametrize("make", [rbm.our_update, rbm_peers.numpy_float32, rbm_peers.textbook_torch])
def test_ours_and_others_learn_how_empty_the_cube_is(make):
    """Before training half of all voxels are painted; in the data it is one in twenty-five."""
    update = make(make_spheres(400).unflatten(0, (-1, 20)), 6, rate=0.5)
    painted = [float(update(number).mean()) for number in range(60)]
    assert painted[0] == pytest.approx(0.5, abs=0.05)
    assert np.mean(painted[-10:]) < 0.1


def test_scikit_learn_learns_how_empty_the_cube_is():
    update = rbm_peers.sklearn_partial_fit(make_spheres(400).unflatten(0, (-1, 20)), 6, rate=0.5)
    machine = [update(number) for number in range(60)][-1]
    assert machine.intercept_visible_.mean() < -1


def test_the_products_are_those_of_an_update():
    products = rbm_peers.matrix_products(20, 1000, 6)
    shapes = {name: tuple(work(0).shape) for name, (work, _) in products.items()}
    assert shapes == {"up": (20, 6), "down": (20, 1000), "statistics": (1000, 6)}
    assert {name: times for name, (_, times) in products.items()} == {"up": 2, "down": 1, "statistics": 1}


def test_turns_are_taken_and_the_shortest_counts(monkeypatch):
    clock, taken = [0.0], []
    monkeypatch.setattr(rbm.time, "perf_counter", lambda: clock[0])

    def work(name, seconds):
        def one(number):
            taken.append((name, number))
            clock[0] += next(seconds)

        return one

    slow, fast = iter([3.0] * 15 + [2.0]), iter([1.0] * 16)
    found = rbm.time_in_turns({"slow": work("slow", slow), "fast": work("fast", fast)}, rounds=2)
    assert found == {"slow": 2, "fast": 1}
    assert [name for name, _ in taken] == (["slow"] * 8 + ["fast"] * 8) * 2
    assert [number for name, number in taken if name == "slow"] == list(range(16))


def test_the_best_five_seconds_of_a_page_count():
    slow = [(second / 10, second * 50) for second in range(50)]
    fast = [(5 + second / 10, 2500 + second * 100) for second in range(101)]
    assert rbm.best_rate(slow + fast) == pytest.approx(1000)
    assert rbm.best_rate(slow) == pytest.approx(500)
    assert rbm.best_rate(slow[:1]) == 0


@pytest.mark.parametrize(("words", "made"), [("epoch 1 of 45 · 2,500 updates", 2500), ("epoch 0 of 45 · 7 updates", 7)])
def test_updates_are_read_from_the_heading(words, made):
    heading = SimpleNamespace(inner_text=lambda: words)
    assert rbm.count_updates(SimpleNamespace(locator=lambda _: SimpleNamespace(first=heading))) == made


def test_a_page_that_does_not_tell_is_a_sentence():
    heading = SimpleNamespace(inner_text=lambda: "No run yet")
    with pytest.raises(bench.CannotMeasureError, match="does not say how many updates"):
        rbm.count_updates(SimpleNamespace(locator=lambda _: SimpleNamespace(first=heading)))


def test_without_scikit_learn_it_names_the_command(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(rbm_peers, "find_spec", lambda name: None if name == "sklearn" else found(name))
    with pytest.raises(bench.CannotMeasureError, match=r"-m pip install scikit-learn==1\.9\.1"):
        bench.run("rbm", print, **TINY)
