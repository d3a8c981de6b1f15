"""What the runs on random halves say of each treatment: levels, gaps to controls, and what longer training brings."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, stdev

from nbutils.transfer import summaries
from nbutils.transfer.halves import HALVES, Halves, halves_of, list_measured
from nbutils.transfer.readings import Effect, Question, find_effects
from nbutils.transfer.records import COPYING, Run
from nbutils.transfer.summaries import Mean
from nbutils.transfer.thesis import LAYERS

RANDOM_HALVES = HALVES[0]
Gaps = Mapping[int, Mapping[tuple[str, str, int], float]]


def measure_levels(runs: Iterable[Run]) -> dict:
    """Return the mean accuracy of every treatment at every n, by the last and by the ten best validations (F5.2)."""
    return {halves.name: _list_levels(choose(runs, halves)) for halves in list_measured(runs)}


def measure_boosts(runs: Iterable[Run]) -> dict:
    """Return Table 5.1: by how much AnB+ is better than base and than BnB+ over three ranges of layers (T5.1)."""
    chosen = choose(runs)
    found = summaries.boosts(chosen)
    if not found:
        raise ValueError("There are no runs of AnB+ beside their base networks yet.")
    return {
        f"{first}-{last}": {
            control: describe(mean) | _list_layers(chosen, ("AnB+", control), range(first, last + 1))
            for control, mean in row.items()
        }
        for (first, last), row in found.items()
    }


def count_grid(runs: Iterable[Run]) -> dict:
    """Return how many classes and pictures the halves have, and how many networks were trained of how many (C5-02)."""
    found = {}
    for halves in list_measured(runs):
        chosen = choose(runs, halves)
        classes = {run.settings.target: summaries.count_classes(run.settings) for run in chosen}
        found[halves.name] = {
            "classes": classes,
            "pictures": {side: count * summaries.EXAMPLES[halves.data] for side, count in classes.items()},
            "splits": _count_splits(chosen),
            "seeds": len({run.settings.seed for run in chosen}),
            "runs": len(chosen),
            "planned": summaries.count_planned(chosen),
        }
    return found


def measure_selffers(runs: Iterable[Run]) -> dict:
    """Return what freezing a network's own first n layers costs, and at which n it clearly does (C5-05)."""
    return _describe_gaps(choose(runs), "BnB", "base")


def measure_tuned_selffers(runs: Iterable[Run]) -> dict:
    """Return what training all layers of a network once more brings (C5-06)."""
    return _describe_gaps(choose(runs), "BnB+", "base")


def measure_tuned_transfers(runs: Iterable[Run]) -> dict:
    """Return by how much AnB+ is better than base and than BnB+ at every n, and whether it grows with n (C5-08)."""
    chosen = choose(runs)
    over = {control: _describe_gaps(chosen, "AnB+", control) for control in ("base", "BnB+")}
    few, many = ([gap["mean"] for gap in over["base"]["gaps"][part] if gap] for part in (slice(0, 3), slice(4, 7)))
    return {f"over_{control}": gaps for control, gaps in over.items()} | {
        "over_base_1_to_3": fmean(few),
        "over_base_5_to_7": fmean(many),
    }


def split_drops(runs: Iterable[Run]) -> dict:
    """Return what AnB loses, as what BnB loses (co-adaptation) and what AnB loses beyond it (specificity) (C5-07)."""
    chosen = choose(runs)
    pairs = {"all": ("AnB", "base"), "co_adaptation": ("BnB", "base"), "specificity": ("AnB", "BnB")}
    return {name: _describe_gaps(chosen, *pair) for name, pair in pairs.items()}


def compare_lengths(runs: Iterable[Run]) -> dict:
    """Return what AnB+ and BnB+ gain over layers 1 to 7, and after how many epochs altogether (C5-09)."""
    chosen = choose(runs)
    epochs = chosen[0].settings.epochs
    gains = {
        "AnB+_over_base": ("AnB+", "base"),
        "BnB+_over_base": ("BnB+", "base"),
        "AnB+_over_BnB+": ("AnB+", "BnB+"),
    }
    found = {name: _over_all_layers(chosen, *pair) for name, pair in gains.items()}
    return found | {"epochs_of_base": epochs, "epochs_of_both": 2 * epochs}


def measure_spreads(runs: Iterable[Run]) -> dict:
    """Return how far networks lie apart that differ by chance only (C5-10)."""
    chosen = choose(runs)
    read = summaries.score_of("last")
    bases = {side: [read(run) for run in chosen if _is_base_of(run, side)] for side in ("A", "B")}
    found = {"bases": {side: describe(summaries.average(values)) for side, values in bases.items() if values}}
    for treatment in COPYING:
        gaps = summaries.differences(chosen, treatment, "base")
        found[treatment] = {
            "between_halves_at_one_n": _mean_spread([list(gaps[n].values()) for n in LAYERS if n in gaps]),
            "between_5_6_7_of_one_half": _mean_spread(
                [[gaps[n][unit] for n in (5, 6, 7) if unit in gaps.get(n, {})] for unit in _units(gaps)]
            ),
        }
    return found


