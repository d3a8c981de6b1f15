"""What was measured of distant tasks and of random layers, in sentences of the ledger."""

from collections.abc import Mapping

from nbutils.transfer.sentences import ABSENT, listed, share


def tell_panels(found: Mapping) -> str:
    """Tell F5.3."""
    nature = "; ".join(
        f"{side} base {share(row['base'])}, AnB {listed(row['AnB'], share)}" for side, row in found["nature"].items()
    )
    titles = (("similar", "random halves"), ("dissimilar", "man-made / natural"), ("random", "random layers"))
    gaps = "; ".join(f"{title} {listed(found['subtracted'][name])}" for name, title in titles)
    return (
        f"n = 1 to 7: {nature}; random layers {listed(found['random']['accuracy'], share)} with the base at "
        f"{share(found['random']['base'])}; less the base, in points: {gaps}"
    )


def tell_targets(found: Mapping) -> str:
    """Tell C5-11."""
    return "; ".join(
        f"{side}, {row['classes']} classes: base {share(row['base'])}, AnB {listed(row['AnB'], share)}; with chance at "
        f"0 and all at 1: {share(row['base_from_chance'])} and {listed(row['AnB_from_chance'], share)}"
        for side, row in found.items()
    )


def tell_random(found: Mapping) -> str:
    """Tell C5-12."""
    loss = listed(found["loss"], lambda value: ABSENT if value is None else f"{value:.2f}")
    return (
        f"n = 1 to 7: accuracy {listed(found['accuracy'], share)} (base {share(found['base'])}, chance "
        f"{share(found['chance'])}), last training loss {loss} (base {found['base_loss']:.2f}, guessing "
        f"{found['loss_of_guessing']:.2f})"
    )


def tell_nonlinearities(found: Mapping) -> str:
    """Tell C5-13."""
    named = (("relu", "max(0, x)"), ("abs_tanh", "abs(tanh(x))"))
    return "; ".join(
        f"{title}: base {share(found[name]['base'])}, random layers at n = 1 to 7 "
        f"{listed(found[name]['random'], share)}, from the base {listed(found[name]['gaps'])} points"
        for name, title in named
    )


def tell_distances(found: Mapping) -> str:
    """Tell C5-14."""

    def row(name: str, title: str) -> str:
        slope = found[name]["points_a_layer"]
        slope_told = ABSENT if slope is None else f"{100 * slope:+.2f}"
        return f"{title} {listed(found[name]['gaps'])}, {slope_told} a layer"

    alike = ", ".join(f"{split} {a} and {b}" for split, (a, b) in found["man_made"].items())
    sides = "; ".join(f"towards {side} {listed(gaps)}" for side, gaps in found["dissimilar"]["by_target"].items())
    return (
        f"AnB less base at n = 1 to 7, in points: {row('similar', 'random halves')}; "
        f"{row('dissimilar', 'man-made / natural')} ({sides}); man-made classes in the halves A and B of {alike}"
    )


def tell_better(found: Mapping) -> str:
    """Tell C5-15."""
    return (
        f"less their base at n = 1 to 7, in points: layers of the distant task {listed(found['distant'])}, random ones "
        f"{listed(found['random'])}; better by {listed(found['better_by'])}"
    )
