"""Which shapes the starter gallery has, and what those who bred them had in mind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nbutils.forms.fields import mark_shape
from nbutils.forms.grids import THESIS
from nbutils.forms.looks import Taste, like_looks
from nbutils.forms.starter_breeding import ROUNDS, TASTE_ROUNDS, Round
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


def find_rounds(plan: Plan) -> tuple[Round, ...]:
    """Return how many users breed how long: who has no model in mind is content earlier."""
    return ROUNDS if isinstance(plan.wanted, str) else TASTE_ROUNDS


def list_before(plan: Plan, plans: Sequence[Plan]) -> tuple[str, ...]:
    """Return the names of the shapes that a plan needs: the one it forks; for tastes, all tastes that come before."""
    tastes = [one.name for one in plans[: plans.index(plan)] if not isinstance(one.wanted, str)]
    known = [] if isinstance(plan.wanted, str) else tastes
    return tuple(dict.fromkeys([*([plan.start] if plan.start else []), *known]))


def _thing(name: str, meant: str, *tags: str, start: str = "", first: int = 0) -> Plan:
    wanted = name.lower()
    return Plan(name, wanted, f"the volume of {meant}", (wanted, *tags), start, first)


def _chess(team: str, first: Mapping[str, int]) -> tuple[Plan, ...]:
    """Return the plans of what the pieces of a team have in common, and of the six that are forked from it."""
    words = {"waisted": "with a waist", "cone": "on a cone"}[team]
    common = f"Piece {words}"
    forked = (
        Plan(
            f"{piece.capitalize()} {words}",
            f"{team} {piece}",
            f"the volume of a {piece} {words}",
            (piece, "chess", team),
            common,
            first.get(piece, 0),
        )
        for piece in ("pawn", "rook", "knight", "bishop", "queen", "king")
    )
    wanted = f"{team} piece"
    return Plan(
        common, wanted, f"the volume of a chess piece {words}", ("chess", team), "", first.get("piece", 0)
    ), *forked


def _taste(name: str, taste: Taste, *tags: str, start: str = "", first: int = 0) -> Plan:
    across = {"round": "around its axis"}.get(taste.repeats, f"along {taste.repeats}")
    alike = "left and right alike" if taste.mirrored else "a symmetry of any kind"
    surface = "much" if taste.surface > 0.6 else "little"
    meant = f"one body with {alike}, parts that come again {across}, {surface} surface, and unlike those bred before"
    return Plan(name, taste, meant, tags, start, first)


# Those that come later stand further in front where the gallery shows the newest first.
PLANS: tuple[Plan, ...] = (
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
    *_chess("cone", {}),
    *_chess("waisted", {}),
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