def choose(runs: Iterable[Run], halves: Halves = RANDOM_HALVES) -> tuple[Run, ...]:
    """Return the main runs of some halves; ValueError, as a sentence, where there are none."""
    chosen = summaries.main_runs(runs, halves)
    if not chosen:
        raise ValueError(f"There are no runs of {halves.title} yet; python -m nbutils sweep transfer trains them.")
    return chosen


def list_gaps(runs: Iterable[Run], treatment: str, control: str) -> list[dict | None]:
    """Return for n = 1 to 7 how much more a treatment has than its control; None where nothing was run.

    Raises ValueError, as a sentence, where no n was run with both.
    """
    effects = _compare(runs, treatment, control)
    return [_describe_effect(effects[n]) if n in effects else None for n in LAYERS]


def describe(mean: Mean) -> dict:
    """Return a mean with its interval as JSON holds it."""
    return {"mean": mean.mean, "low": mean.low, "high": mean.high, "runs": mean.count}


def find_halves(name: str, runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the main runs of the halves of that name; ValueError, as a sentence, where there are none."""
    return choose(runs, halves_of(name))


def _list_levels(runs: Sequence[Run]) -> dict:
    found = {}
    for score in ("last", "best_ten"):
        for treatment, levels in summaries.points(runs, score).items():
            places = (0,) if treatment == "base" else LAYERS
            means = [describe(levels[n].mean) if n in levels else None for n in places]
            found.setdefault(score, {})[treatment] = means
    return found | {"runs": len(runs), "splits": _count_splits(runs)}


def _describe_gaps(runs: Sequence[Run], treatment: str, control: str) -> dict:
    """Return the gaps at every n, and at which n they are beyond chance.

    clearly_... : of halves in general, by the interval over those that were learned, `reach` to both sides
    tested_... : of these networks, if they were tested with other pictures, `tested` to both sides
    """
    effects = _compare(runs, treatment, control)
    return {
        "gaps": list_gaps(runs, treatment, control),
        "clearly_below_at": [n for n, effect in effects.items() if effect.high < 0],
        "clearly_above_at": [n for n, effect in effects.items() if effect.low > 0],
        "reach": max((effect.high - effect.low) / 2 for effect in effects.values()),
        "tested_below_at": [n for n, effect in effects.items() if effect.gap.mean < -effect.tested],
        "tested_above_at": [n for n, effect in effects.items() if effect.gap.mean > effect.tested],
        "tested": max(effect.tested for effect in effects.values()),
        "splits": _count_splits(runs),
    }


def _compare(runs: Iterable[Run], treatment: str, control: str) -> dict[int, Effect]:
    """Return the effect at every n; ValueError, as a sentence, where there is none."""
    effects = find_effects(runs, Question(0, treatment, control, 1, ""))
    if not effects:
        raise ValueError(f"There are no runs of {treatment} beside {control} yet.")
    return {effect.n: effect for effect in effects}


def _describe_effect(effect: Effect) -> dict:
    return {"mean": effect.gap.mean, "low": effect.low, "high": effect.high, "runs": effect.gap.count}


def _list_layers(runs: Sequence[Run], pair: tuple[str, str], wanted: Sequence[int]) -> dict:
    """Return the wanted n at which a treatment was run beside its control, and of how many splits."""
    measured = summaries.differences(runs, *pair)
    return {"layers": [n for n in wanted if n in measured], "splits": _count_splits(runs)}


def _count_splits(runs: Sequence[Run]) -> int:
    return len({run.settings.split for run in runs})


def _over_all_layers(runs: Sequence[Run], treatment: str, control: str) -> dict:
    found = summaries.boosts(runs, treatment, (control,)).get((1, 7), {})
    if control not in found:
        raise ValueError(f"There are no runs of {treatment} beside {control} yet.")
    return describe(found[control]) | _list_layers(runs, (treatment, control), LAYERS)


def _is_base_of(run: Run, side: str) -> bool:
    return run.settings.treatment == "base" and run.settings.target == side


def _units(gaps: Gaps) -> list[tuple[str, str, int]]:
    return sorted({unit for values in gaps.values() for unit in values})


def _mean_spread(groups: Iterable[Sequence[float]]) -> float | None:
    """Return the mean standard deviation within groups; None where no group has two."""
    spreads = [stdev(values) for values in groups if len(values) > 1]
    return fmean(spreads) if spreads else None
