"""Where the time of an Evolve click goes, in the eight steps of the thesis' Figure 3.3."""

from collections.abc import Mapping
from dataclasses import dataclass

# Our name of a step -> what is done here, and which step of the thesis' list (section 3.4) it stands in for.
STEPS = {
    "send": ("the click travels to Python", "1, a POST request"),
    "look up": ("the selected shapes are looked up", "2, a query to MySQL"),
    "reproduce": ("parents are copied and mutated", "3 and 4, CPPN/NEAT"),
    "evaluate": ("networks answer at all corners", "4, CPPN/NEAT"),
    "mesh": ("marching cubes find the surfaces", "4 and 7, marching cubes"),
    "pack": ("meshes are packed for the page", "7, fifteen VF files"),
    "wire": ("they travel to the page", "5, 6 and 8, Ajax"),
    "draw": ("the page decodes and draws them", "8, display"),
}
IN_PYTHON = ("look up", "reproduce", "evaluate", "mesh", "pack")
EMPTY = "<p class='dv-quiet'>Press Evolve, then the times stand here.</p>"


@dataclass(frozen=True)
class Timing:
    """Where the time of one click went.

    seconds : name in STEPS -> seconds of work, as far as they are known
    total : seconds from the click to the drawn picture by the page's clock; None until it has told
    """

    seconds: Mapping[str, float]
    total: float | None = None

    @property
    def in_python(self) -> float:
        """Return the seconds of work in Python."""
        return sum(self.seconds.get(name, 0.0) for name in IN_PYTHON)


def account(
    worked: Mapping[str, float], received: float, wall: float, asked: float, drawn: float, drawing: float
) -> Timing:
    """Return where the time between a click and the drawn picture went.

    worked : seconds of work in Python by name
    received : when Python heard of the click, in seconds since 1970 by its clock
    wall : seconds between that and the last shape that was handed over
    asked, drawn : when was clicked and drawn, by the page's clock, which on another computer may be wrong: then the two
        ways are told as one
    drawing : seconds that the page spent on drawing
    """
    total = drawn - asked
    ways = max(0.0, total - wall - drawing)
    send = received - asked
    known = {"send": send, "wire": ways - send} if 0 <= send <= ways else {"wire": ways}
    return Timing({**worked, **known, "draw": drawing}, total)


def tell_timing(timing: Timing) -> str:
    """Return the steps with their times as an HTML table."""
    rows = "".join(
        f"<tr><th scope='row'>{told}</th><td>{thesis}</td><td>{_milliseconds(timing.seconds.get(name))}</td></tr>"
        for name, (told, thesis) in STEPS.items()
    )
    total = "" if timing.total is None else f" From the click to the last drawn shape: {1000 * timing.total:.0f} ms."
    return (
        "<table class='dv-table dv-timeline'><caption>The last Evolve.</caption>"
        "<thead><tr><th scope='col'>here</th><th scope='col'>thesis, Figure 3.3</th><th scope='col'>ms</th></tr>"
        "</thead>"
        f"<tbody>{rows}</tbody></table><p class='dv-quiet'>Work in Python: {1000 * timing.in_python:.0f} ms; the "
        f"thesis: “a few hundred milliseconds”.{total} Python takes turns with your clicks, so some of the way to the "
        "page overlaps with the work.</p>"
    )


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{1000 * seconds:.1f}"
