"""The exercises of chapter 5, each checked by training, counting or reading the measured runs."""

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from nbutils.transfer.findings_gaps import split_drops
from nbutils.transfer.records import TREATMENTS, Run, RunSettings
from nbutils.transfer.results import load_results
from nbutils.transfer.splits import classes_of
from nbutils.widgets.exercise import Exercise, Verdict, judge, takes_number, to_number
from nbutils.zoo import wordnet

if TYPE_CHECKING:
    from nbutils.nets.networks import Network

COPIED, CLASSES = 3, 5
PLAN = RunSettings().plan
PARTS = 16  # eight layers with weights and biases each
DOMESTIC, DOGS = "n01317541", "n02084071"
A_POINT = 1.0  # percentage points
N = 7


def unmoved_parts() -> Exercise:
    """Return the exercise of telling which parameters a frozen network keeps."""

    @takes_number(
        lambda count: 0 <= count <= PARTS and count.is_integer(), f"A whole number from 0 to {PARTS} is wanted."
    )
    def check(count: float) -> Verdict:
        frozen, tuned = (_count_unmoved(treatment) for treatment in ("BnB", "BnB+"))
        told = f"made and trained for this check, {frozen} parts of B3B and {tuned} of B3B+ are still those of the base"
        if count == frozen:
            return judge(True, told)
        return Verdict(False, f"Not yet: {count:g} are too {'many' if count > frozen else 'few'}.")

    return Exercise(
        question="Each of the eight layers has weights and biases: 16 parts altogether. B3B is made from the base of B "
        "and trained. How many of the 16 parts are, **bit for bit**, still those of the base? And, to yourself: how "
        "many in B3B+?",
        check=check,
        hint="For the check a base network is trained a little, copied twice, given new upper layers, and trained on.",
        solution="**6**: weights and biases of three layers. They have neither a rate nor weight decay: decay alone "
        "would shrink them. In B3B+ none is left, although three layers *began* as copies: where a network begins and "
        "whether it may move are two things, and the four copying treatments are their combinations.",
    )


def longer_training() -> Exercise:
    """Return the exercise of naming the control for longer training."""
    tuned = RunSettings(treatment="AnB+", n=COPIED)

    def check(answer: object) -> Verdict:
        named = _find_treatment(str(answer))
        if not named:
            return Verdict(False, f"One of the treatments is wanted: {', '.join(TREATMENTS)}.")
        run = RunSettings(treatment=named, n=0 if named == "base" else COPIED)
        if run == tuned:
            return Verdict(False, "That is the network that is to be explained; a control is wanted.")
        if _count_epochs(run) != _count_epochs(tuned):
            return judge(False, f"{named} has {_count_epochs(run)} epochs behind it, AnB+ has {_count_epochs(tuned)}")
        if run.frozen:
            return judge(False, f"{named} was trained as long, but {run.frozen} of its layers may not move")
        return judge(True, f"{named} has {_count_epochs(run)} epochs behind it, all layers learn, and it never saw A")

    return Exercise(
        question="AnB+ ends above its base. A sceptic says: *of course, its layers were trained for twice as long.* "
        "Which treatment would gain just as much if the sceptic were right? Write its name, such as AnB.",
        check=check,
        hint="Trained as long, free to move in all layers, and without ever seeing A.",
        solution="**BnB+**. Its first layers were trained on B, copied, and trained on B again, all of them: the same "
        "schedule twice, as in AnB+. The only thing that AnB+ has and BnB+ has not is what the first schedule showed: "
        "A. In the thesis BnB+ stays at the base, so it is A that helps. In ours, look under *Curves*.",
    )


def split_drop(runs: Sequence[Run] | None = None) -> Exercise:
    """Return the exercise of splitting what AnB loses at n = 7 into what the cut and what the other task cost.

    runs : as `results.load_results` returns them; None are those that ship
    Raises ValueError, as a sentence, where there are none at n = 7.
    """
    drops = split_drops(load_results() if runs is None else runs)
    gaps = [drops[part]["gaps"][N - 1] for part in ("all", "co_adaptation", "specificity")]
    if None in gaps:
        raise ValueError(f"There are no runs of AnB, BnB and their base at n = {N} yet.")
    whole, cut, specific = (-100 * gap["mean"] for gap in gaps)

    @takes_number(lambda lost: -100 <= lost <= 100, "Percentage points from -100 to 100 are wanted.")
    def check(lost: float) -> Verdict:
        if abs(lost - specific) <= A_POINT:
            return judge(True, f"over all halves it is {specific:.1f} points")
        return Verdict(False, f"Not yet: {lost:g} is {'more' if lost > specific else 'less'} than was measured.")

    return Exercise(
        question="On random halves, at **n = 7**: how many percentage points does AnB lose because layers of A are "
        "*specific*, and not because the network was cut? To one point; tick *subtract the base* in *Curves*.",
        check=check,
        hint="BnB was cut at the same place. What does AnB lose beyond what BnB loses?",
        solution=f"**{specific:.1f}** points. AnB loses {whole:.1f} from the base. BnB, cut at the same place, loses "
        f"{cut:.1f}, where a number below zero is a gain. The rest is what the other task costs. "
        "Subtracting a control is the whole method of this chapter.",
    )


