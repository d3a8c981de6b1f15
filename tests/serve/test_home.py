"""The home page: cards for what is written, lines for what is planned, and nothing heavy."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from nbutils.serve import home

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
OPENING = "# 6 Deep visualization\n\n**Reading:** 15 minutes. **It needs:** nothing; a camera makes it better. More."


def write(folder, name, opening=OPENING):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(opening)])
    nbformat.write(notebook, folder / f"{name}.ipynb")


def test_every_chapter_is_either_a_card_or_planned():
    cards, planned = home.cards(NOTEBOOKS).data, home.planned(NOTEBOOKS).data
    for chapter in home.CHAPTERS:
        written = (NOTEBOOKS / f"{chapter.name}.ipynb").is_file()
        assert (f'href="{chapter.name}.ipynb"' in cards) == written
        assert (f"<b>{chapter.title}.</b>" in planned) != written
    assert "href" not in planned


def test_every_notebook_with_a_number_is_a_chapter():
    written = {path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")} - {"00_home"}
    assert written <= {chapter.name for chapter in home.CHAPTERS}
    assert [chapter.number for chapter in home.CHAPTERS] == list(range(1, 11))


def test_every_card_has_a_small_picture_and_words_for_it():
    for chapter in home.CHAPTERS:
        if (NOTEBOOKS / f"{chapter.name}.ipynb").is_file():
            picture = NOTEBOOKS / "static" / f"{chapter.name}.png"
            assert picture.stat().st_size < 300_000
            assert chapter.picture


def test_every_written_chapter_says_its_minutes_and_needs():
    for chapter in home.CHAPTERS:
        path = NOTEBOOKS / f"{chapter.name}.ipynb"
        if path.is_file():
            facts = home.read_facts(path)
            assert facts.minutes
            assert facts.needs.startswith("Needs ")


def test_facts_are_read_from_the_notebook(tmp_path):
    write(tmp_path, "06_deepvis")
    facts = home.read_facts(tmp_path / "06_deepvis.ipynb")
    assert facts == home.Facts(15, "Needs nothing; a camera makes it better.")
    card = home.cards(tmp_path).data
    assert "15 minutes. Needs nothing" in card
    assert "<img" not in card


@pytest.mark.parametrize("opening", ["", "# A title and no more", "Reading: soon. It needs"])
def test_a_notebook_that_says_nothing_still_has_a_card(tmp_path, opening):
    write(tmp_path, "06_deepvis", opening)
    assert home.read_facts(tmp_path / "06_deepvis.ipynb").minutes is None
    assert 'href="06_deepvis.ipynb"' in home.cards(tmp_path).data


def test_an_empty_notebook_still_has_a_card(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "06_deepvis.ipynb")
    assert 'href="06_deepvis.ipynb"' in home.cards(tmp_path).data


def test_what_a_notebook_says_is_escaped(tmp_path):
    write(tmp_path, "06_deepvis", "**Reading:** 5 minutes. **It needs:** <script>alert(1)</script>.")
    assert "<script" not in home.cards(tmp_path).data


def test_no_chapter_written_is_no_card(tmp_path):
    assert "<li>" not in home.cards(tmp_path).data
    assert home.planned(tmp_path).data.count("<li>") == len(home.CHAPTERS)


def test_headings_come_in_order():
    cells = json.loads((NOTEBOOKS / "00_home.ipynb").read_text())["cells"]
    headings = [line for cell in cells for line in cell["source"] if re.match("#+ ", line)]
    assert [heading.split()[0] for heading in headings] == ["#", "##"]
    assert "<h2>" in home.cards(NOTEBOOKS).data


def test_it_runs_without_torch_and_numpy():
    cells = json.loads((NOTEBOOKS / "00_home.ipynb").read_text())["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    look = "import sys; print([name for name in ('torch', 'numpy', 'ipywidgets', 'PIL') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{look}"], capture_output=True, text=True, check=True, cwd=NOTEBOOKS.parent
    )
    assert done.stdout.strip() == "[]"
