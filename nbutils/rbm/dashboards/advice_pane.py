"""What the plots say of a run, in sentences, each with the setting that mends it."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as ipw

from nbutils.boltzmann.fields import FIELDS
from nbutils.rbm.advice import Advice, advise
from nbutils.rbm.running import Followed
from nbutils.widgets.controls import button

HEADING = "<h3>Advice <small>the first plot that looks wrong comes first: what follows may go away with it</small></h3>"
EMPTY = "<p class='dv-quiet'>Press Start: what the plots say stands here.</p>"
WORDS = {
    "fault": "Mend this first",
    "follows": "Then",
    "note": "Note",
    "healthy": "Nothing to mend",
    "early": "Too early",
}
STYLES = {"healthy": "dv-verdict dv-right", "note": "", "early": ""}
PLOTS = {
    "probabilities": "plot 1, probabilities",
    "histograms": "plot 2, weights and updates",
    "filters": "plot 3, filters",
    "error": "plot 4, reconstruction error",
    "flicker": "monitor: flicker",
    "gap": "monitor: free-energy gap",
}
DATA = "the examples"


class AdvicePane:
    """The advice on a run; it is made anew after every epoch.

    choose : choose(name) is called when the button with a setting's name is pressed: a field of Training, or "data";
        without it there are no buttons
    """

    def __init__(self, choose: Callable[[str], object] | None = None) -> None:
        self._choose = choose
        self._rows: list[Row] = []
        self._shown: Followed | None = None
        self.empty = ipw.HTML(EMPTY)
        self.list = ipw.VBox([self.empty]).add_class("dv-stack")
        self.box = ipw.VBox([ipw.HTML(HEADING), self.list]).add_class("dv-stack")

    def show(self, followed: Followed, beside: Followed | None = None) -> None:
        """Say what a run's plots say; nothing is said anew while no epoch has ended."""
        if self._shown is not None and _is_told(followed, self._shown):
            return
        self._shown = followed
        self.tell(advise(followed.epochs, followed.snapshot.settings.at(followed.snapshot.update)))

    def tell(self, advice: Sequence[Advice]) -> None:
        """Show these sentences in their order."""
        while len(self._rows) < len(advice):
            self._rows.append(Row(self._choose))
        for row, one in zip(self._rows, advice, strict=False):
            row.fill(one)
        self.list.children = [row.box for row in self._rows[: len(advice)]]

    def clear(self) -> None:
        """Say nothing."""
        self._shown = None
        self.list.children = [self.empty]


class Row:
    """One sentence, and the button that leads to the setting which mends what it says."""

    def __init__(self, choose: Callable[[str], object] | None) -> None:
        self._choose = choose
        self._control = ""
        self.text, self.press = ipw.HTML().add_class("dv-told"), button("", self._go)
        self.box = ipw.VBox([self.text, self.press] if choose else [self.text]).add_class("dv-stack")

    def fill(self, advice: Advice) -> None:
        """Show this advice."""
        self._control = advice.control
        self.text.value = tell_advice(advice)
        name = name_control(advice.control)
        self.press.text = f"Go to: {name}"
        self.press.layout.display = None if name else "none"

    def _go(self) -> None:
        if self._choose is not None and self._control:
            self._choose(self._control)


def tell_advice(advice: Advice) -> str:
    """Return an advice as HTML: how much it matters, the sentence, and where it is seen."""
    where = f" <span class='dv-quiet'>({escape(PLOTS[advice.plot])})</span>" if advice.plot in PLOTS else ""
    style = STYLES.get(advice.severity, "dv-verdict")
    word = f"<b class='{style}'>{WORDS[advice.severity]}.</b>"
    return f"<p>{word} {escape(advice.sentence)}{where}</p>"


def name_control(control: str) -> str:
    """Return a setting's name as it stands on the page; an empty text for none."""
    if control == "data":
        return DATA
    return FIELDS[control].title if control in FIELDS else ""


def _is_told(followed: Followed, before: Followed) -> bool:
    same = followed.points == before.points
    return same and followed.snapshot.settings == before.snapshot.settings
