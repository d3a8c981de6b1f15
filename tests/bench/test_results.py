"""What benches return: nested dicts of plain numbers under the names that others rely on, and how they are shown."""

import contextlib
import types

import pytest

from nbutils import bench, zoo
from nbutils.bench import chromium, deepvis, serve, suite

MACHINE = {"processor", "cores", "threads", "python", "torch", "system", "date"}


def leaves(result, path=()):
    """Yield (path, value) of everything in nested dicts."""
    for key, value in result.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def run(name, **wish):
    """Run a bench; return its numbers without the machine's, and what it said meanwhile."""
    said = []
    result = bench.run(name, said.append, **wish)
    assert set(result.pop("machine")) == MACHINE
    assert all(type(value) in (int, float) for _, value in leaves(result))
    assert all(isinstance(key, str) and key == key.lower() for path, _ in leaves(result) for key in path)
    return result, said


@pytest.fixture
def no_browser(monkeypatch):
    """Take the place of servers and browsers, which the browser tests start."""
    monkeypatch.setattr(suite, "served", lambda: contextlib.nullcontext("http://127.0.0.1:1"))
    monkeypatch.setattr(chromium, "started", lambda **_: contextlib.nullcontext())


def test_deepvis_names_networks_layers_and_four_numbers_of_each(no_browser, monkeypatch):
    monkeypatch.setattr(deepvis, "live_fps", lambda *_: {"fps": 20.0, "p95_ms": 50.0})
    monkeypatch.setattr(deepvis, "forward_fps", lambda *_: 40.0)
    result, said = run("deepvis")
    numbers = {"fps": 20.0, "p95_ms": 50.0, "forward_fps": 40.0, "efficiency": 0.5}
    layers = {"last": numbers, "widest": numbers}
    with_backward = {**layers, "backward": numbers}
    plain = dict.fromkeys(("alexnet", "vgg16", "efficientnet_lite0"), layers)
    assert result == {"live": {**plain, "mobilenet_v2": with_backward}}
    assert len(said) == 9


def test_serve_names_seconds_megabytes_requests_and_kernels(no_browser, monkeypatch):
    server = types.SimpleNamespace(warm=lambda: 2)
    monkeypatch.setattr(serve, "started", lambda: contextlib.nullcontext(server))
    monkeypatch.setattr(serve, "visit", lambda *_: (0.5, 1.5))
    monkeypatch.setattr(serve, "memory", lambda *_: {"torch_kernel_mb": 320.0})
    monkeypatch.setattr(serve, "kernels_left", lambda *_: 0)
    result, said = run("serve")
    assert {"cold_s", "warm_s", "torch_kernel_mb", "external_requests", "kernels_left"} <= set(result)
    assert result["warm_s"] == 0.5
    assert result["warm_painted_s"] == 1.5
    assert result["external_requests"] == result["kernels_left"] == 0
    assert said


@pytest.mark.parametrize("name", [name for name in bench.NAMES if name not in ("rbm", "forms", "transfer")])
def test_a_bench_without_its_network_names_the_command(name, monkeypatch, tmp_path):
    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path))
    with pytest.raises(bench.CannotMeasureError, match="python -m nbutils data fetch"):
        bench.run(name, print)


@pytest.mark.parametrize("name", ["", "nothing", "suite", "../serve"])
def test_an_unknown_bench_is_a_sentence(name):
    names = r"serve, deepvis, preferred, rbm, forms, transfer, soak"
    with pytest.raises(bench.CannotMeasureError, match=rf"There is no bench .*choose one of {names}\.$"):
        bench.run(name, print)


def test_the_layers_measured_are_the_last_convolution_and_the_widest():
    assert deepvis.named_layers("alexnet")["last"] == "conv5"
    for name in deepvis.NETWORKS:
        named = deepvis.named_layers(name)
        modules = dict(zoo.load(name).module.named_modules())
        assert set(named) == {"last", "widest"}
        assert set(named.values()) <= set(modules)


@pytest.mark.parametrize("name", deepvis.NETWORKS)
def test_the_networks_own_pace_is_capped_at_the_cameras(name):
    layer = deepvis.named_layers(name)["last"]
    assert 0 < deepvis.forward_fps(name, layer, seconds=0.2) <= 60


def test_a_pass_that_takes_no_time_is_as_fast_as_the_camera(monkeypatch):
    monkeypatch.setattr("nbutils.probe.activations", lambda *_: None)
    assert deepvis.forward_fps("alexnet", "conv5", seconds=0.01) == 60


def test_the_table_has_a_line_for_each_number():
    result = {"live": {"alexnet": {"fps": 30.123456, "frames": 12}}, "cold_s": 0.5, "system": "Linux 6"}
    assert [line.split() for line in bench.table(result).splitlines()] == [
        ["live"],
        ["alexnet"],
        ["fps", "30.1"],
        ["frames", "12"],
        ["cold_s", "0.5"],
        ["system", "Linux", "6"],
    ]
    assert bench.table({}) == ""
