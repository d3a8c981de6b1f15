"""Names of the places in a network whose answers can be taken: modules, and the functions that they call."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

_CALL = re.compile(r"(?P<place>.*?)(?:@(?P<call>[1-9]\d{0,8}))?")
_FUNCTION = re.compile(r"(?:(?P<path>.*)\.)?(?P<word>\w+)\(\)")


@dataclass(frozen=True)
class Site:
    """One place: a module, or a function that this module itself calls, and which of its calls."""

    path: str  # as in network.get_submodule(path); "" is the network itself
    word: str = ""  # the function; "" where the module itself answers
    call: int = 1

    @property
    def name(self) -> str:
        """Return path, path@2, path.relu() or path.relu()@2."""
        place = ".".join(part for part in (self.path, self.word and f"{self.word}()") if part)
        return place if self.call == 1 else f"{place}@{self.call}"


def find_site(network: nn.Module, name: str) -> Site:
    """Return the site with that name.

    Raises ValueError that names the nearest modules when the network has no such module.
    """
    if has_module(network, name):
        return Site(name)
    place, call = _CALL.fullmatch(name).group("place", "call")
    function = None if has_module(network, place) else _FUNCTION.fullmatch(place)
    path, word = (function["path"] or "", function["word"]) if function else (place, "")
    if not has_module(network, path):
        known = [known for known, _ in network.named_modules() if known]
        raise ValueError(f'The network has no layer "{name}".{say_nearest(name, known)}')
    return Site(path, word, int(call or 1))


def has_module(network: nn.Module, path: str) -> bool:
    """Whether the network has a module of that path; the empty path is the network itself."""
    try:
        network.get_submodule(path)
    except AttributeError:
        return False
    return True


def say_nearest(name: str, known: Sequence[str]) -> str:
    """Return a sentence that names the nearest of the known names, after a space; nothing where none is near."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.3)
    return f" The nearest are: {', '.join(near)}." if near else ""
