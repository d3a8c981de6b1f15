"""What was measured of each treatment, in sentences of the ledger."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from nbutils.transfer.halves import halves_of
from nbutils.transfer.readings import FEW
from nbutils.transfer.sentences import ABSENT, CONTROLS, TREATMENTS, counted, listed, points, share, surely


def tell_levels(found: Mapping) -> str:
    """Tell F5.2: the level of every treatment at every n, and what another score makes of it."""
    levels = "; ".join(_tell_levels_of(halves_of(name).title, row) for name, row in found.items())
    first = next(iter(found.values()))
    lower = ", ".join(f"{name} {points(gap)}" for name, gap in _compare_scores(first).items())
    return f"{levels}; the mean of the ten best validations less the last one, in points, mean over n: {lower}"


def tell_boosts(found: Mapping) -> str:
    """Tell Table 5.1."""
    rows = (
        f"layers {layers} {' / '.join(_tell_boost(row[name], layers) for name in CONTROLS if name in row)}"
        for layers, row in found.items()
    )
    first = next(iter(next(iter(found.values())).values()))
    return f"in points over base / over BnB+: {'; '.join(rows)}; {_tell_interval(first['runs'], first['splits'])}"


def tell_selffers(found: Mapping) -> str:
    """Tell C5-05."""
    return _tell_gaps(found, "BnB less base")


def tell_tuned_selffers(found: Mapping) -> str:
    """Tell C5-06."""
    return _tell_gaps(found, "BnB+ less base")


def tell_split(found: Mapping) -> str:
    """Tell C5-07: what AnB loses, as two parts."""
    named = (("all", "AnB less base"), ("co_adaptation", "BnB less base"), ("specificity", "AnB less BnB"))
    told = (
        f"{title} {listed(found[name]['gaps'])}, beyond chance below 0 {_at(found[name]['clearly_below_at'])}"
        for name, title in named
    )
    whole = found["all"]
    interval = _tell_interval(_count_halves(whole), whole["splits"])
    return f"at n = 1 to 7, in points: {'; '.join(told)}; {interval}"


def tell_tuned_transfers(found: Mapping) -> str:
    """Tell C5-08."""
    over_base = _tell_gaps(found["over_base"], "AnB+ less base")
    over_selffer = found["over_BnB+"]
    return (
        f"{over_base}; AnB+ less BnB+ {listed(over_selffer['gaps'])}, interval below 0 "
        f"{_at(over_selffer['clearly_below_at'])}, above 0 {_at(over_selffer['clearly_above_at'])}; over base "
        f"{points(found['over_base_1_to_3'])} on layers 1 to 3 and {points(found['over_base_5_to_7'])} on 5 to 7"
    )


def tell_lengths(found: Mapping) -> str:
    """Tell C5-09."""
    named = (
        ("AnB+_over_base", "AnB+ less base"),
        ("BnB+_over_base", "BnB+ less base"),
        ("AnB+_over_BnB+", "AnB+ less BnB+"),
    )
    gains = ", ".join(f"{title} {_tell_boost(found[name], '1-7')}" for name, title in named)
    epochs = f"{found['epochs_of_both']} epochs altogether for both, {found['epochs_of_base']} for the base"
    first = found["AnB+_over_base"]
    return f"mean over n = 1 to 7, in points: {gains}; {epochs}; {_tell_interval(first['runs'], first['splits'])}"


def tell_spreads(found: Mapping) -> str:
    """Tell C5-10."""

    def spread(treatment: str, key: str) -> str:
        value = found[treatment][key]
        return ABSENT if value is None else f"{100 * value:.1f}"

    at_one = ", ".join(f"{name} {spread(name, 'between_halves_at_one_n')}" for name in TREATMENTS[:4])
    near = ", ".join(f"{name} {spread(name, 'between_5_6_7_of_one_half')}" for name in TREATMENTS[:4])
    bases = " and ".join(f"{side} {share(mean)}" for side, mean in found["bases"].items())
    return (
        f"standard deviation in points, base subtracted: between halves at one n {at_one}; between n = 5, 6 and 7 of "
        f"one half {near}; base networks of {bases}"
    )


def _tell_levels_of(title: str, levels: Mapping) -> str:
    last = levels["last"]
    rows = ", ".join(f"{name} {listed(last[name], share)}" for name in TREATMENTS if name in last)
    base = share(last["base"][0]) if "base" in last else ABSENT
    splits = counted(levels["splits"], "split")
    return f"{title}, {splits}, {counted(levels['runs'], 'network')}: base {base}; at n = 1 to 7 " + rows


def _compare_scores(levels: Mapping) -> dict[str, float]:
    """Return by treatment how much higher the mean of the ten best validations is than the last, over all n."""
    found = {}
    for treatment, last in levels["last"].items():
        best = levels.get("best_ten", {}).get(treatment, [None] * len(last))
        gaps = [one["mean"] - other["mean"] for one, other in zip(best, last, strict=True) if one and other]
        if gaps:
            found[treatment] = fmean(gaps)
    return found


def _tell_gaps(found: Mapping, name: str) -> str:
    interval = _tell_interval(_count_halves(found), found["splits"], found["reach"])
    general = f"below 0 {_at(found['clearly_below_at'])}, above 0 {_at(found['clearly_above_at'])}"
    these = f"below 0 {_at(found['tested_below_at'])}, above 0 {_at(found['tested_above_at'])}"
    return (
        f"{name} at n = 1 to 7, in points: {listed(found['gaps'])}; {interval}: {general}; for these very networks and "
        f"other test pictures (±{100 * found['tested']:.1f}): {these}"
    )


def _tell_boost(mean: Mapping, layers: str) -> str:
    """Return a mean over layers with its interval, and over which n where that is not the whole range."""
    first, last = map(int, layers.split("-"))
    whole = mean["layers"] == list(range(first, last + 1))
    return surely(mean) + ("" if whole else f" over n = {', '.join(map(str, mean['layers']))}")


def _tell_interval(halves: int, splits: int, reach: float | None = None) -> str:
    """Return over what a 95 % interval is, and what it cannot tell where that is little."""
    if halves < 2:
        return "one half has no interval"
    wide = "" if reach is None else f", up to ±{100 * reach:.1f}"
    caution = f"; {halves} halves tell only large gaps from chance" if halves < FEW else ""
    return f"95% interval over the {halves} halves of {counted(splits, 'split')}{wide}{caution}"


def _count_halves(gaps: Mapping) -> int:
    return max(gap["runs"] for gap in gaps["gaps"] if gap)


def _at(places: Sequence[int]) -> str:
    return f"at n = {', '.join(map(str, places))}" if places else "nowhere"
