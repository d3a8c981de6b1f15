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
    rounds : how many users breed how long; who forks, and who has no model in mind, is content earlier
    """

    name: str
    wanted: str | Taste
    meant: str
    tags: tuple[str, ...]
    starts: tuple[str, ...] = ("",)
    first: int = 0
    rounds: tuple[Round, ...] = ROUNDS


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


def list_before(plan: Plan, plans: Sequence[Plan]) -> tuple[str, ...]:
    """Return the names of the shapes that a plan needs: those it may fork; for tastes, all tastes that come before."""
    tastes = [one.name for one in plans[: plans.index(plan)] if not isinstance(one.wanted, str)]
    known = [] if isinstance(plan.wanted, str) else tastes
    return tuple(dict.fromkeys([*filter(None, plan.starts), *known]))


def _thing(
    name: str, meant: str, *tags: str, wanted: str = "", starts: tuple[str, ...] = ("",), first: int = 0
) -> Plan:
    """Return the plan of a thing. wanted : the target where what came of it looks like something else."""
    rounds = ROUNDS if "" in starts else FORK_ROUNDS
    tags = (name.lower(), *tags)
    return Plan(name, wanted or name.lower(), f"the volume of {meant}", tags, starts, first, rounds)


def _chess(team: str, first: int, queen: tuple[str, ...], long: tuple[str, ...]) -> tuple[Plan, ...]:
    """Return the plans of the six pieces of a team, forked from the lamp or from one another.

    queen : what the queen is forked from
    long : the pieces over which users sit as long as over what is bred from scratch
    """
    forked = {
        "bishop": ("Lamp",),
        "queen": queen,
        "king": (f"{team} queen",),
        "pawn": (f"{team} bishop",),
        "rook": (f"{team} queen", f"{team} bishop"),
        "knight": (f"{team} bishop",),
    }
    return tuple(
        Plan(
            f"{team} {piece}",
            piece,
            f"the volume of a {piece}",
            (piece, "chess", team.lower()),
            starts,
            first,
            ROUNDS if piece in long else FORK_ROUNDS,
        )
        for piece, starts in forked.items()
    )


def _taste(name: str, taste: Taste, *tags: str, starts: tuple[str, ...] = ("",), first: int = 0) -> Plan:
    across = {"round": "around its axis"}.get(taste.repeats, f"along {taste.repeats}")
    alike = "left and right alike" if taste.mirrored else "a symmetry of any kind"
    surface = "much" if taste.surface > 0.6 else "little"
    meant = f"one body with {alike}, parts that come again {across}, {surface} surface, and unlike those bred before"
    return Plan(name, taste, meant, tags, starts, first, TASTE_ROUNDS)


# Those that come later stand further in front where the gallery shows the newest first.
PLANS: tuple[Plan, ...] = (
    *(_thing(name, meant, *tags) for name, meant, *tags in SIMPLE),
    _taste("Cushions on a post", Taste("z", 0.45)),
    _taste("Crown", Taste("round", 0.5, mirrored=False)),
    _taste("Wheels", Taste("x", 0.5)),
    _thing("Lamp", "a lamp", "furniture", starts=ANY_TURNED),
    *_chess("Dark", 200, queen=("Dark bishop",), long=("bishop", "queen", "rook")),
    *_chess("Light", 100, queen=("Lamp", "Light bishop"), long=("bishop", "queen", "rook", "king")),
    _thing("Button", "a ring", "ornament", wanted="ring"),
    _thing("Chrysalis", "a bell", "animal", wanted="bell", starts=ANY_TURNED),
    _thing("Drop", "a pear", wanted="pear", starts=ANY_TURNED),
    _thing("Spinning top", "a spinning top", "toy", starts=ANY_TURNED),
    _thing("Spindle", "a mushroom", wanted="mushroom", starts=ANY_TURNED),
    _thing("Carafe", "a snowman", "vessel", wanted="snowman", starts=ANY_TURNED),
    _thing("Gnome", "a fir tree", wanted="fir tree", starts=ANY_TURNED),
    _thing("Goblet", "a goblet", "vessel", starts=ANY_TURNED),
    _thing("Mushroom", "a lamp with a square shade", "plant", wanted="square lamp", starts=ANY_TURNED),
    _thing("Heart", "a heart"),
    _thing("Broken heart", "a heart with a crack", "heart", starts=("Heart",)),
)
