"""How a notebook is written: short cells, no outputs, nothing defined twice, an opening that says what comes."""

import ast
import re
from collections import Counter
from pathlib import Path
from statistics import median

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
CHAPTERS = [path for path in NOTEBOOKS if re.match(r"(0[1-9]|10)_", path.name)]
LONGEST_CELL, MEDIAN_CELL, MOST_CELLS = 10, 3, 60
OPENING = {
    "what you will see": r"(?i)\byou will see\W",
    "reading minutes": r"Reading\W+\d+ minutes?",
    "running seconds": r"Running\W+(?:about )?\d+ seconds?",
    "what it needs": r"(?i)\bneeds\W+\w+",
}

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code(path):
    """Return the code cells of a notebook as texts."""
    return [cell.source for cell in read(path).cells if cell.cell_type == "code"]


def lines(source):
    return sum(bool(line.strip()) for line in source.splitlines())


@each_notebook
def test_it_is_valid_and_its_kernel_is_python3(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata


@each_notebook
def test_outputs_are_stripped(path):
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells if cell.outputs or cell.execution_count is not None] == []


@each_notebook
def test_cells_are_short_and_few(path):
    lengths = [lines(source) for source in code(path)]
    assert min(lengths) >= 1
    assert max(lengths) <= LONGEST_CELL
    assert median(lengths) <= MEDIAN_CELL
    assert len(read(path).cells) <= MOST_CELLS


def test_nothing_is_defined_in_two_notebooks():
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = Counter(
        name
        for path in NOTEBOOKS
        for name in {
            node.name for source in code(path) for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)
        }
    )
    assert [name for name, times in names.items() if times > 1] == []


@each_chapter
def test_it_opens_by_saying_what_comes(path):
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    assert re.match(rf"# {int(path.name[:2])} \w", first.source), "the first line is the chapter's number and title"
    assert [part for part, pattern in OPENING.items() if not re.search(pattern, first.source)] == []


@each_chapter
def test_a_question_stands_before_the_first_code(path):
    cells = read(path).cells
    first_code = next(index for index, cell in enumerate(cells) if cell.cell_type == "code")
    assert any("?" in cell.source for cell in cells[:first_code])
