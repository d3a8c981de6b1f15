"""What was measured for a row of the ledger as a sentence: the ledger and the page say the same."""

from collections.abc import Callable, Mapping, Sequence

from nbutils.transfer.halves import halves_of

ABSENT = "-"
TREATMENTS = ("BnB", "AnB", "BnB+", "AnB+", "random")
CONTROLS = {"base": "base", "BnB+": "BnB+"}


def tell(row: str, held: Mapping[str, Mapping]) -> str:
    """Return what was measured for a row, without a full stop.

    held : row -> result, as `findings.read` returns them
    Raises ValueError, as a sentence, for a row that was not measured.
    """
    if row not in held or row not in TOLD:
        raise ValueError(f"For {row[:20]} nothing is measured here yet.")
    return TOLD[row](held[row])


def points(gap: Mapping | float | None) -> str:
    """Return a difference of accuracies in percentage points with its sign, such as +1.3."""
    value = gap["mean"] if isinstance(gap, Mapping) else gap
    return ABSENT if value is None else f"{100 * value:+.1f}"


def share(level: Mapping | float | None) -> str:
    """Return an accuracy as the thesis prints it, with three digits: .625."""
    value = level["mean"] if isinstance(level, Mapping) else level
    return ABSENT if value is None else f"{value:.3f}".removeprefix("0")


def surely(mean: Mapping) -> str:
    """Return a difference in points with the ends of its 95 % interval, where there is one."""
    if mean["low"] is None:
        return points(mean)
    return f"{points(mean)} ({points(mean['low'])} to {points(mean['high'])})"


def listed(values: Sequence, write: Callable = points) -> str:
    """Return values separated by commas."""
    return ", ".join(write(value) for value in values)


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its word, such as "1 split" and "8 splits"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _at(places: Sequence[int]) -> str:
    return f"at n = {', '.join(map(str, places))}" if places else "nowhere"


def _pairs(gaps: Mapping) -> str:
    counts = {gap["runs"] for gap in gaps["gaps"] if gap}
    if len(counts) == 1:
        return f"{counted(counts.pop(), 'pair')} at each n"
    return f"{min(counts)} to {max(counts)} pairs at each n"


def _tell_levels(found: Mapping) -> str:
    return "; ".join(_tell_levels_of(halves_of(name).title, levels) for name, levels in found.items())


def _tell_levels_of(title: str, levels: Mapping) -> str:
    last = levels["last"]
    rows = ", ".join(f"{name} {listed(last[name], share)}" for name in TREATMENTS if name in last)
    base = share(last["base"][0]) if "base" in last else ABSENT
    splits = counted(levels["splits"], "split")
    return f"{title}, {splits}, {counted(levels['runs'], 'network')}: base {base}; at n = 1 to 7 " + rows


def _tell_panels(found: Mapping) -> str:
    nature = "; ".join(
        f"{side} base {share(row['base'])}, AnB {listed(row['AnB'], share)}" for side, row in found["nature"].items()
    )
    titles = (("similar", "random halves"), ("dissimilar", "man-made / natural"), ("random", "random layers"))
    gaps = "; ".join(f"{title} {listed(found['subtracted'][name])}" for name, title in titles)
    return (
        f"n = 1 to 7: {nature}; random layers {listed(found['random']['accuracy'], share)} with the base at "
        f"{share(found['random']['base'])}; less the base, in points: {gaps}"
    )


def _tell_ladder(found: Mapping) -> str:
    rungs = sorted(found["accuracy"].items(), key=lambda rung: -int(rung[0]))
    told = ", ".join(f"{int(count):,} {share(level)}" for count, level in rungs)
    return f"CIFAR-10, all classes, equally many steps, chance {share(found['chance'])}: {told}"


def _tell_boosts(found: Mapping) -> str:
    rows = (
        f"layers {layers} {' / '.join(surely(row[name]) for name in CONTROLS if name in row)}"
        for layers, row in found.items()
    )
    return f"in points with 95% intervals, over base / over BnB+: {'; '.join(rows)}"


def _tell_grid(found: Mapping) -> str:
    return "; ".join(f"{halves_of(name).title}: {_tell_grid_of(row)}" for name, row in found.items())


def _tell_grid_of(row: Mapping) -> str:
    classes, pictures = (
        " and ".join(f"{row[key][side]:,}" for side in sorted(row[key])) for key in ("classes", "pictures")
    )
    many = f"{counted(row['splits'], 'split')}, {counted(row['seeds'], 'seed')}"
    return f"{classes} classes with {pictures} pictures, {many}, {row['runs']} of {row['planned']} networks"


