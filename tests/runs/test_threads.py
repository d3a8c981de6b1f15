import os
import re
import subprocess
import sys

import joblib
import pytest

from nbutils.runs import live_threads, sweep, threads
from nbutils.serve.places import kernel_environment
from tests.runs import work


def test_threads_are_set_and_told():
    import torch

    before = torch.get_num_threads()
    try:
        assert threads(1) == torch.get_num_threads() == 1
        assert threads(0) >= 1
    finally:
        torch.set_num_threads(before)


def test_a_negative_number_is_refused():
    with pytest.raises(ValueError, match="0 \\(all cores\\) or more, got -1"):
        threads(-1)


def test_a_light_network_gets_one_thread_and_a_heavy_one_all_cores_up_to_four(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(8)), raising=False)
    mobilenet, vgg16 = 300_774_272, 15_346_630_656
    assert live_threads(0) == live_threads(mobilenet) == 1
    assert live_threads(vgg16) == 4
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(2)), raising=False)
    assert live_threads(vgg16) == 2
    with pytest.raises(ValueError, match="0 or more, got -1"):
        live_threads(-1)


def spins(code, **environment):
    """Return how often a thread that waits looks again before it sleeps, as OpenMP itself says in a fresh process."""
    given = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"} | environment
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=True, env=given | {"OMP_DISPLAY_ENV": "VERBOSE"})
    return int(re.search(r"GOMP_SPINCOUNT = '(\d+)'", done.stderr)[1])


def test_waiting_threads_sleep_when_nothing_else_was_asked_for():
    set_threads = "from nbutils.runs import threads; threads(1)"
    assert spins(set_threads) == 0
    assert spins(set_threads, OMP_WAIT_POLICY="ACTIVE") > 0


def test_after_torch_was_imported_nothing_is_pretended():
    code = "import torch, os; from nbutils.runs import threads; threads(1); assert 'OMP_WAIT_POLICY' not in os.environ"
    assert spins(code) > 0


def test_threads_of_a_kernel_sleep_whatever_it_imports_first():
    assert spins("import torch", **kernel_environment({})) == 0


def test_every_run_of_a_sweep_has_one_thread(tmp_path):
    import torch

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        with joblib.parallel_config(backend="sequential"):
            (done,) = sweep(work.count_threads, [{}], tmp_path / "kept", beat=0.02)
    finally:
        torch.set_num_threads(before)
    assert done.result.facts == {"threads": 1}
