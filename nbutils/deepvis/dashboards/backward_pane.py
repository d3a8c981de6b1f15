"""The backward pane: what in the picture makes one unit answer."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape

import ipywidgets as ipw
import numpy as np

from nbutils.deepvis.looking import Return, Unit
from nbutils.deepvis.view import LIVE_METHODS, SEEDS, SHOWN, SLOW_METHODS, View
from nbutils.figures.palette import lift
from nbutils.widgets import Turns, Wall, choice, switch

METHOD_TITLES = {
    "gradient": "gradient",
    "deconv": "deconv",
    "guided": "guided backprop",
    "grad_cam": "Grad-CAM",
    "integrated": "integrated gradients",
}
SEED_TITLES = {"activation": "its whole map", "one": "its strongest place"}
SHOWN_TITLES = {"raw": "colours", "gray": "grey", "norm": "strength", "blurred norm": "strength, blurred"}
PICTURE_HEIGHT = 280
# Faster than a film cannot be told from a film.
SECONDS_BETWEEN_PICTURES = 0.04


@dataclass(frozen=True)
class Studied:
    """A picture that a slow method is asked about, and what it has made of it so far.

    now : the view when it was asked
    unit : in words
    pixels : (size, size, 3), uint8, sRGB
    found : (size, size, 3), uint8, or None before the first step
    """

    now: View
    unit: Unit
    pixels: np.ndarray
    found: np.ndarray | None = None

    def is_of(self, pixels: np.ndarray, now: View, unit: Unit) -> bool:
        """Return whether that picture, unit, network and way were asked about."""
        asked = all(getattr(self.now, name) == getattr(now, name) for name in ("network", "method", "shown"))
        return asked and self.unit == unit and np.array_equal(self.pixels, pixels)


class BackwardPane:
    """The picture at the end of the way back, and how it is made."""

    def __init__(self) -> None:
        self.on = switch("Backward", False)
        self.hint = ipw.HTML("<p class='dv-quiet'>What in the picture makes the channel answer.</p>")
        self.picture = Wall(height=PICTURE_HEIGHT, pickable=False)
        self.caption = ipw.HTML()
        self.method = choice("Method", _list_methods(), "guided")
        self.shown = choice("Shown as", [(SHOWN_TITLES[name], name) for name in SHOWN], "raw")
        self.seed = choice("Starting from", [(SEED_TITLES[name], name) for name in SEEDS], "activation")
        for widget in (self.hint, self.picture, self.caption):
            widget.add_class("dv-whole")
        self.box = (
            ipw.Box([self.on, self.hint, self.picture, self.caption, self.method, self.shown, self.seed])
            .add_class("dv-group")
            .add_class("dv-backward")
        )
        self._drawn_at = 0.0
        self._studied: Studied | None = None
        self._turns = Turns(self._show_studied, lambda error: self.picture.clear(str(error)))

    def is_wanted(self, now: View) -> bool:
        """Return whether the pane is open and seen."""
        return now.backward and self.picture.visible

    def find_return(self, now: View, unit: Unit, walled: bool) -> Return | None:
        """Return the way back that pane and wall need of the next look; None where neither does.

        walled : whether something of the wall is seen
        """
        live = now.method in LIVE_METHODS
        picture = live and self.is_wanted(now)
        if not picture and not (walled and now.wall == "backward"):
            return None
        return Return(unit, now.method if live else "gradient", now.seed, now.shown, picture)

    def set_controls(self, now: View, unit: str, has_map: bool) -> None:
        """Bring the controls to the view, and let only those be there that the method takes.

        unit : the unit that is looked at from behind, in words, as HTML
        has_map : whether it answers at many places, so that the way back can start from all or from one
        """
        self.on.value = now.backward
        for name in ("method", "shown", "seed"):
            getattr(self, name).value = getattr(now, name)
        _set_shown(self.hint, not now.backward)
        for widget in (self.picture, self.caption, self.method):
            _set_shown(widget, now.backward)
        _set_shown(self.shown, now.backward and now.method != "grad_cam")
        _set_shown(self.seed, now.backward and now.method in LIVE_METHODS and has_map)
        method = METHOD_TITLES[now.method]
        self.caption.value = f"<p class='dv-quiet'>{method} from <b>{unit}</b></p>"
        self.picture.label = f"{method}: what in the picture makes {unescape(unit)} answer"

    def draw(self, picture: np.ndarray, now: View, always: bool = True) -> None:
        """Show a picture from a look; what comes faster than a film is left out unless it is always to be shown.

        picture : (size, size, 3), uint8
        """
        begin = time.perf_counter()
        if not always and begin - self._drawn_at < SECONDS_BETWEEN_PICTURES:
            return
        self._drawn_at = begin
        if picture.min() == picture.max():
            self.picture.clear("Nothing comes back: the channel does not answer to this picture.")
        else:
            self.picture.show(lift_picture(picture, now)[None])

    def study(self, pixels: np.ndarray, now: View, unit: Unit, work: Iterator[np.ndarray]) -> None:
        """Show what the work makes of a picture that stands still, step by step; begun once for what it depends on.

        pixels : (size, size, 3), uint8, sRGB
        work : yields (size, size, 3), uint8; the page is answered between its steps
        """
        if self._studied is None or not self._studied.is_of(pixels, now, unit):
            self.picture.clear("Working it out: this takes some seconds.")
            self._studied = Studied(now, unit, pixels)
            self._turns.begin(work)
            return
        self._studied = replace(self._studied, now=now)
        if self._studied.found is not None:
            self.draw(self._studied.found, now)

    def leave_study(self) -> None:
        """Work no longer on what a slow method was asked for, and forget it unless it was finished."""
        if self._turns.drop():
            self._studied = None

    def _show_studied(self, found: np.ndarray) -> None:
        self._studied = replace(self._studied, found=found)
        self.draw(found, self._studied.now)

    def ask_to_hold(self, method: str) -> None:
        """Say that a picture has to stand still for this method."""
        words = f"{METHOD_TITLES[method]} takes some seconds: hold or pause the picture to see it."
        if self.picture.shape[0] or self.picture.empty != words:
            self.picture.clear(words)


def lift_picture(picture: np.ndarray, now: View) -> np.ndarray:
    """Return what came back with faint pixels lifted as the view lifts faint answers: (size, size, 3), uint8.

    Grad-CAM's picture is a photograph and stays as it is.
    picture : (size, size, 3), uint8
    """
    if now.method == "grad_cam":
        return picture
    return lift("gray", now.gamma, signed=now.shown in ("raw", "gray"))[:, 0][picture]


def _list_methods() -> dict[str, list[tuple[str, str]]]:
    return {
        "live": [(METHOD_TITLES[name], name) for name in LIVE_METHODS],
        "on a picture that stands still": [(METHOD_TITLES[name], name) for name in SLOW_METHODS],
    }


def _set_shown(widget: ipw.Widget, shown: bool) -> None:
    widget.layout.display = None if shown else "none"
