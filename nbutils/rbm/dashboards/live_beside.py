"""The run that is drawn beside the one that is seen: the thesis' own in its two variants, or one that was kept."""

from dataclasses import replace

from nbutils.rbm import results
from nbutils.rbm.running import Followed
from nbutils.rbm.view import KEPT
from nbutils.widgets.controls import choice

TITLES = {"": "no other run", "mean": "thesis, rate on the mean", "sum": "thesis, rate on the sum"}
KEPT_TITLE = "the run I kept"
SAMPLERS = {"cd": "CD", "pcd": "PCD", "tempering": "tempering"}


class Beside:
    """The choice of a run to compare with; `kept` is the one that a person kept, None where there is none."""

    def __init__(self) -> None:
        self.kept: Followed | None = None
        self.choice = choice("Compare with", [(title, name) for name, title in TITLES.items()])
        self._chosen: tuple[str, Followed | None] = ("", None)

    def show(self, name: str) -> None:
        """Bring the choice to a run, and have it at hand; ValueError where it cannot be read."""
        if name != self._chosen[0]:
            self._chosen = (name, self._find(name))
        kept = {KEPT: KEPT_TITLE} if self.kept is not None else {}
        self.choice.offer([(title, one) for one, title in (TITLES | kept).items()], name)

    def keep(self, followed: Followed) -> None:
        """Keep a run in place of the one that was kept before."""
        self.kept = followed
        if self._chosen[0] == KEPT:
            self._chosen = (KEPT, self._find(KEPT))

    def find(self, followed: Followed) -> Followed | None:
        """Return the run to draw beside this one; never itself."""
        name, found = self._chosen
        return None if name == KEPT and followed.points is self.kept.points else found

    def _find(self, name: str) -> Followed | None:
        """Return a run with a title that says how it was trained."""
        if not name:
            return None
        found, whose = (self.kept, "kept") if name == KEPT else (results.load(name), "thesis")
        return replace(found, title=f"{whose}: {tell_settings(found)}")


def tell_settings(followed: Followed) -> str:
    """Return in a few words how a run was trained."""
    settings = followed.snapshot.settings
    changed = ", changed" if settings.changes else ""
    return f"rate {settings.rate:g} {settings.rate_on}, {SAMPLERS[settings.sampler]}-{settings.k}{changed}"
