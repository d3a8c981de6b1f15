"""How each treatment looks, the same in every figure: the thesis' hues and shapes from the colours of the suite."""

from dataclasses import dataclass

from nbutils.figures.palette import CATEGORIES, INK
from nbutils.transfer.records import TREATMENTS


@dataclass(frozen=True)
class Style:
    """How a treatment is drawn and what it is.

    shift : of its points beside n, so that none hides another
    """

    colour: str
    marker: str
    dash: str
    shift: float
    meaning: str


# As in Figure 5.2: the base white circles, selffers blue circles, transfers red diamonds, fine-tuned ones the lighter.
STYLES = dict(
    zip(
        TREATMENTS,
        (
            Style(INK, "circle-open", "dot", 0.0, "trained from scratch"),
            Style("#1f5f99", "circle", "solid", -0.12, "n layers of its own base, frozen"),
            Style(CATEGORIES[2], "diamond", "solid", 0.12, "n layers of the other base, frozen"),
            Style("#63a7e6", "circle", "dash", -0.24, "n layers of its own base, trained on"),
            Style("#e8735c", "diamond", "dash", 0.24, "n layers of the other base, trained on"),
            Style(CATEGORIES[8], "cross", "dashdot", 0.0, "n random layers, frozen"),
        ),
        strict=True,
    )
)
THESIS = "#8a6d00"  # for the numbers of the thesis, with a star
SIDES = {"A": CATEGORIES[1], "B": CATEGORIES[4]}  # weights by the half that they were trained on
