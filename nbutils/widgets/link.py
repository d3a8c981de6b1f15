"""Settings in the address of the page: written as they change, read back when a page brings them."""

import re
from collections.abc import Callable, Mapping

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page

LONGEST = 2_000
MOST_SETTINGS = 40
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Link(anywidget.AnyWidget):
    """The part of the page's fragment that belongs to one dashboard, seen as a button that copies the address.

    Several links share a fragment by their names: #forms.seed=3&toolbox.layer=conv1. It must be on the page
    to work; a shell shows the link that it is given among its buttons. Raises ValueError for a name that is
    not made of small letters, digits and _.
    """

    _esm = page.script("link.js")
    _style = page.Style()
    name = T.Unicode().tag(sync=True)
    settings = T.Dict().tag(sync=True)
    arrived = T.Dict().tag(sync=True, echo_update=False)
    copies = T.Int(0).tag(sync=True)

    def __init__(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise ValueError(f'a link is named with small letters, digits and _, such as "toolbox", got "{name}".')
        self._callbacks: list[Callable[[dict[str, str]], None]] = []
        super().__init__(name=name)
        self.observe(self._read, "arrived")

    def write(self, settings: Mapping[str, object]) -> None:
        """Put these settings into the page's address, in place of those that were there.

        settings : name -> value, written as str(value)
        Raises ValueError for a name that is no identifier in small letters, or for more than fits.
        """
        texts = {name: str(value) for name, value in settings.items()}
        self.settings = check_settings(texts)

    def on_read(self, callback: Callable[[dict[str, str]], None]) -> None:
        """Call callback(settings) whenever the page brings settings of this name, also at the start.

        The settings are texts from anywhere: whoever reads them drops unknown names and checks every value.
        """
        self._callbacks.append(callback)

    def copy(self) -> None:
        """Ask the page to copy its address; a browser obeys only shortly after a click or a key."""
        self.copies += 1

    def set_state(self, sync_data: object) -> None:
        """Take from the page what its fragment said."""
        super().set_state(foreign.accept(sync_data, arrived=_clean_arrival))

    def _read(self, change: dict) -> None:
        settings = change["new"].get("settings", {})
        if settings:
            for callback in self._callbacks:
                callback(dict(settings))


def check_settings(settings: object) -> dict[str, str]:
    """Return the settings if they are few, short, and texts by name; raise TypeError or ValueError if not."""
    if not isinstance(settings, dict):
        raise TypeError(f"settings are given as a dict, got {type(settings).__name__}.")
    if len(settings) > MOST_SETTINGS:
        raise ValueError(f"a link holds at most {MOST_SETTINGS} settings, got {len(settings)}.")
    length = 0
    for name, value in settings.items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise ValueError(f"a setting is named with small letters, digits and _, got {str(name)[:60]!r}.")
        length += len(name) + len(foreign.text(value, LONGEST))
    if length > LONGEST:
        raise ValueError(f"a link holds at most {LONGEST} characters, got {length}.")
    return settings


def _clean_arrival(arrived: object) -> dict[str, object]:
    if not isinstance(arrived, dict):
        raise TypeError("an arrival is a dict with a count and settings.")
    count = foreign.whole(arrived.get("count"), 0, 1_000_000_000)
    return {"count": count, "settings": check_settings(arrived.get("settings"))}
