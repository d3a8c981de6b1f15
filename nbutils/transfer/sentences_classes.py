"""What was counted of classes, halves and runs, in sentences of the ledger."""

from collections.abc import Mapping

from nbutils.transfer.halves import halves_of
from nbutils.transfer.sentences import counted


def tell_grid(found: Mapping) -> str:
    """Tell C5-02."""
    return "; ".join(f"{halves_of(name).title}: {_tell_grid_of(row)}" for name, row in found.items())


def tell_cats(found: Mapping) -> str:
    """Tell C5-03."""
    return (
        f"{found['felidae']} felidae, {found['mean']:.1f} in a half on average; 6 or 7 in {found['six_or_seven']:.0%} "
        f"of all deals ({found['dealt_six_or_seven']:.0%} of {found['deals']:,} random halves), 5 to 8 in "
        f"{found['five_to_eight']:.0%}; in {found['three_or_fewer_in_a_half']:.0%} one half has 3 or fewer"
    )


def tell_nodes(found: Mapping) -> str:
    """Tell C5-25."""
    return f"{found['as_printed']} of {len(found['counted'])} counts as printed"


def tell_halves(found: Mapping) -> str:
    """Tell C5-26."""
    by_rule = f"{found['artifacts']} artifacts, {found['organisms']} organisms, {found['both']} in both"
    by_hand = (
        f"{found['neither']} in neither, of these {found['man_made_by_hand']} and {found['natural_by_hand']} by hand"
    )
    return f"{by_rule}, {by_hand}: {found['man_made']} man-made and {found['natural']} natural"


def tell_nature(found: Mapping) -> str:
    """Tell S5-05."""
    cifar = found["cifar10"]
    return (
        f"CIFAR-10: {', '.join(cifar['man_made'])} against {', '.join(cifar['natural'])}; ImageNet's classes by the "
        f"thesis' rule: {found['imagenet']['man_made']} and {found['imagenet']['natural']}"
    )


def _tell_grid_of(row: Mapping) -> str:
    classes, pictures = (
        " and ".join(f"{row[key][side]:,}" for side in sorted(row[key])) for key in ("classes", "pictures")
    )
    many = f"{counted(row['splits'], 'split')}, {counted(row['seeds'], 'seed')}"
    return f"{classes} classes with {pictures} pictures, {many}, {row['runs']} of {row['planned']} networks"
