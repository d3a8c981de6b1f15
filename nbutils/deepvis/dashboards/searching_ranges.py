"""The ranges that a random search draws from: a table of all, and the controls of one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape

import ipywidgets as ipw

from nbutils.deepvis.dashboards.studio_controls import USUAL
from nbutils.deepvis.search_ranges import SEARCHED, Range
from nbutils.preferred.fields import FIELDS
from nbutils.widgets import choice, slider, switch
from nbutils.widgets.fold import Fold

PERCENT = 100


class RangesPane:
    """Says what is drawn and lets a person change it, one field after the other.

    changed : changed(ranges) is called with what a person sets
    """

    def __init__(self, changed: Callable[[dict[str, Range]], object]) -> None:
        self._changed = changed
        self._setting = False
        self.ranges: dict[str, Range] = {}
        self.field = choice("Field", [(FIELDS[name].title.capitalize(), name) for name in SEARCHED])
        self.drawn = switch("Drawn by chance")
        self.least = slider("From", 0, 0, 1, 0.01, wait=True)
        self.most = slider("To", 1, 0, 1, 0.01, wait=True)
        self.off = slider("Left out", 0, 0, PERCENT, 5, unit="percent of the time", wait=True)
        self.table = ipw.HTML()
        self.fold = Fold("Ranges", [self.table, self.field, self.drawn, self.least, self.most, self.off])
        self.field.observe(lambda _change: self._show_field(), "value")
        self.drawn.observe(self._switch, "value")
        for part, name in ((self.least, "least"), (self.most, "most"), (self.off, "off")):
            part.observe(lambda change, name=name: self._move(name, change["new"]), "value")

    def show(self, ranges: Mapping[str, Range]) -> None:
        """Bring the table and the controls to these ranges."""
        self.ranges = dict(ranges)
        self.table.value = tell_ranges(ranges)
        self.fold.heading.note = f"{len(ranges)} fields are drawn"
        self._show_field()

    def _show_field(self) -> None:
        """Bring the controls to the range of the chosen field without answering to them."""
        name = self.field.value
        field, range_ = FIELDS[name], self.ranges.get(name)
        shown = range_ or default_range(name)
        low, high = usual_bounds(name, shown)
        self._setting = True
        try:
            self.drawn.value = range_ is not None
            for part, value in ((self.least, shown.least), (self.most, shown.most)):
                with part.hold_sync():
                    part.min, part.max = low, high
                    part.logarithmic = low > 0 and field.logarithmic
                    part.step = low if part.logarithmic else field.step
                    part.unit, part.value, part.disabled = field.unit, value, range_ is None
            self.off.value = round(shown.off * PERCENT)
            self.off.disabled = range_ is None or field.least > 0
        finally:
            self._setting = False

    def _switch(self, change: dict) -> None:
        if self._setting:
            return
        name, ranges = self.field.value, dict(self.ranges)
        if change["new"]:
            ranges[name] = default_range(name)
        elif len(ranges) > 1:
            del ranges[name]
        self._tell(ranges)

    def _move(self, name: str, value: float) -> None:
        """Set one end of the range or how often it is left out; one end takes the other along."""
        if self._setting:
            return
        field = self.field.value
        before = self.ranges[field]
        if name == "off":
            moved = replace(before, off=value / PERCENT)
        elif name == "least":
            moved = replace(before, least=value, most=max(before.most, value))
        else:
            moved = replace(before, most=value, least=min(before.least, value))
        if moved.least <= 0:
            moved = replace(moved, logarithmic=False)
        self._tell(self.ranges | {field: moved})

    def _tell(self, ranges: dict[str, Range]) -> None:
        # In the order of SEARCHED, so that the same ranges are the same text, however they came about.
        ordered = {name: ranges[name] for name in SEARCHED if name in ranges}
        self._changed(ordered)
        self.show(self.ranges if ordered != self.ranges else ordered)


def default_range(name: str) -> Range:
    """Return where a field is drawn from when it is first switched on: between its usual bounds."""
    field = FIELDS[name]
    low, high = usual_bounds(name, Range(field.most, field.least))
    return Range(low, high, logarithmic=field.logarithmic)


def usual_bounds(name: str, range_: Range) -> tuple[float, float]:
    """Return where the sliders of a range end: where most people stop, or where the range itself ends."""
    low, high = USUAL.get(name, (FIELDS[name].least, FIELDS[name].most))
    return min(low, range_.least), max(high, range_.most)


def tell_ranges(ranges: Mapping[str, Range]) -> str:
    """Return the ranges as lines of HTML."""
    lines = "<br>".join(
        f"{escape(FIELDS[name].title)} <b>{f'{range_.least:g} to {range_.most:g} {FIELDS[name].unit}'.strip()}</b>"
        f"{', by factors' if range_.logarithmic else ''}"
        f"{f', left out {range_.off:.0%} of the time' if range_.off else ''}"
        for name, range_ in ranges.items()
    )
    return f"<p class='dv-numbers'>{lines}</p>"
