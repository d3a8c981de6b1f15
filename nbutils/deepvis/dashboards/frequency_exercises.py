"""The exercise on the filter that upsets a mean, checked by measuring."""

from functools import cache

import numpy as np

from nbutils import zoo
from nbutils.deepvis import classes, frequencies
from nbutils.deepvis.frequency_summaries import EdgeRule, compare_ends, sort_edges
from nbutils.probe import activations
from nbutils.widgets.exercise import Exercise, Verdict, judge, to_number

PHOTOGRAPHS = 20
LOOSE = EdgeRule(coherence=0.5)
RISE = 2.0  # how many times the factor must grow without the filter


def odd_filter() -> Exercise:
    """Return the exercise of finding the one filter that hides the difference between low and high frequencies."""

    def check(answer: str) -> Verdict:
        channel = to_number(answer)
        first, means = _measure_means()
        edges = sort_edges(first.shapes, LOOSE)
        if channel not in range(len(means)):
            return Verdict(False, f"The filters have the numbers 0 to {len(means) - 1}.")
        if channel not in edges:
            return Verdict(False, f"Filter {channel:g} does not count as an edge here, so it cannot be the one.")
        before = compare_ends(edges, means).ratio
        after = compare_ends(edges[edges != channel], means).ratio
        told = f"without filter {channel:g} the factor goes from {before:.1f} to {after:.1f}"
        if after >= RISE * before:
            return judge(True, f"{told}, on {PHOTOGRAPHS} photographs measured just now")
        return judge(False, told, "Look among the five of highest frequency.")

    return Exercise(
        question="Let less orderly filters count as edges: bring *coherence at least* from 0.6 down to 0.5. The "
        "factor between the two ends falls to less than half, because of one filter. Which number does it have?",
        check=check,
        hint="One point of the first figure lies far from all others of its frequency.",
        solution="**Filter 8**. It looks like noise and hardly asks for anything: a bias of 1.65 makes it answer about "
        "1.7 wherever it looks. Its mean says nothing about how much of its frequency there is. A mean over five "
        "filters cannot bear one of this kind, and the thesis names neither its five nor how they were chosen.",
    )


@cache
def _measure_means() -> tuple[frequencies.FirstLayer, np.ndarray]:
    """Return the first layer and the mean answer of each filter over some photographs: (filters,), float64."""
    network = zoo.load(frequencies.NETWORK)
    photos = classes.mix(zoo.photos(), PHOTOGRAPHS)
    rectifier = frequencies.RECTIFIED[0]
    found = [
        activations(network.module, zoo.prepare(network, zoo.read_photo(photo, network.size)), [rectifier])[rectifier]
        for photo in photos
    ]
    return frequencies.read_first_layer(network), np.mean([answer[0].mean((1, 2)).cpu().numpy() for answer in found], 0)
