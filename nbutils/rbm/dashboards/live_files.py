"""Files of a run: its weights and its curves."""

import re
from collections.abc import Callable

import ipywidgets as ipw

from nbutils.boltzmann.files import pack_machine
from nbutils.rbm.running import Followed, curves_as_csv
from nbutils.widgets.download import Download

NO_RUN = "There is no run yet: press Start, then save it."


class FilesPane:
    """Buttons that save what a run has made.

    followed : returns the run that is seen, None where there is none
    """

    def __init__(self, followed: Callable[[], Followed | None]) -> None:
        self._followed = followed
        self.weights = Download("Save the weights", self._save_weights)
        self.curves = Download("Save the curves", self._save_curves)
        title = ipw.HTML("<h3>Keep it</h3>")
        self.box = ipw.VBox([title, self.weights, self.curves]).add_class("dv-stack")

    def _save_weights(self) -> tuple[str, bytes]:
        followed = self._chosen()
        return f"{name_file(followed)}.safetensors", pack_machine(followed.snapshot.machine, followed.snapshot.settings)

    def _save_curves(self) -> tuple[str, bytes]:
        followed = self._chosen()
        return f"{name_file(followed)}.csv", curves_as_csv(followed.points).encode()

    def _chosen(self) -> Followed:
        followed = self._followed()
        if followed is None:
            raise ValueError(NO_RUN)
        return followed


def name_file(followed: Followed) -> str:
    """Return a file name that says what learned from what, and for how long."""
    settings = followed.snapshot.settings
    words = re.sub(r"[^A-Za-z0-9]+", "_", followed.title).strip("_").lower()[:40]
    return f"rbm-{words}-{settings.hidden}-{settings.sampler}{settings.k}-update{followed.snapshot.update}"
