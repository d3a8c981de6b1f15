"""Which shapes the starter gallery has, and what those who bred them had in mind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nbutils.forms.fields import mark_shape
from nbutils.forms.grids import THESIS
from nbutils.forms.looks import Taste, like_looks
from nbutils.forms.starter_breeding import FORK_ROUNDS, ROUNDS, TASTE_ROUNDS, Round
from nbutils.forms.targets import TARGETS, fill
from nbutils.forms.users import likeness_to
from nbutils.neat import Genome


@dataclass(frozen=True)
class Plan:
    """One shape to be bred.

    wanted : a name in TARGETS, or what the users like to see
    meant : the same in words, for people
    starts : names of shapes that users fork, each user one of them; "" is none
    first : number of the first user; others have other random numbers
    """

    name: str
    wanted: str | Taste
    meant: str
    tags: tuple[str, ...]
    starts: tuple[str, ...] = ("",)
    first: int = 0


# Bred first and from scratch, and then forked: what has a waist or a neck already comes sooner to another one.
SIMPLE = (
    ("Hourglass", "an hourglass"),
    ("Vase", "a vase", "vessel"),
    ("Bottle", "a bottle", "vessel"),
    ("Light bulb", "a light bulb"),
)
TURNED = tuple(name for name, *_ in SIMPLE)
ANY_TURNED = ("", *TURNED)


def find_liking(plan: Plan, known: Mapping[str, Genome]) -> Callable[[Genome], float]:
    """Return how the users of a plan like a shape.

    known : genomes of the shapes that were bred before: who goes by looks wants something new
    """
    if isinstance(plan.wanted, str):
        return likeness_to(fill(TARGETS[plan.wanted], THESIS))
    return like_looks(plan.wanted, [mark_shape(genome) for genome in known.values()])


def find_rounds(plan: Plan) -> tuple[Round, ...]:
    """Return how many users breed how long: who forks, and who has no model in mind, is content earlier."""
    if not isinstance(plan.wanted, str):
        return TASTE_ROUNDS
    return ROUNDS if "" in plan.starts else FORK_ROUNDS


def list_before(plan: Plan, plans: Sequence[Plan]) -> tuple[str, ...]:
    """Return the names of the shapes that a plan needs: those it may fork; for tastes, all tastes that come before."""
    tastes = [one.name for one in plans[: plans.index(plan)] if not isinstance(one.wanted, str)]
    known = [] if isinstance(plan.wanted, str) else tastes
    return tuple(dict.fromkeys([*filter(None, plan.starts), *known]))


def _thing(name: str, meant: str, *tags: str, starts: tuple[str, ...] = ("",), first: int = 0) -> Plan:
    wanted = name.lower()
    return Plan(name, wanted, f"the volume of {meant}", (wanted, *tags), starts, first)


def _chess(team: str, first: int) -> tuple[Plan, ...]:
    """Return the plans of the six pieces of a team, forked from the lamp or from one another."""
    bishop, queen = f"{team} bishop", f"{team} queen"
    forked = {"bishop": ("Lamp",), "queen": (bishop,), "king": (queen,), "pawn": (bishop,), "rook": (queen, bishop)}
    return tuple(
        Plan(f"{team} {piece}", piece, f"the volume of a {piece}", (piece, "chess", team.lower()), starts, first)
        for piece, starts in {**forked, "knight": (bishop,)}.items()
    )


def _taste(name: str, taste: Taste, *tags: str, starts: tuple[str, ...] = ("",), first: int = 0) -> Plan:
    across = {"round": "around its axis"}.get(taste.repeats, f"along {taste.repeats}")
    alike = "left and right alike" if taste.mirrored else "a symmetry of any kind"
    surface = "much" if taste.surface > 0.6 else "little"
    meant = f"one body with {alike}, parts that come again {across}, {surface} surface, and unlike those bred before"
    return Plan(name, taste, meant, tags, starts, first)


# Those that come later stand further in front where the gallery shows the newest first.
PLANS: tuple[Plan, ...] = (
    *(_thing(name, meant, *tags) for name, meant, *tags in SIMPLE),
    _taste("Form A", Taste("z", 0.45)),
    _taste("Form B", Taste("round", 0.5, mirrored=False)),
    _taste("Form C", Taste("x", 0.5)),
    _taste("Form D", Taste("z", 0.6, mirrored=False)),
    _taste("Form E", Taste("round", 0.7, mirrored=False)),
    _taste("Form F", Taste("y", 0.4)),
    _taste("Form G", Taste("round", 0.4)),
    _taste("Form H", Taste("x", 0.7)),
    _thing("Lamp", "a lamp", "furniture", starts=ANY_TURNED),
    *_chess("Dark", first=200),
    *_chess("Light", first=100),
    _thing("Spinning top", "a spinning top", "toy", starts=ANY_TURNED),
    _thing("Pear", "a pear", "fruit", starts=ANY_TURNED),
    _thing("Bell", "a bell", starts=ANY_TURNED),
    _thing("Goblet", "a goblet", "vessel", starts=ANY_TURNED),
    _thing("Snowman", "a snowman", starts=ANY_TURNED),
    _thing("Fir tree", "a fir tree", "plant", starts=ANY_TURNED),
    _thing("Ring", "a ring", "ornament"),
    _thing("Star", "a star", "ornament"),
    _thing("Square lamp", "a lamp with a square shade", "lamp", "furniture", starts=ANY_TURNED),
    _thing("Mushroom", "a mushroom", "plant", starts=ANY_TURNED),
    _thing("Heart", "a heart"),
    _thing("Broken heart", "a heart with a crack", "heart", starts=("Heart",)),
)