def unlucky_deal() -> Exercise:
    """Return the exercise of counting how often a random split of CIFAR-10 is nearly one by nature."""

    @takes_number(lambda percent: 0 <= percent <= 100, "A percentage from 0 to 100 is wanted.")
    def check(percent: float) -> Verdict:
        together, all_ways = _count_deals()
        measured = 100 * together / all_ways
        if abs(percent - measured) <= 0.5:
            return judge(True, f"counted one by one, in {together} of {all_ways} ways to deal")
        return Verdict(False, f"Not yet: {percent:g} % is too {'much' if percent > measured else 'little'}.")

    return Exercise(
        question="Four of CIFAR-10's ten classes are machines: airplane, automobile, ship, truck. Our first random "
        "split, seed 0, put all four into B. In how many **percent** of all ways to deal ten classes into two heaps of "
        "five do the four end up together, in A or in B? To half a percent.",
        check=check,
        hint="There are 252 ways to choose A. With the four machines in A, how many choices are left for the fifth?",
        solution="**4.8** %: 6 ways for each heap, 12 of 252. Bad luck, and not rare enough to be kept silent: with "
        "seed 0 *similar* halves are nearly as far apart as man-made and natural. This is what more splits are for. "
        "With 1000 classes it hardly happens: 13 cats are split 13 to 0 about once in 4,400 deals.",
    )


def domestic_animals() -> Exercise:
    """Return the exercise of reading WordNet's counts with a class that has two parents."""

    def check(answer: object) -> Verdict:
        number = to_number(answer)
        dogs, domestic = (set(wordnet.reachable(node)) for node in (DOGS, DOMESTIC))
        if number == len(domestic - dogs):
            return judge(True, f"{len(domestic)} classes are domestic animals, and all {len(dogs)} dogs are among them")
        return Verdict(False, f"Not yet: {number:g} is too {'many' if number > len(domestic - dogs) else 'few'}.")

    return Exercise(
        question="The thesis counts how many of 1000 classes lie below each node of WordNet (section 5.8): *carnivore* "
        "158, *canine* 130, *domestic animal* 123, *dog* 118. How many domestic animals are **not** dogs? And, to "
        "yourself: which are they? You have met them in this chapter.",
        check=check,
        hint="A class may have two parents. Are there wild dogs among the 118?",
        solution="**5**: the tabby, the tiger cat, the Persian, the Siamese and the Egyptian cat. *Dog* stands below "
        "*canine* and below *domestic animal*, so it is counted in both, and 130 + 123 counts the dogs twice. So the "
        "thesis had to check that *artifact* and *organism* have no class in common before it made them halves.",
    )


@cache
def _count_unmoved(treatment: str) -> int:
    """Return how many of 16 parts are still those of the base after a few steps on made-up pictures."""
    # Bring torch along: the page opens without it.
    from nbutils.nets.networks import build
    from nbutils.nets.plans import PLANS
    from nbutils.transfer.running import copy_layers

    settings = RunSettings(treatment=treatment, n=COPIED)
    base, new = (build(PLANS[PLAN], CLASSES, seed=seed) for seed in (0, 1))
    base = _train_briefly(base, frozen=0)
    copy_layers(dict(base.named_parameters()), new, COPIED)
    trained = _train_briefly(new, settings.frozen)
    pairs = zip(base.parameters(), trained.parameters(), strict=True)
    return sum(bool((before == after).all()) for before, after in pairs)


def _train_briefly(network: "Network", frozen: int) -> "Network":
    from nbutils.nets.examples import make_examples
    from nbutils.nets.plans import PLANS
    from nbutils.nets.schedules import OneCycle
    from nbutils.nets.training import Training, train

    chance = np.random.default_rng(0)
    pictures, labels = chance.integers(0, 256, (32, 32, 32, 3), dtype=np.uint8), np.arange(32) % CLASSES
    examples = make_examples(pictures, labels, PLANS[PLAN])
    training = Training(batch=16, schedule=OneCycle(0.04, 4), validate_every=4, frozen=frozen)
    *_, last = train(network, examples, examples, training)
    return last.network


def _find_treatment(answer: str) -> str:
    """Return the treatment that an answer names, with n or with a number; "" where it names none."""
    word = answer.strip().replace(" ", "").upper()
    written = {name.upper(): name for name in TREATMENTS}
    if len(word) > 1 and word[1].isdigit():
        word = f"{word[0]}N{word[2:]}"
    return written.get(word.replace("BASEB", "BASE").replace("BASEA", "BASE"), "")


def _count_epochs(run: RunSettings) -> int:
    """Return how many passes the longest-trained layers of a network have behind them."""
    return run.epochs + (run.base.epochs if run.base else 0)


def _count_deals() -> tuple[int, int]:
    """Return in how many ways the four machines of CIFAR-10 come into one half, and how many ways there are."""
    machines, animals = classes_of("cifar10", "nature")
    classes = len(machines) + len(animals)
    deals = list(combinations(range(classes), classes // 2))
    return sum(len(set(machines) & set(deal)) in (0, len(machines)) for deal in deals), len(deals)
