"""What was measured on all classes with fewer and fewer examples, in sentences of the ledger."""

from collections.abc import Mapping, Sequence

from nbutils.transfer.sentences import counted, points, share

FEW = (1, 2, 5, 10, 25, 50, 100)  # examples of a class with which the networks of the thesis stayed near chance


def tell_ladder(found: Mapping) -> str:
    """Tell F5.4."""
    rungs = sorted(found["accuracy"].items(), key=lambda rung: -int(rung[0]))
    told = ", ".join(f"{int(count):,} {share(level)}" for count, level in rungs)
    return (
        f"CIFAR-10, all classes, every network with the steps of {found['epochs']} epochs of all examples, chance "
        f"{share(found['chance'])}: {told}{_tell_failed(found)}"
    )


def tell_classes(found: Mapping) -> str:
    """Tell C5-04."""
    sides = (("half", "half of the classes"), ("all", "all classes"))
    told = ", ".join(
        f"{title} {share(found[side])} (chance {share(found[f'{side}_chance'])}, "
        f"{counted(found[side]['runs'], 'network')})"
        for side, title in sides
    )
    scaled = (
        (found[side]["mean"] - found[f"{side}_chance"]) / (1 - found[f"{side}_chance"]) for side in ("half", "all")
    )
    gap = points(found["half"]["mean"] - found["all"]["mean"])
    return (
        f"{told}, {found['epochs']} epochs each, {gap} points for half; with chance at 0 and all at 1: "
        f"{' and '.join(map(share, scaled))}"
    )


def tell_last_rise(found: Mapping) -> str:
    """Tell C5-22."""
    return (
        f"from {found['from']:,} to {found['to']:,} examples of a class accuracy goes from "
        f"{share(found['accuracy'][0])} to {share(found['accuracy'][1])}, by {points(found['rise'])} points "
        f"(±{100 * found['tested']:.1f} by which pictures are tested), {points(found['rise_a_doubling'])} a doubling"
    )


def tell_chance(found: Mapping) -> str:
    """Tell C5-23."""
    few = [str(count) for count in FEW if str(count) in found["accuracy"]]
    accuracy = ", ".join(f"{count} {share(found['accuracy'][count])}" for count in few)
    loss = ", ".join(f"{count} {found['loss'][count]:.2f}" for count in few if found["loss"][count] is not None)
    at_chance = _list(found["at_chance"]) or "no number"
    return (
        f"no better than guessing ({share(found['chance'])}, up to {share(found['chance'] + found['reach'])} by luck) "
        f"with {at_chance} of examples a class: {accuracy}; training loss at the end {loss}{_tell_failed(found)}"
    )


def tell_fewest(found: Mapping) -> str:
    """Tell C5-24."""
    return "; ".join(
        f"{title} of each class {_tell_rung(found[count])}"
        for count, title in (("1", "one example"), ("2", "two examples"))
    )


def _tell_rung(rung: Mapping | None) -> str:
    if rung is None:
        return "no network that came to its end"
    return f"{share(rung['accuracy'])}, {rung['times_chance']:.1f} times chance"


def _tell_failed(found: Mapping) -> str:
    """Return with how many examples networks learned nothing, and with how many none came to its end; "" for none."""
    said = ""
    if found["not_learned"]:
        guessing = f"{found['loss_of_guessing']:.2f}"
        said += f"; not even their own examples are learned (training loss of guessing, {guessing}) with "
        said += _list(found["not_learned"])
    if found["absent"]:
        said += f"; no network came to its end with {_list(found['absent'])}"
    return said


def _list(counts: Sequence[int]) -> str:
    return ", ".join(f"{count:,}" for count in counts)
