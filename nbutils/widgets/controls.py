"""Sliders, choices, texts, switches and buttons: native inputs with a name, a keyboard, and checked values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page

MOST_OPTIONS = 5_000
Options = Sequence[object] | Mapping[str, Sequence[object]]


class Slider(anywidget.AnyWidget):
    """A range with a number box; `value` is an int when min and step are whole numbers, else a float."""

    _esm = page.script("controls.js")
    _style = page.Style()
    kind = T.Unicode("slider").tag(sync=True)
    name = T.Unicode().tag(sync=True)
    unit = T.Unicode().tag(sync=True)
    min = T.Float(0.0).tag(sync=True)
    max = T.Float(1.0).tag(sync=True)
    step = T.Float(0.01).tag(sync=True)
    wait = T.Bool(False).tag(sync=True)
    logarithmic = T.Bool(False).tag(sync=True)
    help = T.Unicode().tag(sync=True)
    disabled = T.Bool(False).tag(sync=True)
    value = T.Any(0).tag(sync=True)

    @T.validate("value")
    def _bring_into_range(self, proposal: dict) -> int | float:
        return self._fit(proposal["value"])

    @T.observe("min", "max", "step")
    def _range_changed(self, _change: dict) -> None:
        self.value = self._fit(self.value)

    def _fit(self, value: object) -> int | float:
        found = foreign.number(value, self.min, self.max)
        whole = self.min.is_integer() and self.step.is_integer()
        return round(found) if whole else float(found)

    def set_state(self, sync_data: object) -> None:
        """Take a value from the page, brought into the range."""
        super().set_state(foreign.accept(sync_data, value=self._fit))


class Choice(anywidget.AnyWidget):
    """One of several options: a list to open ("choice"), side by side ("segmented"), or typed and proposed ("search").

    The page knows only names and the index; `value` is whatever Python object stands behind it.
    """

    _esm = page.script("controls.js")
    _style = page.Style()
    kind = T.Enum(("choice", "segmented", "search"), "choice").tag(sync=True)
    name = T.Unicode().tag(sync=True)
    labels = T.List(T.List(T.Unicode())).tag(sync=True)
    index = T.Int(0).tag(sync=True)
    disabled = T.Bool(False).tag(sync=True)
    value = T.Any()

    def __init__(self, options: Options, value: object = None, **traits: object) -> None:
        self._values: list[object] = []
        super().__init__(**traits)
        self.offer(options, value)

    def offer(self, options: Options, value: object = None) -> None:
        """Replace the options and choose value, or the first one when value is None.

        options : texts, or (label, value), or a dict of group name -> such a list
        Raises ValueError when there are none or too many, or when value is not among them.
        """
        rows = _list_options(options)
        values = [row[2] for row in rows]
        chosen = 0 if value is None else _position(values, value, self.name)
        with self.hold_sync():
            self._values = values
            self.labels = [[group, label] for group, label, _ in rows]
            self.index = chosen
            self.value = values[chosen]

    @T.validate("value")
    def _must_be_an_option(self, proposal: dict) -> object:
        position = _position(self._values, proposal["value"], self.name)
        return self._values[position]

    @T.observe("index")
    def _take_index(self, change: dict) -> None:
        self.value = self._values[change["new"]]

    @T.observe("value")
    def _show_value(self, change: dict) -> None:
        self.index = _position(self._values, change["new"], self.name)

    def _clean_index(self, index: object) -> int:
        position = foreign.whole(index, -1, MOST_OPTIONS)
        if not 0 <= position < len(self._values):
            raise ValueError(f"a position among {len(self._values)} options is wanted, got {position}.")
        return position

    def set_state(self, sync_data: object) -> None:
        """Take the position of an option from the page."""
        super().set_state(foreign.accept(sync_data, index=self._clean_index))


class Typed(anywidget.AnyWidget):
    """A line to type; `value` is what stands there when it was left or Enter was pressed.

    longest : the most letters that it takes
    """

    _esm = page.script("controls.js")
    _style = page.Style()
    kind = T.Unicode("typed").tag(sync=True)
    name = T.Unicode().tag(sync=True)
    longest = T.Int(200).tag(sync=True)
    disabled = T.Bool(False).tag(sync=True)
    value = T.Unicode().tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take a text of bounded length from the page."""
        super().set_state(foreign.accept(sync_data, value=lambda value: foreign.text(value, self.longest)))


