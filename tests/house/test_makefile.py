"""What make says while it sets up, and that it does nothing when there is nothing to do; pip is only pretended."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIP_SAYS = """
Looking in indexes: https://download.example.org/simple
Collecting torch==2.13.0
  Downloading https://download.example.org/whl/torch-2.13.0-cp311-linux_x86_64.whl.metadata (29 kB)
Requirement already satisfied: numpy in .venv/lib
Downloading https://download.example.org/whl/torch-2.13.0-cp311-linux_x86_64.whl (188.3 MB)
   ---- 188.3/188.3 MB 21.3 MB/s eta 0:00:00
Using cached sympy-1.14.0-py3-none-any.whl (6.3 MB)
Installing collected packages: torch, sympy
Successfully installed torch-2.13.0
"""
EVERY_STEP = [
    *("1 of 3: torch and what it needs", "  torch-2.13.0-cp311-linux_x86_64.whl (188.3 MB)"),
    *("  sympy-1.14.0-py3-none-any.whl (6.3 MB)", "  Unpacking; the largest take a minute."),
]


@pytest.fixture
def make(tmp_path):
    """Return a function that makes the environment in a folder of the test's own, with this pip."""
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    pip = venv / "bin" / "pip"
    (tmp_path / "said").write_text(PIP_SAYS)

    def run(code=0):
        says = f'case "$*" in *--quiet*) ;; *) cat {tmp_path}/said ;; esac'
        pip.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n{says}\nexit {code}\n')
        pip.chmod(0o755)
        given = [shutil.which("make"), f"VENV={venv}", f"PYTHON={sys.executable}", f"{venv}/.installed"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        return subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=False, env=clean)

    run.asked = tmp_path / "asked"
    run.done = venv / ".installed"
    return run


def test_every_package_is_said_with_its_size_and_nothing_else_of_pip(make):
    done = make()
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    first = lines.index(EVERY_STEP[0])
    assert lines[first : first + len(EVERY_STEP)] == EVERY_STEP
    assert not [line for line in lines if "metadata" in line or "Requirement" in line or "https" in line]
    assert make.done.exists()


def test_torch_comes_first_and_the_suite_is_installed_where_it_stands(make):
    make()
    torch, others, suite = make.asked.read_text().splitlines()
    assert torch.split()[-1].startswith("torch==")
    assert others.endswith("-r requirements.lock")
    assert suite.endswith("--editable .")


def test_a_second_time_nothing_is_done(make):
    make()
    make.asked.unlink()
    again = make()
    assert again.returncode == 0
    assert not make.asked.exists()
    assert "1 of 3" not in again.stdout


def test_when_pip_fails_so_does_make_and_it_tries_again(make):
    assert make(code=1).returncode != 0
    assert not make.done.exists()
    assert make().returncode == 0
