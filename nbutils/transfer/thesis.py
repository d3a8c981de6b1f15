"""The numbers that chapter 5 of the thesis gives in its text, tables and captions, each with its place.

Figures 5.2 and 5.3 are pictures: of their points only what the text names is here.
"""

from dataclasses import dataclass

LAYERS = (1, 2, 3, 4, 5, 6, 7)  # "n = 8 doesn't make sense in either case" (section 5.3, footnote 2)


@dataclass(frozen=True)
class Given:
    """A number as the thesis prints it."""

    value: float  # accuracies, errors and differences of them as shares of 1
    place: str


@dataclass(frozen=True)
class Boost:
    """A row of Table 5.1: by how much AnB+ is better, averaged over the layers from first to last."""

    first: int
    last: int
    over_base: float  # share of 1
    over_selffer: float  # over BnB+
    place: str = "Table 5.1"

    @property
    def layers(self) -> str:
        """The range of layers as the table writes it."""
        return f"{self.first}-{self.last}"


@dataclass(frozen=True)
class Reduced:
    """A point of Figure 5.4: top-1 validation accuracy with at most so many examples of each of 1000 classes."""

    per_class: int
    accuracy: float
    place: str = "Table 5.2"


@dataclass(frozen=True)
class Interpretation:
    """One of the five readings of Figure 5.2, under the number that it has there."""

    number: int
    treatment: str
    layers: tuple[int, ...]  # where the curve shows it; 0 is the base network
    title: str  # in words of our own
    reading: str
    place: str = "section 5.5.1"


BASE_500 = Given(0.625, "section 5.5.1, interpretation 1")  # top-1, half of the classes
BASE_1000 = Given(0.575, "section 5.5.1, interpretation 1, and section 5.6: an error of 42.5%")  # top-1, all classes

# Accuracy lost when all layers but the last are copied and frozen, from the base of the same target.
DROP_SIMILAR = Given(-0.08, "section 5.5.3, by the final layer")
DROP_DISSIMILAR = Given(-0.25, "section 5.5.3, by the final layer")

# In the text at hand the middle row reads "1.8%" and "1.8% 1.4%" in two cells: taken as 1.8% and 1.4%.
TABLE_5_1 = (Boost(1, 7, 0.016, 0.014), Boost(3, 7, 0.018, 0.014), Boost(5, 7, 0.021, 0.017))

TABLE_5_2 = (
    Reduced(1300, 0.55176),
    Reduced(1000, 0.54094),
    Reduced(750, 0.51470),
    Reduced(500, 0.47568),
    Reduced(250, 0.38428),
    Reduced(100, 0.00110),
    Reduced(50, 0.00111),
    Reduced(25, 0.00107),
    Reduced(10, 0.00106),
    Reduced(5, 0.00108),
    Reduced(2, 0.00444),
    Reduced(1, 0.00379),
)
# The caption tells the last two points ten times as high as the table of the same points does.
CAPTION_5_4 = (Reduced(2, 0.044, "caption of Figure 5.4"), Reduced(1, 0.038, "caption of Figure 5.4"))
LAST_RISE = Given(0.010820, "caption of Figure 5.4, from 1000 to 1300 examples per class")

BATCH = Given(256, "section 5.6")
SECONDS_AN_ITERATION = Given(1.7, "section 5.6")

CLASSES = Given(1000, "section 5.3, footnote 1")

INTERPRETATIONS = (
    Interpretation(
        1,
        "base",
        (0,),
        "Half of the classes",
        "A network for 500 classes is right more often, .625, than one for 1000, .575: there are half as many ways "
        "to be wrong, and that outweighs half of the data.",
    ),
    Interpretation(
        2,
        "BnB",
        (3, 4, 5, 6),
        "Fragile co-adaptation",
        "Layers 1 and 2 can be frozen without loss. From 3 to 6, most at 4 and 5, the network gets worse at its own "
        "task: the layers on both sides of the cut had learned together, and the upper ones alone do not find that "
        "again. At 6 and 7 it is nearly back.",
    ),
    Interpretation(
        3,
        "BnB+",
        LAYERS,
        "Training on repairs it",
        "When the copied layers learn, too, the network does as well as the base at every n.",
    ),
    Interpretation(
        4,
        "AnB",
        (3, 4, 5, 6, 7),
        "Specific features",
        "Layers 1 and 2 of the other task serve almost as well as one's own. From 3 on they cost accuracy: on 3 to 5 "
        "mostly because co-adaptation is lost, which BnB loses as well; on 6 and 7 because the features are specific "
        "to the other task.",
    ),
    Interpretation(
        5,
        "AnB+",
        LAYERS,
        "Transfer and training on generalize better",
        "Copied from the other task and trained on, every n beats the base, by 1.6% on average. Longer training is no "
        "explanation: BnB+ trains as long and does not gain.",
    ),
)
