"""Tables of what was measured, for those rows of the ledger that are not told layer by layer."""

from collections.abc import Callable, Mapping, Sequence

from nbutils.transfer.dashboards.telling import tell_hardware
from nbutils.transfer.halves import HALVES
from nbutils.transfer.records import NONLINEARITIES
from nbutils.transfer.sentences import ABSENT, CONTROLS, TREATMENTS, share, surely

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]  # caption, heads, rows


def tabulate_boosts(found: Mapping) -> Table:
    """Return Table 5.1."""
    rows = [
        (layers, *(surely(row[name]) if name in row else ABSENT for name in CONTROLS)) for layers, row in found.items()
    ]
    return ("What AnB+ gains, in percentage points, with 95 % intervals", ("layers", "over base", "over BnB+"), rows)


def tabulate_ladder(found: Mapping) -> Table:
    """Return accuracy by how many pictures there were of each class, as many as can be first."""
    rungs = sorted(found["accuracy"].items(), key=lambda rung: -int(rung[0]))
    rows = [(f"{int(count):,}", share(level)) for count, level in rungs]
    caption = f"CIFAR-10, all ten classes, equally many steps; guessing gives {share(found['chance'])}"
    return (caption, ("pictures of each class", "named right"), rows)


def tabulate_spreads(found: Mapping) -> Table:
    """Return by how much networks differ that should not."""
    rows = [
        (name, *(_tell_spread(found[name][key]) for key in ("between_halves_at_one_n", "between_5_6_7_of_one_half")))
        for name in TREATMENTS
        if name in found
    ]
    bases = " and ".join(f"{side} {share(mean)}" for side, mean in found["bases"].items())
    caption = f"Standard deviation in percentage points, base subtracted; the base networks name {bases} right"
    return (caption, ("treatment", "between halves, at one n", "between n = 5, 6 and 7"), rows)


def tabulate_speeds(found: Mapping) -> Table:
    """Return how long one network takes, on each machine."""
    treatments = list(dict.fromkeys(name for row in found["hardware"].values() for name in row["seconds"]))
    rows = [
        (
            tell_hardware(name),
            f"{row['images_per_s']:,.0f}",
            *(f"{row['seconds'][one]:,.0f}" if one in row["seconds"] else ABSENT for one in treatments),
            f"{row['days_for_the_thesis_steps']:.1f}",
        )
        for name, row in found["hardware"].items()
    ]
    caption = (
        "Pictures a second of a base network, seconds for a network of each treatment, and days that 450,000 steps of "
        f"256 such pictures would take (1.7 s each are {found['days_of_450000_steps_of_1.7_s']:.1f} days)"
    )
    return (caption, ("on", "pictures/s", *treatments, "days"), rows)


def tabulate_filters(found: Mapping) -> Table:
    """Return how much first layers are like Gabor functions, and how colourful."""
    rows = [
        (_tell_layer(name), share(row["median_quality"]), f"{row['like_gabor']:.0%}", f"{row['coloured']:.0%}")
        for name, row in found.items()
    ]
    caption = (
        "Of each filter, how much one Gabor function in one colour explains (median R²); filters of which that is more "
        "than of 95 % of random ones; filters with most of their energy in colour"
    )
    return (caption, ("first layer of", "explained", "like Gabor", "in colour"), rows)


TABLES: dict[str, Callable[[Mapping], Table]] = {
    "T5.1": tabulate_boosts,
    "F5.4": tabulate_ladder,
    "C5-10": tabulate_spreads,
    "C5-18": tabulate_speeds,
    "C5-27": tabulate_filters,
}


def _tell_spread(value: float | None) -> str:
    return ABSENT if value is None else f"{100 * value:.1f}"


def _tell_layer(name: str) -> str:
    """Return what networks are called whose key is, say, "cifar10 random A small_32 relu"."""
    data, *rest = name.split()
    if not rest:
        return f"{name} filters, untrained"
    kind, side, *_, nonlinearity = rest
    title = next((halves.title for halves in HALVES if (halves.data, halves.kind) == (data, kind)), f"{data}, {kind}")
    other = "" if nonlinearity == NONLINEARITIES[0] else ", abs(tanh(x))"
    return f"{title}: {side}{other}"
