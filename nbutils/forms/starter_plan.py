"""Which shapes the starter gallery has, and what those who bred them had in mind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nbutils.forms.fields import mark_shape
from nbutils.forms.grids import THESIS
from nbutils.forms.looks import Taste, like_looks
from nbutils.forms.targets import TARGETS, fill
from nbutils.forms.users import likeness_to
from nbutils.neat import Genome


@dataclass(frozen=True)
class Plan:
    """One shape to be bred.

    wanted : a name in TARGETS, or what the users like to see
    meant : the same in words, for people
    start : name of the shape that is forked; "" for none
    first : number of the first user; others have other random numbers
    """

    name: str
    wanted: str | Taste
    meant: str
    tags: tuple[str, ...]
    start: str = ""
    first: int = 0


def find_liking(plan: Plan, known: Mapping[str, Genome]) -> Callable[[Genome], float]:
    """Return how the users of a plan like a shape.

    known : genomes of the shapes that were bred before: who goes by looks wants something new
    """
    if isinstance(plan.wanted, str):
        return likeness_to(fill(TARGETS[plan.wanted], THESIS))
    return like_looks(plan.wanted, [mark_shape(genome) for genome in known.values()])


def list_before(plan: Plan, plans: Sequence[Plan]) -> tuple[str, ...]:
    """Return the names of the shapes that a plan needs: the one it forks; for tastes, all tastes that come before."""
    tastes = [one.name for one in plans[: plans.index(plan)] if not isinstance(one.wanted, str)]
    known = [] if isinstance(plan.wanted, str) else tastes
    return tuple(dict.fromkeys([*([plan.start] if plan.start else []), *known]))


def _thing(name: str, meant: str, *tags: str, start: str = "", first: int = 0) -> Plan:
    wanted = name.lower()
    return Plan(name, wanted, f"the volume of {meant}", (wanted, *tags), start, first)


def _chess(team: str, first: Mapping[str, int]) -> tuple[Plan, ...]:
    """Return the plans of a team, all forked from what its pieces have in common."""
    section = {"light": "round", "dark": "square"}[team]
    common = f"{section.capitalize()} piece"
    return tuple(
        Plan(
            f"{section.capitalize()} {piece}",
            f"{team} {piece}",
            f"the volume of a {piece} on a {section} foot",
            (piece, "chess", section),
            common,
            first.get(piece, 0),
        )
        for piece in ("pawn", "rook", "knight", "bishop", "queen", "king")
    )


def _taste(name: str, taste: Taste, *tags: str, start: str = "", first: int = 0) -> Plan:
    across = {"round": "around its axis"}.get(taste.repeats, f"along {taste.repeats}")
    alike = "left and right alike" if taste.mirrored else "a symmetry of any kind"
    surface = "much" if taste.surface > 0.6 else "little"
    meant = f"one body with {alike}, parts that come again {across}, {surface} surface, and unlike those bred before"
    return Plan(name, taste, meant, tags, start, first)


# Those that come later stand further in front where the gallery shows the newest first.
PLANS: tuple[Plan, ...] = (
    Plan("Round piece", "light piece", "the volume of a turned piece on a round foot", ("chess", "round")),
    Plan("Square piece", "dark piece", "the volume of a piece on a square foot", ("chess", "square")),
    *_chess("dark", {}),
    *_chess("light", {}),
    _taste("Form A", Taste("z", 0.45)),
    _taste("Form B", Taste("round", 0.5, mirrored=False)),
    _taste("Form C", Taste("x", 0.6)),
    _taste("Form D", Taste("z", 0.7)),
    _taste("Form E", Taste("round", 0.7, mirrored=False)),
    _taste("Form F", Taste("y", 0.5)),
    _taste("Form G", Taste("z", 0.55, mirrored=False)),
    _taste("Form H", Taste("x", 0.45)),
    _taste("Form I", Taste("round", 0.6)),
    _taste("Form J", Taste("y", 0.7)),
    _thing("Arch", "an arch", "building"),
    _thing("Spiral", "a spiral", "ornament"),
    _thing("Dumbbell", "a dumbbell"),
    _thing("Spinning top", "a spinning top", "toy"),
    _thing("Pear", "a pear", "fruit"),
    _thing("Bell", "a bell"),
    _thing("Light bulb", "a light bulb"),
    _thing("Hourglass", "an hourglass"),
    _thing("Bottle", "a bottle", "vessel"),
    _thing("Goblet", "a goblet", "vessel"),
    _thing("Snowman", "a snowman"),
    _thing("Fir tree", "a fir tree", "plant"),
    _thing("Ring", "a ring", "ornament"),
    _thing("Square lamp", "a lamp with a square shade", "lamp", "furniture"),
    _thing("Lamp", "a lamp", "furniture"),
    _thing("Vase", "a vase", "vessel"),
    _thing("Mushroom", "a mushroom", "plant"),
    _thing("Heart", "a heart"),
    _thing("Broken heart", "a heart with a crack", "heart", start="Heart"),
)