def _tell_classes(found: Mapping) -> str:
    return (
        f"half of the classes {share(found['half'])} (chance {share(found['half_chance'])}, {found['half_epochs']} "
        f"epochs, {counted(found['half']['runs'], 'network')}), all classes {share(found['all'])} (chance "
        f"{share(found['all_chance'])}, {found['all_epochs']} epochs, {counted(found['all']['runs'], 'network')})"
    )


def _tell_gaps(found: Mapping, name: str) -> str:
    return (
        f"{name} at n = 1 to 7, in points: {listed(found['gaps'])} ({_pairs(found)}); beyond chance below "
        f"{_at(found['clearly_below_at'])}, above {_at(found['clearly_above_at'])}"
    )


def _tell_split(found: Mapping) -> str:
    named = (("all", "AnB less base"), ("co_adaptation", "BnB less base"), ("specificity", "AnB less BnB"))
    told = (f"{title} {listed(found[name]['gaps'])}" for name, title in named)
    return f"at n = 1 to 7, in points: {'; '.join(told)}"


def _tell_tuned(found: Mapping) -> str:
    over_base = _tell_gaps(found["over_base"], "AnB+ less base")
    over_selffer = listed(found["over_BnB+"]["gaps"])
    return (
        f"{over_base}; less BnB+ {over_selffer}; over base {points(found['over_base_1_to_3'])} on layers 1 to 3 and "
        f"{points(found['over_base_5_to_7'])} on 5 to 7"
    )


def _tell_lengths(found: Mapping) -> str:
    named = (
        ("AnB+_over_base", "AnB+ less base"),
        ("BnB+_over_base", "BnB+ less base"),
        ("AnB+_over_BnB+", "AnB+ less BnB+"),
    )
    gains = ", ".join(f"{title} {surely(found[name])}" for name, title in named)
    epochs = f"{found['epochs_of_both']} epochs altogether for both, {found['epochs_of_base']} for the base"
    return f"mean over n = 1 to 7, in points: {gains}; {epochs}"


def _tell_spreads(found: Mapping) -> str:
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


def _tell_targets(found: Mapping) -> str:
    return "; ".join(
        f"{side}, {row['classes']} classes: base {share(row['base'])}, AnB {listed(row['AnB'], share)}; with chance at "
        f"0 and all at 1: {share(row['base_from_chance'])} and {listed(row['AnB_from_chance'], share)}"
        for side, row in found.items()
    )


def _tell_random(found: Mapping) -> str:
    loss = listed(found["loss"], lambda value: ABSENT if value is None else f"{value:.2f}")
    return (
        f"n = 1 to 7: accuracy {listed(found['accuracy'], share)} (base {share(found['base'])}, chance "
        f"{share(found['chance'])}), last training loss {loss} (base {found['base_loss']:.2f}, guessing "
        f"{found['loss_of_guessing']:.2f})"
    )


def _tell_nonlinearities(found: Mapping) -> str:
    named = (("relu", "max(0, x)"), ("abs_tanh", "abs(tanh(x))"))
    return "; ".join(
        f"{title}: base {share(found[name]['base'])}, random layers at n = 1 to 7 "
        f"{listed(found[name]['random'], share)}, from the base {listed(found[name]['gaps'])} points"
        for name, title in named
    )


def _tell_distances(found: Mapping) -> str:
    def row(name: str, title: str) -> str:
        slope = found[name]["points_a_layer"]
        slope_told = ABSENT if slope is None else f"{100 * slope:+.2f}"
        return f"{title} {listed(found[name]['gaps'])}, {slope_told} a layer"

    sides = "; ".join(f"towards {side} {listed(gaps)}" for side, gaps in found["dissimilar"]["by_target"].items())
    return (
        f"AnB less base at n = 1 to 7, in points: {row('similar', 'random halves')}; "
        f"{row('dissimilar', 'man-made / natural')} ({sides})"
    )


def _tell_better(found: Mapping) -> str:
    return (
        f"less their base at n = 1 to 7, in points: layers of the distant task {listed(found['distant'])}, random ones "
        f"{listed(found['random'])}; better by {listed(found['better_by'])}"
    )


def _tell_speeds(found: Mapping) -> str:
    machines = "; ".join(
        f"{name}: {row['images_per_s']:,.0f} pictures a second of a base network, seconds a network "
        f"{', '.join(f'{treatment} {seconds:,.0f}' for treatment, seconds in row['seconds'].items())}, "
        f"{row['days_for_the_thesis_steps']:.1f} days for 450,000 steps of 256"
        for name, row in found["hardware"].items()
    )
    return f"{machines}; 450,000 times 1.7 s are {found['days_of_450000_steps_of_1.7_s']:.1f} days"


