"""One shape of the starter gallery: many simulated users begin, the best go on, and what the best one did is kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbutils.forms.breeding import Generation, begin, begin_from, evolve, gather
from nbutils.forms.users import EVOLUTION, SCRATCH, Sitting, Start, User, go_on, sit_down
from nbutils.neat import Genome


@dataclass(frozen=True)
class Round:
    """So many users press Evolve so often; those that have come nearest go on to the next round."""

    users: int
    times: int


ROUNDS = (Round(24, 40), Round(6, 200), Round(2, 800))
FORK_ROUNDS = (Round(12, 30), Round(4, 120), Round(1, 400))
TASTE_ROUNDS = (Round(12, 25), Round(3, 100), Round(1, 200))
MOST_SELECTED = 3  # the first user selects one shape at a time, the second two, the third three, the fourth one, ...


@dataclass(frozen=True)
class Step:
    """What was done for one generation: its seed, the strength of mutations, and what was selected for it."""

    seed: int
    strength: float
    selected: tuple[int, ...]


@dataclass(frozen=True)
class Bred:
    """How a shape was bred; with the same start, `replay` gives the generations again.

    user : number of the user, whose random numbers follow from it
    start : place of what this user began with, among what could be begun with
    steps : of the generations that were not undone, the first one first
    place : of the shape in the last generation
    liking : how much the user likes it
    evolved : how often this user pressed Evolve
    users : how many users began
    """

    user: int
    start: int
    steps: tuple[Step, ...]
    place: int
    liking: float
    evolved: int
    users: int

    @property
    def undone(self) -> int:
        """Return how many generations were undone."""
        return self.evolved - (len(self.steps) - 1)


def compete(
    like: Callable[[Genome], float],
    starts: Sequence[Start] = (SCRATCH,),
    rounds: Sequence[Round] = ROUNDS,
    first: int = 0,
) -> Iterator[Bred]:
    """Yield how the user who leads has bred, each time that another one has sat through a round; the last is the best.

    like : what all users have in mind
    starts : what they begin with: three take the first, three the second, and so on, and again from the first
    first : number of the first user
    """
    numbers = range(first, first + rounds[0].users)
    users = {number: User(like, 1 + number % MOST_SELECTED) for number in numbers}
    begun = {number: number // MOST_SELECTED % len(starts) for number in numbers}
    sittings = {number: sit_down(users[number], number, starts[begun[number]]) for number in numbers}
    for round_ in rounds:
        sittings = {number: sittings[number] for number in _rank(sittings)[: round_.users]}
        for number in sittings:
            for sitting in go_on(users[number], sittings[number], number, round_.times):
                sittings[number] = sitting
            leader = _rank(sittings)[0]
            yield _sum_up(leader, begun[leader], sittings[leader], rounds[0].users)


def replay(bred: Bred, start: Start = SCRATCH) -> tuple[Generation, ...]:
    """Return the generations that a user bred and did not undo."""
    first = bred.steps[0]
    if start.genome is None:
        now = gather(begin(first.seed, EVOLUTION), first.seed)
    else:
        organisms = begin_from(start.genome, first.seed, EVOLUTION)
        now = gather(organisms, first.seed, begun_from=start.shape)
    path = [now]
    for step in bred.steps[1:]:
        organisms = evolve(now, step.selected, EVOLUTION, step.seed, step.strength)
        now = gather(organisms, step.seed, now, step.selected, step.strength)
        path.append(now)
    return tuple(path)


def to_record(bred: Bred) -> dict:
    """Return how a shape was bred as JSON holds it."""
    steps = [[step.seed, step.strength, list(step.selected)] for step in bred.steps]
    return {name: getattr(bred, name) for name in ("user", "start", "place", "liking", "evolved", "users")} | {
        "steps": steps
    }


def from_record(record: Mapping) -> Bred:
    """Read what `to_record` returned."""
    steps = tuple(Step(seed, strength, tuple(selected)) for seed, strength, selected in record["steps"])
    return Bred(**{**record, "steps": steps})


def _rank(sittings: Mapping[int, Sitting]) -> list[int]:
    """Return the numbers of users, first who has bred what is liked best; of equal ones the lower number."""
    return sorted(sittings, key=lambda number: (-sittings[number].likings[0], number))


def _sum_up(number: int, start: int, sitting: Sitting, users: int) -> Bred:
    steps = tuple(Step(one.seed, one.strength, one.selected) for one in sitting.path)
    return Bred(number, start, steps, sitting.choice[0], sitting.likings[0], sitting.evolved, users)
