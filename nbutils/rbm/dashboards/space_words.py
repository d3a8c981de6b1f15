"""What the three-dimensional view says: what stands there, and how round it is."""

from collections.abc import Sequence

import numpy as np

from nbutils.boltzmann.machine import Machine
from nbutils.rbm.sampling import GOOD
from nbutils.rbm.space import Space
from nbutils.rbm.voxels import Roundness


def paragraph(*sentences: str) -> str:
    """Return sentences of our own as HTML."""
    return f"<p class='dv-numbers'>{' '.join(sentence for sentence in sentences if sentence)}</p>"


def tell_exemplars(number: int, solid: bool) -> str:
    """Return what the first view shows."""
    if not solid:
        return paragraph(f"{number} examples. They are flat, so they are shown as pictures.")
    return paragraph(
        f"{number} examples the machine learns from. A centre may lie at the edge of the cube; what would stick out "
        "is cut off, so many are parts of spheres (thesis, Figure 4.5)."
    )


def tell_filters(space: Space, number: int, units: int, solid: bool) -> str:
    """Return what the second view shows."""
    which = "the longest weight vectors first" if space.order == "strength" else "in the order of their numbers"
    what = f"{number} of {units} filters, {which}."
    if not solid:
        return paragraph(what, "Examples are flat, so filters are shown as pictures: white is wanted, black is not.")
    colours = {
        "positive": "Orange is wanted filled.",
        "negative": "Blue is wanted empty.",
        "both": "Orange is wanted filled, blue is wanted empty.",
    }
    scale = "its own" if space.scale == "own" else "all filters'"
    return paragraph(
        what,
        f"{colours[space.sign]} The stronger the weight, the less is seen through its voxel; below "
        f"{space.threshold:.0%} of {scale} largest weight nothing is drawn (thesis, Figure 4.6).",
    )


def tell_unit(machine: Machine, unit: int) -> str:
    """Return what is known of one hidden unit."""
    weights = machine.weights[:, unit]
    return paragraph(
        f"<b>Hidden unit {unit}</b>: weights from {float(weights.min()):.2f} to {float(weights.max()):.2f}, "
        f"length {float(weights.norm()):.2f}, bias {float(machine.hidden_bias[unit]):.2f}."
    )


def tell_samples(space: Space, sweeps: Sequence[int], solid: bool) -> str:
    """Return what the third view shows.

    sweeps : how many sweeps lie behind each sample of a chain
    """
    chains = "One chain" if space.chains == 1 else f"{space.chains} chains"
    start = {"data": "at an example", "noise": "at noise"}[space.start]
    between = "every sweep" if space.between == 1 else f"every {space.between:,} sweeps"
    if not solid:
        place = "one chain after the other, in rows."
    elif space.shown == "film":
        place = "as a film."
    else:
        place = (
            "side by side, from bottom to top and then to the right (thesis, Figure 4.7). Below each stand its "
            "sweep and its overlap with the best sphere."
        )
    return paragraph(
        f"{chains}, begun {start}: {len(sweeps)} Gibbs samples, {between}, to sweep {sweeps[-1]:,}, {place}"
    )


def tell_roundness(judged: Roundness | None, chains: int) -> str:
    """Return how near samples come to spheres.

    judged : of all samples, those that the chains began with first; None where the cube is too large to compare
    """
    if judged is None:
        return paragraph("Cubes of this size are too large to compare each sample with every sphere.")
    overlaps, filled = judged.overlaps[chains:], judged.filled[chains:]
    if not len(overlaps):
        return ""
    empty, sprawling = int((filled == 0).sum()), int((filled > 2 * judged.largest).sum())
    return paragraph(
        f"<b>How round?</b> Overlap with the best of all spheres (intersection over union): median "
        f"{np.median(overlaps):.2f}, worst {overlaps.min():.2f}, above {GOOD} in {int((overlaps > GOOD).sum())} of "
        f"{len(overlaps)}; where chains began {np.median(judged.overlaps[:chains]):.2f}.",
        f"In one piece: {int((judged.pieces[chains:] == 1).sum())}.",
        f"Empty: {empty}. No voxel is above a half there, and a chain hardly ever leaves such a cube." if empty else "",
        f"More than twice as large as any sphere: {sprawling}. No example looks like that: the machine has a mode of "
        "its own there."
        if sprawling
        else "",
    )
