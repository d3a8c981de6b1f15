import subprocess
import sys

import pytest

from nbutils.runs import threads


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


def test_waiting_threads_sleep_when_nothing_else_was_asked_for():
    code = "import os; from nbutils.runs import threads; threads(1); print(os.environ['OMP_WAIT_POLICY'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["PASSIVE"]
