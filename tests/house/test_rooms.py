"""The rooms of the house: chapters carry one word everywhere, compute is silent, files are short, imports are light."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "nbutils"
SHARED = {
    *("probe", "preferred", "boltzmann", "neat", "nets", "zoo", "runs"),
    *("figures", "widgets", "serve", "bench"),
}
TESTS_ACROSS_ROOMS = {"browser", "house", "notebooks"}
SPEAKING = ("cli.py", "__main__.py")
LONGEST, LONGEST_TEST = 400, 500


def chapters():
    """Return the words of the chapters that have a notebook: 06_deepvis gives deepvis."""
    return {path.stem[3:] for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb") if path.name >= "01"}


def rooms(folder):
    """Return the names of the folders that hold a file of the project; Python's own caches are none."""
    return {path.name for path in folder.glob("[!_.]*") if path.is_dir() and any(path.glob("[!_.]*.*"))}


def test_every_chapter_has_its_room_and_its_tests():
    assert chapters() <= rooms(PACKAGE)
    assert chapters() <= rooms(ROOT / "tests")


def test_every_room_is_shared_or_a_chapter():
    assert rooms(PACKAGE) - SHARED == chapters()


def test_tests_stand_in_the_folders_of_what_they_test():
    assert rooms(ROOT / "tests") - TESTS_ACROSS_ROOMS <= rooms(PACKAGE)


def test_data_stands_in_the_folders_of_chapters():
    assert rooms(ROOT / "data") <= chapters()


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(PACKAGE.rglob("*.py")) if path.name not in SPEAKING],
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_only_the_command_line_prints(path):
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    assert [call.lineno for call in calls if isinstance(call, ast.Name) and call.id in ("print", "pprint")] == []


@pytest.mark.parametrize(("folder", "longest"), [(PACKAGE, LONGEST), (ROOT / "tests", LONGEST_TEST)])
def test_no_file_is_a_second_house(folder, longest):
    files = [path for path in folder.rglob("*.*") if path.suffix in (".py", ".js", ".css", ".html", ".j2")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in files}
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > longest} == {}


@pytest.mark.parametrize(
    "module",
    [
        "nbutils",
        "nbutils.widgets",
        "nbutils.figures",
        "nbutils.figures.ledger",
        "nbutils.introduction.dashboards",
        "nbutils.zoo",
        "nbutils.neat",
        "nbutils.forms",
        "nbutils.forms.dashboards",
        "nbutils.transfer",
        "nbutils.transfer.findings",
        "nbutils.transfer.dashboards",
        "nbutils.cli",
    ],
)
def test_importing_a_light_room_leaves_torch_alone(module):
    program = f"import sys, {module}; print(*sorted(name for name in sys.modules if name == 'torch'))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_every_chapter_is_held_by_the_import_rules():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    words = {f"nbutils.{chapter}" for chapter in chapters()}
    (independent,) = (contract["modules"] for contract in contracts if contract["type"] == "independence")
    assert set(independent) == words
    (compute,) = (contract for contract in contracts if contract["name"] == "compute never imports the interface")
    assert words <= set(compute["source_modules"])
    for source in ("nbutils.widgets", "nbutils.zoo", "nbutils.serve"):
        forbidding = [contract for contract in contracts if source in contract.get("source_modules", ())]
        assert any(words <= set(contract["forbidden_modules"]) for contract in forbidding)


@pytest.mark.parametrize("line", ["import matplotlib.pyplot as plt", "from matplotlib import pyplot"])
def test_pyplot_is_forbidden_in_every_room(line):
    check = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--select",
        "TID251",
        "--stdin-filename",
        "nbutils/figures/new.py",
        "-",
    ]
    done = subprocess.run(check, input=f"{line}\n", capture_output=True, text=True, check=False, cwd=ROOT)
    assert "matplotlib.figure.Figure" in done.stdout


def imported_by_a_planted(file, line, tmp_path):
    """Return what import-linter says of the package with one line more in one of its files."""
    shutil.copytree(PACKAGE, tmp_path / "nbutils", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / "nbutils" / file
    path.write_text(f"{path.read_text()}\n{line}\n")
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    given = {**os.environ, "PYTHONPATH": str(tmp_path)}
    return subprocess.run(lint, capture_output=True, text=True, check=False, cwd=tmp_path, env=given).stdout


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("serve/home.py", "from nbutils.deepvis import looking", "serve knows no chapter BROKEN"),
        ("serve/home.py", "from nbutils.serve import pictures", "no server imports who draws the cards BROKEN"),
        ("probe/layers.py", "import ipywidgets", "compute never imports the interface BROKEN"),
        ("introduction/edges.py", "from nbutils.deepvis import looking", "chapters never import each other BROKEN"),
        ("neat/genome.py", "import torch", "neat knows no torch and no room but runs BROKEN"),
        ("neat/genome.py", "from nbutils.deepvis import looking", "shared compute knows no chapter BROKEN"),
    ],
)
def test_an_import_against_the_rules_is_found(file, line, broken, tmp_path):
    assert broken in imported_by_a_planted(file, line, tmp_path)
