"""What the repository says of itself: links that lead somewhere, a README that is true, nothing of foreign places."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from PIL import Image

from nbutils.serve.home import CHAPTERS

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
SCREENSHOT = ROOT / "docs" / "screenshot.png"
OUTSIDE = {
    *("github.com", "keepachangelog.com", "semver.org", "download.pytorch.org", "www.w3.org"),
    *(
        "yann.lecun.com",
        "www.cs.toronto.edu",
        "ossci-datasets.s3.amazonaws.com",
        "fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    ),
}
NOBODY = (".example", ".invalid", ".test", "example.org", "example.com")
HERE = {"127.0.0.1", "localhost", "0.0.0.0", "::1"}
UNFINISHED = r"\b(?:TODO|FIXME|XXX|HACK|lorem ipsum|coming soon)\b"
SOMEBODYS_COMPUTER = r"(?<![\w.~-])/(?:work|root|workspace|Users)/\w|(?<![\w.~-])/home/\w|\b[A-Z]:\\Users\\"
SOMEBODYS_TALK = r"(?i)\b(?:as requested|assistants?|chatbots?|as an ai|co-authored-by|generated (?:by|with) \w)"


@cache
def texts():
    """Return {path: text} of every text file of the project, this one apart: it names what it looks for."""
    listed = subprocess.run(
        [shutil.which("git"), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    files = {path: path.read_bytes() for path in paths if path.is_file() and path != Path(__file__)}
    return {path: raw.decode() for path, raw in files.items() if b"\0" not in raw[:8000]}


def found(pattern):
    """Return "path: what was found" of every match in every text."""
    places = ((path.relative_to(ROOT), re.finditer(pattern, text)) for path, text in texts().items())
    return [f"{place}: {match[0]}" for place, matches in places for match in matches]


@pytest.mark.parametrize("pattern", [UNFINISHED, SOMEBODYS_COMPUTER, SOMEBODYS_TALK])
def test_no_file_says(pattern):
    assert found(pattern) == []


def test_addresses_outside_are_the_known_ones():
    unknown = [
        entry
        for entry in found(r"https?://[\w.\[\]:-]+")
        if (host := urlsplit(entry.partition(": ")[2]).hostname) not in HERE | OUTSIDE and not host.endswith(NOBODY)
    ]
    assert unknown == []


def markdown():
    """Yield (folder, where, text) of every page of prose: Markdown files and the Markdown cells of notebooks."""
    for path, text in texts().items():
        if path.suffix == ".md":
            yield path.parent, path.name, text
        elif path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            yield path.parent, path.name, "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_every_relative_link_leads_to_a_file():
    broken = []
    for folder, where, text in markdown():
        targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"(?:href|src)=\"([^\"]+)\"", text)
        local = [target for target in targets if not urlsplit(target).scheme and not target.startswith("#")]
        broken += [f"{where}: {target}" for target in local if not (folder / unquote(urlsplit(target).path)).exists()]
    assert broken == []


def chapter_table(text):
    """Return {chapter: (title, minutes, state, link or None)} of the table of chapters in a page of prose."""
    title = r"\[?(?P<number>\d+) (?P<title>[^|\]]*[^|\] ])\]?(?:\((?P<link>[^)]*)\))?"
    rows = re.finditer(rf"^\| {title} \|[^|]+\| (?P<minutes>[^|]+) \| (?P<state>[^|]+) \|$", text, re.MULTILINE)
    return {int(row["number"]): (row["title"], row["minutes"], row["state"], row["link"]) for row in rows}


def reading_minutes(path):
    first = nbformat.read(path, as_version=4).cells[0].source
    return re.search(r"Reading\W+(\d+) minutes?", first)[1]


@pytest.mark.parametrize("page", ["README.md", "notebooks/01_introduction.ipynb"])
def test_the_table_of_chapters_says_what_there_is(page):
    text = next(text for folder, where, text in markdown() if folder / where == ROOT / page)
    table = chapter_table(text)
    assert list(table) == [chapter.number for chapter in CHAPTERS]
    for chapter in CHAPTERS:
        title, minutes, state, link = table[chapter.number]
        notebook = ROOT / "notebooks" / f"{chapter.name}.ipynb"
        assert title == chapter.title
        assert state.startswith("working") == notebook.exists()
        assert state.startswith("planned") != notebook.exists()
        assert minutes == (reading_minutes(notebook) if notebook.exists() else "-")
        assert ((ROOT / page).parent / link if link else None) == (notebook if notebook.exists() else None)


def test_the_readme_names_the_commands():
    blocks = re.findall(r"^```sh\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    lines = {line.partition("#")[0].strip() for block in blocks for line in block.splitlines()}
    assert {"make serve", "make test", "python -m nbutils serve"} <= lines


def test_the_screenshot_is_a_picture_under_300_kb():
    assert "docs/screenshot.png" in README.read_text()
    assert SCREENSHOT.stat().st_size < 300_000
    with Image.open(SCREENSHOT) as picture:
        assert min(picture.size) >= 400
