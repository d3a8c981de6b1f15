"""The exercises of chapter 3, each checked by measuring."""

import numpy as np
from scipy import ndimage

from nbutils.forms.fields import LEVEL, measure_field
from nbutils.forms.grids import FINE, THESIS
from nbutils.forms.handmade import connect
from nbutils.forms.meshing import make_body, volume
from nbutils.neat import SPACE, Evolution, Registry, make_first, mutate
from nbutils.widgets.exercise import Exercise, Verdict, judge, takes_number, to_number

RADIUS, SLABS = 0.5, 5
MOST_WEIGHT = 40
CHILDREN = 4000
FIVE_PERCENT = 0.05


def half_ball() -> Exercise:
    """Return the exercise of finding the bias that makes a ball of half the canvas' width."""

    @takes_number(lambda bias: abs(bias) <= MOST_WEIGHT, f"A weight from -{MOST_WEIGHT} to {MOST_WEIGHT} is wanted.")
    def check(bias: float) -> Verdict:
        field = measure_field(connect({"r_xyz": 1, "bias": bias}), FINE)
        if not (field <= LEVEL).any():
            return Verdict(False, f"With {bias:g} no point is inside: the canvas stays empty.")
        if (field <= LEVEL).all():
            return Verdict(False, f"With {bias:g} every point is inside: the canvas is full.")
        body = make_body(connect({"r_xyz": 1, "bias": bias}), FINE)
        # By its volume, so that a ball that the walls cut off is told from a whole one.
        radius = float((volume(body) / (4 / 3 * np.pi)) ** (1 / 3))
        told = f"with {bias:g} the shape has the volume of a ball of radius {radius:.2f}"
        return judge(abs(radius - RADIUS) <= FIVE_PERCENT * RADIUS, told)

    return Exercise(
        question="A network has no hidden node. Its output is linear, with a link of weight **1** from r_xyz, the "
        "distance from the middle, and one link from the bias. Inside is where the output is at most 0, and x runs "
        "from −1 to 1. Which weight must the bias have for a ball half as wide as the canvas, of **radius 0.5**?",
        check=check,
        hint="The surface is where 1 · r + weight · 1 = 0. What you write is meshed, and the volume measured.",
        solution="**−0.5**: the output is r − 0.5, which is 0 at the distance 0.5 and negative within. A ball needs "
        "one link here, and would need many nodes if r_xyz were not among the inputs. That is what the thesis "
        "means by a bias towards symmetry: nothing more is possible, but round things are near.",
    )


def five_slabs() -> Exercise:
    """Return the exercise of finding the weight at which a sine cuts the canvas into five slabs."""

    @takes_number(lambda weight: 0 < weight <= MOST_WEIGHT, f"A weight above 0 and at most {MOST_WEIGHT} is wanted.")
    def check(weight: float) -> Verdict:
        slabs = _count_slabs(weight)
        told = f"{weight:g} gives {slabs} slab{'s' if slabs != 1 else ''}"
        return judge(slabs == SLABS, told, f"{'A larger' if slabs < SLABS else 'A smaller'} weight is wanted.")

    return Exercise(
        question="Now the output is a **sine** with a single link, from z, the height, which runs from −2 to 2. "
        "One weight, and the canvas is full of level slabs. Which weight makes exactly **five** of them?",
        check=check,
        hint="sin(w · z) is at most 0 in one half of every period, and a period is 2π / w high.",
        solution="Any weight from about **6.3** to 7.8, such as 7. The sine is negative in every second half period. "
        "Up to 2π = 6.28 there are four slabs on the canvas, then a fifth comes in at the bottom. "
        "This is repetition from one number. Give the sine another input, such as r_xy, and the slabs become rings: "
        "the same repetition, along another direction.",
    )


def corners_asked() -> Exercise:
    """Return the exercise of counting at how many points a network is asked."""

    def check(answer: object) -> Verdict:
        number = to_number(answer)
        asked = measure_field(connect({"r_xyz": 1, "bias": -1}), THESIS).size
        if number == asked:
            return judge(True, f"the network answered at {asked:,} points")
        if number == np.prod(THESIS.voxels):
            return judge(False, "so many voxels there are", "But it is their corners that are asked.")
        return judge(False, f"{number:,.0f} is {'more' if number > asked else 'less'} than were asked")

    return Exercise(
        question="The thesis lays 15 × 15 × 30 voxels over the canvas and asks the network at their corners "
        "(section 3.3.3). At how many points is the network asked for one shape?",
        check=check,
        hint="How many ends have fifteen sticks that lie in a row?",
        solution="**7,936** = 16 · 16 · 31. Voxels lie between corners, so there is one corner more along each axis. "
        "For fifteen shapes that is 119,040 answers after every click, and it is why networks are not asked point by "
        "point here but at all points at once.",
    )


def same_structure() -> Exercise:
    """Return the exercise of predicting how many children differ from their parent in weights only."""

    @takes_number(lambda percent: 0 <= percent <= 100, "A percentage from 0 to 100 is wanted.")
    def check(percent: float) -> Verdict:
        measured = 100 * _share_same_structure()
        if abs(percent - measured) <= 3:
            return judge(True, f"of {CHILDREN:,} children bred for this check it is {measured:.1f} %")
        return judge(False, f"{percent:g} % is {'too many' if percent > measured else 'too few'}")

    return Exercise(
        question="Table 3.1: a node is added with probability 0.1, a link with 0.1, and a link is demolished with "
        "0.03. Several things may happen to one child. How many **percent** of all children have the very structure "
        "of their parent, so that only weights differ? To three points.",
        check=check,
        hint="Nothing of three things happens: three probabilities are multiplied.",
        solution="About **79 %**: 0.9 · 0.9 · 0.97 = 0.786. On a screen of fifteen with one parent, eleven of "
        "fourteen children differ in weights only. Evolution here is mostly a search for weights, and structure comes "
        "slowly: some three of the fourteen change it. (A mutation that finds no place, such as a new link where "
        "all nodes are joined already, adds to the 79 %.)",
    )


def _count_slabs(weight: float) -> int:
    # Slabs are level: one column of corners meets each of them once.
    inside = measure_field(connect({"z": weight}, "sine"), FINE)[0, 0] <= LEVEL
    return int(ndimage.label(inside)[1])


def _share_same_structure() -> float:
    """Return the share of children that have the nodes and links of their parent."""
    random, registry, settings = np.random.default_rng(3), Registry(SPACE), Evolution()
    parent = make_first(registry, random, settings)
    for _ in range(60):
        parent, _changes = mutate(parent, registry, random, settings)
    changes = [mutate(parent, registry, random, settings)[1] for _ in range(CHILDREN)]
    return float(np.mean([not (one.nodes_added or one.links_added or one.links_demolished) for one in changes]))
