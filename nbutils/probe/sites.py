"""Names of the places in a network whose answers can be taken: modules, and the functions that they call."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

_CALL = re.compile(r"(?s)(?P<place>.*?)(?:@(?P<call>[1-9]\d{0,8}))?")
_FUNCTION = re.compile(r"(?s)(?:(?P<path>.*)\.)?(?P<word>\w+)\(\)")

SCRIPTED = "What torch.jit has scripted or traced runs outside Python and shows nothing of its inside."


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

    Raises ValueError that names the nearest modules when the network has no such module, and for a scripted one.
    """
    if has_module(network, name):
        return _unless_scripted(network, Site(name))
    place, call = _CALL.fullmatch(name).group("place", "call")
    function = None if has_module(network, place) else _FUNCTION.fullmatch(place)
    path, word = (function["path"] or "", function["word"]) if function else (place, "")
    if not has_module(network, path):
        known = [known for known, _ in network.named_modules() if known]
        raise ValueError(f'The network has no layer "{name}".{say_nearest(name, known)}')
    return _unless_scripted(network, Site(path, word, int(call or 1)))


def is_scripted(module: nn.Module) -> bool:
    """Whether torch.jit has scripted or traced the module, which then runs outside Python."""
    return isinstance(module, torch.jit.ScriptModule)


def _unless_scripted(network: nn.Module, site: Site) -> Site:
    """Return the site, or raise ValueError where its module runs outside Python."""
    if is_scripted(network.get_submodule(site.path)):
        raise ValueError(f'"{site.name}" cannot be watched. {SCRIPTED} Hand in the module that it was made from.')
    return site


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
