"""What the page of chapter 5 is set to: one frozen record for its controls, its link and a line of Python."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from nbutils.runs.fields import (
    Field,
    check_choice,
    check_number,
    check_switch,
    find_changes,
    read_settings,
    write_call,
    write_settings,
)
from nbutils.runs.parsing import as_tuple
from nbutils.transfer.halves import NAMES
from nbutils.transfer.records import LAYERS, TARGETS, TREATMENTS

TABS = ("curves", "distance", "data", "filters", "train", "grid")
SCORES = ("last", "best_ten")
KEY = re.compile(r"[0-9a-f]{16}")

FIELDS = {
    "n": Field("n", "", 1, LAYERS - 1, 1, "How many layers are copied, or random and frozen.", int),
    "question": Field("question", "", 1, 5, 1, "Which of the five interpretations is asked about.", int),
    "split": Field("random halves", "", 0, 3, 1, "Which random halves a network is trained on here.", int),
    "seed": Field("seed", "", 0, 999, 1, "Another seed, another network: first weights and order of pictures.", int),
}


@dataclass(frozen=True)
class View:
    """Everything that a person can set on the page.

    halves : which data set is halved, and how
    score : "last", the last validation, or "best_ten", the mean of the ten best, as in the thesis
    treatments : those that are drawn
    subtracted : whether the base network of the same classes is subtracted
    thesis : whether the thesis' numbers are drawn, too
    treatment, n : which network the diagram shows, and which one would be trained here
    run : the key of the run that is selected, "" for none
    question : the interpretation that is asked about, 1 to 5
    split, target, seed : of a network that is trained here: which random halves, the half that it learns, its seed
    Raises ValueError that names the field, what it may be and what was got.
    """

    tab: str = "curves"
    halves: str = NAMES[0]
    score: str = "last"
    treatments: tuple[str, ...] = TREATMENTS[:5]
    subtracted: bool = False
    thesis: bool = False
    treatment: str = "AnB"
    n: int = 3
    run: str = ""
    question: int = 1
    split: int = 0
    target: str = "B"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, field in FIELDS.items():
            object.__setattr__(self, name, check_number(name, getattr(self, name), field))
        check_switch("subtracted", self.subtracted)
        check_switch("thesis", self.thesis)
        check_choice("tab", self.tab, TABS)
        check_choice("halves", self.halves, NAMES)
        check_choice("score", self.score, SCORES)
        check_choice("treatment", self.treatment, TREATMENTS)
        check_choice("target", self.target, TARGETS)
        shown = as_tuple("treatments", self.treatments)
        for name in shown:
            check_choice("treatments", name, TREATMENTS)
        object.__setattr__(self, "treatments", tuple(name for name in TREATMENTS if name in shown))
        if not isinstance(self.run, str) or (self.run and not KEY.fullmatch(self.run)):
            raise ValueError(f"run must be the key of a run: 16 digits of 0 to f; got {str(self.run)[:40]!r}.")


NEW = View()


def to_settings(view: View) -> dict[str, str]:
    """Return the fields that differ from those of a new view, as the text of a link."""
    return write_settings(_find_changes(view))


def from_settings(settings: Mapping[str, str]) -> View:
    """Read the text of a link into a view; names that a view does not have are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    return View(**read_settings(settings, asdict(NEW)))


def to_python(view: View) -> str:
    """Return the lines of Python that open the page with this view."""
    return write_call("transfer", "transfer", _find_changes(view))


def _find_changes(view: View) -> dict[str, object]:
    return find_changes(asdict(view), asdict(NEW))
