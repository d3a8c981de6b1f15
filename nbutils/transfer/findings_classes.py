"""What chapter 5 says of ImageNet's classes, counted in WordNet, and of cats dealt into halves by lot."""

import numpy as np

from nbutils import zoo
from nbutils.transfer.splits import classes_of, count_felids, felid_chances
from nbutils.zoo import wordnet

DEALS = 2_000
# The 20 nodes with most classes as section 5.8 prints them, by the first word of each.
PRINTED = {
    "entity": 1000,
    "physical entity": 997,
    "object": 958,
    "whole": 949,
    "artifact": 522,
    "organism": 410,
    "living thing": 410,
    "animal": 398,
    "instrumentality": 358,
    "vertebrate": 337,
    "chordate": 337,
    "mammal": 218,
    "placental": 212,
    "carnivore": 158,
    "device": 130,
    "canine": 130,
    "domestic animal": 123,
    "dog": 118,
    "container": 100,
    "covering": 90,
}


def deal_cats(deals: int = DEALS) -> dict:
    """Return how many of the 13 felidae the halves get, exactly and in random halves of the classes (C5-03)."""
    chances = felid_chances()
    dealt = np.array([count_felids(f"random-{seed}")[0] for seed in range(deals)])
    return {
        "felidae": len(chances) - 1,
        "mean": float(chances @ np.arange(len(chances))),
        "six_or_seven": float(chances[6:8].sum()),
        "five_to_eight": float(chances[5:9].sum()),
        "three_or_fewer_in_a_half": 2 * float(chances[:4].sum()),
        "deals": deals,
        "dealt_mean": float(dealt.mean()),
        "dealt_six_or_seven": float(np.isin(dealt, (6, 7)).mean()),
    }


def count_nodes() -> dict:
    """Return how many classes are below the 20 largest nodes, beside what section 5.8 prints (C5-25)."""
    largest = list(wordnet.count_classes().items())[: len(PRINTED)]
    counted = {wordnet.read_nodes()[node].words[0]: count for node, count in largest}
    return {"counted": counted, "as_printed": sum(counted.get(word) == count for word, count in PRINTED.items())}


def count_halves() -> dict:
    """Return how many classes are artifacts, organisms, both and neither, and how large the halves are (C5-26)."""
    artifacts, organisms = (set(wordnet.reachable(node)) for node in (wordnet.ARTIFACT, wordnet.ORGANISM))
    kinds = wordnet.man_made_or_natural()
    by_hand = [kind for name, kind in kinds.items() if name not in artifacts | organisms]
    return {
        "artifacts": len(artifacts),
        "organisms": len(organisms),
        "both": len(artifacts & organisms),
        "neither": len(by_hand),
        "man_made_by_hand": by_hand.count("man-made"),
        "natural_by_hand": by_hand.count("natural"),
    } | _count_kinds()


def halve_by_nature() -> dict:
    """Return the classes of CIFAR-10's man-made and natural halves, and the sizes of ImageNet's (S5-05)."""
    names = zoo.class_names("cifar10")
    man_made, natural = ([names[place] for place in half] for half in classes_of("cifar10", "nature"))
    return {"cifar10": {"man_made": man_made, "natural": natural}, "imagenet": _count_kinds()}


def _count_kinds() -> dict[str, int]:
    kinds = list(wordnet.man_made_or_natural().values())
    return {"man_made": kinds.count("man-made"), "natural": kinds.count("natural")}