class Switch(anywidget.AnyWidget):
    """Something that is on or off."""

    _esm = page.script("controls.js")
    _style = page.Style()
    kind = T.Unicode("switch").tag(sync=True)
    name = T.Unicode().tag(sync=True)
    disabled = T.Bool(False).tag(sync=True)
    value = T.Bool(False).tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take true or false from the page."""
        super().set_state(foreign.accept(sync_data, value=foreign.flag))


class Button(anywidget.AnyWidget):
    """Something to press; `value` counts the presses, `pressed_at` is the last one's time by the page's clock."""

    _esm = page.script("controls.js")
    _style = page.Style()
    kind = T.Unicode("button").tag(sync=True)
    text = T.Unicode().tag(sync=True)
    first = T.Bool(False, help="whether this is the main button of its group").tag(sync=True)
    disabled = T.Bool(False).tag(sync=True)
    value = T.Int(0)

    def __init__(self, press: Callable[[], object] | None = None, **traits: object) -> None:
        self.pressed_at: float | None = None  # seconds since 1970
        super().__init__(**traits)
        self.on_msg(self._receive)
        if press is not None:
            self.on_press(press)

    def on_press(self, press: Callable[[], object]) -> None:
        """Call press() at every press."""
        self.observe(lambda _change: press(), "value")

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        if foreign.event(content) == "press" and not self.disabled:
            self.pressed_at = foreign.seconds(content.get("at"))
            self.value += 1

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: presses arrive as messages."""
        super().set_state(foreign.accept(sync_data))


def slider(
    name: str,
    value: float,
    least: float,
    most: float,
    step: float,
    unit: str = "",
    wait: bool = False,
    logarithmic: bool = False,
    hint: str = "",
) -> Slider:
    """Return a slider with a number box beside it.

    wait : send the value only on release, for what takes longer than 50 ms to show
    logarithmic : equal ways of the slider are equal factors; `least` must be above 0
    hint : a sentence that is shown where the pointer rests on it
    Raises ValueError when the range is empty or a bound is not finite.
    """
    if not all(isfinite(bound) for bound in (least, most, step)) or least >= most or step <= 0:
        raise ValueError(
            f'the slider "{name}" needs finite bounds with min < max and a step above 0, got {least}, {most}, {step}.'
        )
    if logarithmic and least <= 0:
        raise ValueError(f'the slider "{name}" is logarithmic and needs a min above 0, got {least}.')
    kinds = {"wait": wait, "logarithmic": logarithmic, "help": hint}
    return Slider(name=name, min=least, max=most, step=step, unit=unit, value=value, **kinds)


def choice(name: str, options: Options, value: object = None) -> Choice:
    """Return a list to open.

    options : texts, or (label, value), or a dict of group name -> such a list
    value : the one chosen at first; the first option when None
    """
    return Choice(options, value, name=name)


def segmented(name: str, options: Options, value: object = None) -> Choice:
    """Return a choice of a few options that stand side by side."""
    return Choice(options, value, name=name, kind="segmented")


def search(name: str, options: Options, value: object = None) -> Choice:
    """Return a choice among many options by typing a part of a name."""
    return Choice(options, value, name=name, kind="search")


def typed(name: str, value: str = "", longest: int = 200) -> Typed:
    """Return a line to type in."""
    return Typed(name=name, value=value, longest=longest)


def switch(name: str, value: bool = False) -> Switch:
    """Return something to turn on and off."""
    return Switch(name=name, value=value)


def button(text: str, press: Callable[[], object] | None = None, first: bool = False) -> Button:
    """Return a button that calls press(); first marks the main one of a group."""
    return Button(press, text=text, first=first)


def _list_options(options: Options) -> list[tuple[str, str, object]]:
    """Return (group, label, value) for every option."""
    groups: Iterable[tuple[str, Sequence[object]]]
    groups = options.items() if isinstance(options, Mapping) else (("", options),)
    rows = [(str(group), *_name_option(option)) for group, members in groups for option in members]
    if not rows:
        raise ValueError("a choice needs at least one option, got none.")
    if len(rows) > MOST_OPTIONS:
        raise ValueError(f"a choice holds at most {MOST_OPTIONS} options, got {len(rows)}.")
    return rows


def _name_option(option: object) -> tuple[str, object]:
    if isinstance(option, tuple) and len(option) == 2:
        return str(option[0]), option[1]
    return str(option), option


def _position(values: list[object], value: object, name: str) -> int:
    for position, known in enumerate(values):
        if known is value or known == value:
            return position
    known = ", ".join(str(known) for known in values[:8])
    raise ValueError(f'"{name}" has no option {value!r}; it has {known}{", ..." if len(values) > 8 else "."}')
