"""Which two first layers stand beside each other, and what one is to see there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from nbutils.transfer.records import Run, RunSettings
from nbutils.transfer.results import key_of

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Layer:
    """A first layer: that of a run when it has ended ("after"), or as its seed drew it ("before")."""

    title: str
    settings: RunSettings
    when: str = AFTER


@dataclass(frozen=True)
class Pair:
    """Two first layers side by side.

    alike : whether filter k of one became, or was, filter k of the other, so that both stand in one order
    """

    left: Layer
    right: Layer
    alike: bool
    remark: str


def _learned(base: RunSettings, _tuned: RunSettings) -> Pair:
    left = Layer(f"{base.name} before training", base, BEFORE)
    remark = "The same 48 filters, before the first step and after the last: random weights become edges and colours."
    return Pair(left, Layer(f"{base.name} after training", base), True, remark)


def _halves(base: RunSettings, _tuned: RunSettings) -> Pair:
    first, second = (replace(base, target=half) for half in "AB")
    remark = (
        "Two networks that have no class in common, each by its share of colour. If first layers are general, nobody "
        "can tell which is whose."
    )
    return Pair(Layer("baseA", first), Layer("baseB", second), False, remark)


def _tuned(_base: RunSettings, tuned: RunSettings) -> Pair:
    left = Layer(f"{tuned.name} before: as {tuned.base.name} had them", tuned.base)
    remark = "Copied from the other task, then trained on: how much of the first layer had to change?"
    return Pair(left, Layer(f"{tuned.name} after training on", tuned), True, remark)


def _scratch(base: RunSettings, tuned: RunSettings) -> Pair:
    left = Layer(f"{tuned.name}, pre-trained on {tuned.source}", tuned)
    remark = "The same task, {0}, begun with layers of {1} and begun from scratch, each by its share of colour."
    return Pair(left, Layer(f"{base.name}, from scratch", base), False, remark.format(base.target, tuned.source))


def _random(base: RunSettings, _tuned: RunSettings) -> Pair:
    settings = replace(base, treatment="random", n=1)
    left = Layer(f"random, frozen ({settings.name})", settings, BEFORE)
    remark = "What the upper layers have to work with when the first one never learns, and when it does."
    return Pair(left, Layer(f"{base.name} after training", base), False, remark)


# What is offered -> (its title, the makers of the pair, whether n matters).
KINDS: Mapping[str, tuple[str, Callable[[RunSettings, RunSettings], Pair], bool]] = {
    "learned": ("Before and after training", _learned, False),
    "halves": ("Base A and base B", _halves, False),
    "tuned": ("Transferred, before and after training on", _tuned, True),
    "scratch": ("Pre-trained and from scratch", _scratch, True),
    "random": ("Random and trained", _random, False),
}


def make_pair(kind: str, base: RunSettings, n: int) -> Pair:
    """Return the pair of a kind for a base network, and for the transfer to its half at n."""
    return KINDS[kind][1](base, replace(base, treatment="AnB+", n=n))


def find_bases(runs: tuple[Run, ...], held: Mapping[str, object]) -> tuple[RunSettings, ...]:
    """Return the base networks whose filters are there, seed 0 first."""
    found = [run.settings for run in runs if run.settings.treatment == "base" and key_of(run.settings) in held]
    return tuple(sorted(found, key=lambda settings: (settings.seed, settings.split, settings.target)))


def is_there(layer: Layer, held: Mapping[str, object]) -> bool:
    """Return whether a layer can be shown: it was kept, or is drawn anew."""
    return layer.when == BEFORE or key_of(layer.settings) in held
