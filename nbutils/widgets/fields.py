"""Controls for numbers that settings describe: a slider with a number box, or a switch."""

from typing import Protocol

from nbutils.widgets.controls import Choice, Slider, Switch, slider, switch


class Described(Protocol):
    """What settings say of one of their numbers.

    kind : int, float or bool
    step : how far apart a slider's stops lie; on a logarithmic one, stops a power of ten
    """

    title: str
    unit: str
    least: float
    most: float
    step: float
    help: str
    kind: type
    logarithmic: bool


def control_field(
    field: Described,
    title: str = "",
    *,
    usual: tuple[float, float] | None = None,
    unit: str | None = None,
    wait: bool = False,
) -> Slider | Switch:
    """Return the control of a number, at the least that it usually is.

    title, unit : in place of the field's own
    usual : where the slider begins and ends, within what the field allows; all of it when None
    wait : send the value only on release
    """
    name = title or field.title[:1].upper() + field.title[1:]
    if field.kind is bool:
        return switch(name)
    least, most = usual or (field.least, field.most)
    step = 1 if field.logarithmic else field.step
    kinds = {"wait": wait, "logarithmic": field.logarithmic, "hint": field.help}
    return slider(name, least, least, most, step, unit=field.unit if unit is None else unit, **kinds)


def bring(control: Slider | Switch | Choice, value: object) -> None:
    """Set a control's value; a slider that ends before it is stretched."""
    if isinstance(control, Slider):
        control.min, control.max = min(control.min, value), max(control.max, value)
    if control.value != value:
        control.value = value
