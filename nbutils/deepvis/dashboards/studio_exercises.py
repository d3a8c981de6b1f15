"""The exercise on decay, checked by making pictures."""

from dataclasses import replace
from functools import cache

from nbutils import zoo
from nbutils.preferred.judging import judge
from nbutils.preferred.maximizing import every_step
from nbutils.preferred.objectives import logit
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe
from nbutils.widgets.exercise import Exercise, Verdict, judge_least, takes_number

CLASS, SIZE = "volcano", 128
ENOUGH = 0.5  # what the network gives the class, below which the picture has faded
LESS = 2 / 3  # so much of the decay must leave it standing


def fading_volcano() -> Exercise:
    """Return the exercise of finding the decay at which a picture fades away."""

    @takes_number(
        lambda decay: 0 < decay <= 1, "Decay is the share of every pixel that a step takes away: above 0 and at most 1."
    )
    def check(decay: float) -> Verdict:
        strong, weaker = (_believe(round(value, 4)) for value in (decay, LESS * decay))
        told = f"with {decay:g} the network gives it {strong:.2f}, with {LESS * decay:.3g} {weaker:.2f}"
        too_little = f"The volcano still stands: {told}. Take more away."
        return judge_least(strong < ENOUGH, weaker < ENOUGH, told, too_little)

    return Exercise(
        question=f"Set the studio to the recipe *draft*, the class *{CLASS}*, {SIZE} pixels and one picture with seed "
        "0. How large must the decay be for MobileNetV2 to give the picture less than one half for its class, so that "
        "two thirds of this decay would still leave it above?",
        check=check,
        hint="Double the decay until the picture fades, then go back half of the way. The check makes two pictures, "
        "which takes some seconds.",
        solution="About **0.35**. Up to 0.25 the network stays sure of its volcano: what a step puts in outweighs what "
        "decay takes away. Then the balance tips within a narrow range, and a pale picture is left. That is why "
        "settings of several regularizers were searched for and not reasoned out.",
    )


@cache
def _believe(decay: float) -> float:
    """Return what the network gives the class for the picture that is made with this decay."""
    network = _load()
    *_, last = every_step(network, _recipe(decay))
    return float(judge(network, last.pictures)[0, network.labels.index(CLASS)])


def _recipe(decay: float) -> Recipe:
    return replace(PRESETS["draft"], objectives=(str(logit(CLASS)),), seeds=(0,), size=SIZE, decay=decay)


@cache
def _load() -> zoo.Network:
    return zoo.load("mobilenet_v2")
