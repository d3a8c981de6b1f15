"""What was measured of speed and of first layers, in sentences of the ledger."""

from collections.abc import Mapping

from nbutils.transfer.sentences import share, surely


def tell_speeds(found: Mapping) -> str:
    """Tell C5-18."""
    machines = "; ".join(
        f"{name}: {row['images_per_s']:,.0f} pictures a second of a base network, seconds a network "
        f"{', '.join(f'{treatment} {seconds:,.0f}' for treatment, seconds in row['seconds'].items())}, "
        f"{row['days_for_the_thesis_steps']:.1f} days for 450,000 steps of 256 such pictures"
        for name, row in found["hardware"].items()
    )
    network = f"the network of {found['network']['pixels']} pixels with {found['network']['weights']:,} weights"
    return f"{network}; {machines}; 450,000 times 1.7 s are {found['days_of_450000_steps_of_1.7_s']:.1f} days"


def tell_first_layers(found: Mapping) -> str:
    """Tell C5-20."""
    levels = ", ".join(f"{title} {share(level)}" for title, level in found["levels"].items())
    return (
        f"base networks of CIFAR-10 halves with a first layer of {levels}; {found['networks']} each; 7x7 less 11x11 "
        f"{surely(found['finer'])} points"
    )


def tell_filters(found: Mapping) -> str:
    """Tell C5-27."""
    told = "; ".join(
        f"{name.removesuffix(' small_32 relu')} {share(row['median_quality'])}, {row['like_gabor']:.0%}, "
        f"{row['coloured']:.0%}"
        for name, row in found.items()
    )
    return (
        "how much of a filter one Gabor function in one colour gives (median R^2), share of filters above what 5% of "
        f"random ones reach, share with most of their energy in colour: {told}"
    )
