"""Commands in messages work as typed, for people who used make and for those who did not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nbutils import commands
from nbutils.commands import as_typed

ROOT = Path(__file__).parents[1]


def call(monkeypatch, python, folder, checkout):
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(commands, "CHECKOUT", checkout)
    monkeypatch.chdir(folder)
    return as_typed("nbutils doctor")


def test_a_python_in_the_current_folder_is_named_by_its_path(monkeypatch, tmp_path):
    python = tmp_path / ".venv" / "bin" / "python"
    assert call(monkeypatch, python, tmp_path, tmp_path / "elsewhere") == ".venv/bin/python -m nbutils doctor"


def test_a_kernel_among_the_notebooks_names_the_python_of_the_repository(monkeypatch, tmp_path):
    (tmp_path / "notebooks").mkdir()
    python = tmp_path / ".venv" / "bin" / "python"
    assert call(monkeypatch, python, tmp_path / "notebooks", tmp_path) == ".venv/bin/python -m nbutils doctor"


def test_any_other_python_is_called_by_its_name(monkeypatch, tmp_path):
    assert call(monkeypatch, "/usr/bin/python3.11", tmp_path, tmp_path) == "python -m nbutils doctor"


@pytest.mark.parametrize("words", ["nbutils data list", "pip --version"])
def test_the_line_runs_in_the_repository(monkeypatch, tmp_path, words):
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(commands, "CHECKOUT", tmp_path)
    line = as_typed(words)
    done = subprocess.run([shutil.which("sh"), "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