def _tell_first_layers(found: Mapping) -> str:
    levels = ", ".join(f"{title} {share(level)}" for title, level in found.items() if title != "networks")
    return f"base networks of CIFAR-10 halves with a first layer of {levels}; {found['networks']} each"


def _tell_last_rise(found: Mapping) -> str:
    return (
        f"from {found['from']:,} to {found['to']:,} examples of a class accuracy goes from "
        f"{share(found['accuracy'][0])} to {share(found['accuracy'][1])}, by {points(found['rise'])} points, "
        f"{points(found['rise_a_doubling'])} a doubling"
    )


def _tell_chance(found: Mapping) -> str:
    accuracy = ", ".join(
        f"{count} {share(found['accuracy'][count])}"
        for count in ("1", "2", "5", "10", "25", "50", "100")
        if count in found["accuracy"]
    )
    at_chance = ", ".join(map(str, found["at_chance"])) or "no number"
    return f"within what guessing gives ({share(found['chance'])}) with {at_chance} of examples a class: {accuracy}"


def _tell_fewest(found: Mapping) -> str:
    one, two = found["1"], found["2"]
    return (
        f"one example of each class {share(one['accuracy'])}, {one['times_chance']:.1f} times chance; two "
        f"{share(two['accuracy'])}, {two['times_chance']:.1f} times"
    )


def _tell_filters(found: Mapping) -> str:
    told = "; ".join(
        f"{name.removesuffix(' small_32 relu')} {share(row['median_quality'])}, {row['like_gabor']:.0%}, "
        f"{row['coloured']:.0%}"
        for name, row in found.items()
    )
    return (
        "how much of a filter one Gabor function in one colour gives (median R^2), share of filters above what 5% of "
        f"random ones reach, share with most of their energy in colour: {told}"
    )


def _tell_cats(found: Mapping) -> str:
    return (
        f"{found['felidae']} felidae, {found['mean']:.1f} in a half on average; 6 or 7 in {found['six_or_seven']:.0%} "
        f"of all deals ({found['dealt_six_or_seven']:.0%} of {found['deals']:,} random halves), 5 to 8 in "
        f"{found['five_to_eight']:.0%}; in {found['three_or_fewer_in_a_half']:.0%} one half has 3 or fewer"
    )


def _tell_nodes(found: Mapping) -> str:
    return f"{found['as_printed']} of {len(found['counted'])} counts as printed"


def _tell_halves(found: Mapping) -> str:
    by_rule = f"{found['artifacts']} artifacts, {found['organisms']} organisms, {found['both']} in both"
    by_hand = (
        f"{found['neither']} in neither, of these {found['man_made_by_hand']} and {found['natural_by_hand']} by hand"
    )
    return f"{by_rule}, {by_hand}: {found['man_made']} man-made and {found['natural']} natural"


def _tell_nature(found: Mapping) -> str:
    cifar = found["cifar10"]
    return (
        f"CIFAR-10: {', '.join(cifar['man_made'])} against {', '.join(cifar['natural'])}; ImageNet's classes by the "
        f"thesis' rule: {found['imagenet']['man_made']} and {found['imagenet']['natural']}"
    )


TOLD: dict[str, Callable[[Mapping], str]] = {
    "F5.2": _tell_levels,
    "F5.3": _tell_panels,
    "F5.4": _tell_ladder,
    "T5.1": _tell_boosts,
    "S5-05": _tell_nature,
    "C5-02": _tell_grid,
    "C5-03": _tell_cats,
    "C5-04": _tell_classes,
    "C5-05": lambda found: _tell_gaps(found, "BnB less base"),
    "C5-06": lambda found: _tell_gaps(found, "BnB+ less base"),
    "C5-07": _tell_split,
    "C5-08": _tell_tuned,
    "C5-09": _tell_lengths,
    "C5-10": _tell_spreads,
    "C5-11": _tell_targets,
    "C5-12": _tell_random,
    "C5-13": _tell_nonlinearities,
    "C5-14": _tell_distances,
    "C5-15": _tell_better,
    "C5-18": _tell_speeds,
    "C5-20": _tell_first_layers,
    "C5-22": _tell_last_rise,
    "C5-23": _tell_chance,
    "C5-24": _tell_fewest,
    "C5-27": _tell_filters,
    "C5-25": _tell_nodes,
    "C5-26": _tell_halves,
}
