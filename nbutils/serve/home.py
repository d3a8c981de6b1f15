"""The home page: a card for each chapter that works, a line for each that is planned."""

import base64
import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from IPython.display import HTML

STYLE = Path(__file__).with_name("home.css")


@dataclass(frozen=True)
class Chapter:
    """One chapter of the suite, written or not."""

    name: str  # of its notebook, without the ending
    title: str
    does: str  # what a reader does there, in a sentence
    picture: str = ""  # what the picture on its card shows, for those who do not see it

    @property
    def number(self) -> int:
        """The chapter's number."""
        return int(self.name[:2])


CHAPTERS = (
    Chapter(
        "01_introduction",
        "Introduction",
        "Try every part of a dashboard on a small one, and see what is done and what is not yet.",
        "A man with a camera, and twelve dark tiles in which his outline shines, each from another side.",
    ),
    Chapter("02_gaits", "Gaits", "Let a simulated four-legged robot learn to walk, in six ways, and race them."),
    Chapter(
        "03_forms",
        "Endless forms",
        "Breed solid shapes by choosing the ones you like; keep them, share them, print them.",
        "Fifteen pale bodies with wings, rings and waists, three of them ringed.",
    ),
    Chapter(
        "04_rbm",
        "Training RBMs",
        "Watch a restricted Boltzmann machine learn, and see by eye what goes wrong.",
        "A square of black, gray and white fields, and sixty-six tiles with soft light and dark patches.",
    ),
    Chapter(
        "05_transfer",
        "Transfer",
        "Lend layers of one network to another task, and see which of them serve it as well as its own.",
        "Four rows of eight blocks, orange and purple: two networks, and two that begin with their locked layers.",
    ),
    Chapter(
        "06_deepvis",
        "Deep visualization",
        "Hold something up to the camera and watch every channel of a network answer.",
        "A cat, and sixty-six tiles that show where in the picture each of as many channels answers.",
    ),
    Chapter("07_convergent", "Convergent learning", "Ask whether networks trained apart learn the same features."),
    Chapter("08_features", "Deeper features", "Draw what units deep inside a network look for, in three ways."),
    Chapter("09_mixture", "Mixture", "Turn photographs into the picture that their strongest neurons would paint."),
    Chapter("10_scrutiny", "Scrutiny", "Catch networks that cheat on small data, and see by looking how they do it."),
)


@dataclass(frozen=True)
class Facts:
    """What a chapter's notebook says of itself."""

    minutes: int | None
    needs: str


def cards(folder: Path | str = ".") -> HTML:
    """Return a card with picture, title, task, minutes and needs for every chapter whose notebook is in the folder."""
    written = [chapter for chapter in CHAPTERS if notebook(folder, chapter).is_file()]
    items = "".join(f"<li>{card(chapter, Path(folder))}</li>" for chapter in written)
    return HTML(f'<style>{STYLE.read_text()}</style><div class="dv-home" id="dv-cards"><ul>{items}</ul></div>')


def planned(folder: Path | str = ".") -> HTML:
    """Return a line for every chapter whose notebook is not in the folder yet."""
    missing = [chapter for chapter in CHAPTERS if not notebook(folder, chapter).is_file()]
    items = "".join(
        f"<li><span>{chapter.number}</span><span><b>{escape(chapter.title)}.</b> {escape(chapter.does)}</span></li>"
        for chapter in missing
    )
    return HTML(f'<style>{STYLE.read_text()}</style><div class="dv-home" id="dv-planned"><ol>{items}</ol></div>')


def notebook(folder: Path | str, chapter: Chapter) -> Path:
    """Return where a chapter's notebook is or will be."""
    return Path(folder) / f"{chapter.name}.ipynb"


def card(chapter: Chapter, folder: Path) -> str:
    """Return the HTML of one card; the whole card leads to the chapter."""
    facts = read_facts(notebook(folder, chapter))
    minutes = f"{facts.minutes} minutes. " if facts.minutes else ""
    return (
        f'<article class="dv-card">{picture(chapter, folder)}<div>'
        f'<h2><a href="{chapter.name}.ipynb"><span class="dv-number">{chapter.number}</span>'
        f"{escape(chapter.title)}</a></h2><p>{escape(chapter.does)}</p>"
        f'<p class="dv-facts">{minutes}{escape(facts.needs)}</p></div></article>'
    )


def picture(chapter: Chapter, folder: Path) -> str:
    """Return a chapter's picture as HTML, inside the page so that it shows in Voila and in Lab; none if it has none."""
    path = folder / "static" / f"{chapter.name}.png"
    if not path.is_file():
        return ""
    pixels = base64.b64encode(path.read_bytes()).decode()
    return f'<img src="data:image/png;base64,{pixels}" alt="{escape(chapter.picture)}">'


def read_facts(path: Path) -> Facts:
    """Return what a notebook's opening says of reading time and needs; a part that it does not say stays empty."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    opening = "".join(cells[0]["source"]) if cells else ""
    minutes = re.search(r"Reading\W+(\d+) minutes?", opening)
    needs = re.search(r"It needs\W+([^.;\n]+(?:;[^.\n]+)?\.)", opening)
    return Facts(int(minutes[1]) if minutes else None, f"Needs {needs[1]}" if needs else "")
