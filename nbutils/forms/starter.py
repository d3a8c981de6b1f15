"""The starter gallery: shapes bred by simulated users, with their ancestors, as a file that galleries merge."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbutils.forms.breeding import Generation
from nbutils.forms.generation_json import unpack_text
from nbutils.forms.starter_breeding import Bred, Round, compete, from_record, replay, to_record
from nbutils.forms.starter_plan import PLANS, Plan, find_liking, list_before
from nbutils.forms.users import SCRATCH, Start
from nbutils.neat import Genome, from_json, to_json
from nbutils.runs import records

FOLDER = Path(__file__).resolve().parents[2] / "data" / "forms"
AUTHOR = "starter gallery"
KEY = "starter-gallery-of-the-suite"  # nobody's browser: who has it could only change words in their own gallery
DAY = 86_400_000  # milliseconds


@dataclass(frozen=True)
class Kept:
    """A shape of the gallery with all that led to it.

    path : the generations that were not undone, oldest first
    id, forked_from : of shapes, as the store names them
    """

    plan: Plan
    bred: Bred
    path: tuple[Generation, ...]
    id: str
    forked_from: str | None

    @property
    def genome(self) -> Genome:
        """Return the genome of the shape."""
        return self.path[-1].organisms[self.bred.place].genome

    @property
    def start(self) -> Start:
        """Return what somebody begins with who forks this shape."""
        return Start(self.genome, self.id)

    @property
    def forked(self) -> str:
        """Return the name of the shape that it was forked from, "" for none."""
        return self.plan.starts[self.bred.start]


def breed(plan: Plan, known: Mapping[str, Kept], rounds: Sequence[Round] | None = None) -> Iterator[Bred]:
    """Yield how far the best user of a plan is; the last is what is kept.

    known : name -> the shapes that the plan needs
    """
    starts = [known[name].start if name else SCRATCH for name in plan.starts]
    like = find_liking(plan, {name: kept.genome for name, kept in known.items()})
    yield from compete(like, starts, rounds or plan.rounds, plan.first)


def settle(plan: Plan, bred: Bred, known: Mapping[str, Kept]) -> Kept:
    """Return a bred shape with its generations and its name in the store."""
    from nbutils.forms.store.ids import name_shape

    name = plan.starts[bred.start]
    forked = known[name] if name else None
    path = replay(bred, forked.start if forked else SCRATCH)
    identity = name_shape(name_author(), to_json(path[-1].organisms[bred.place].genome), plan.name)
    return Kept(plan, bred, path, identity, forked and forked.id)


def describe(kept: Kept) -> str:
    """Return what the gallery says of a shape: who selected, and by what."""
    bred, forked = kept.bred, f", forked from {kept.forked}" if kept.forked else ""
    return (
        f"Selected by a simulated user, not by a person: of each generation it chose what came nearest to "
        f"{kept.plan.meant}{forked}. {len(bred.steps)} generations, {bred.undone} more were undone; the best of "
        f"{bred.users} users, number {bred.user}."
    )


def sum_up(kept: Kept) -> dict:
    """Return what is told of how a shape was bred."""
    bred = kept.bred
    told = {name: getattr(bred, name) for name in ("user", "users", "evolved", "undone")}
    return told | {"generations": len(bred.steps), "liking": round(bred.liking, 4), "forked from": kept.forked}


def write_gallery(kept: Sequence[Kept], day: int) -> bytes:
    """Return shapes and their generations as a gallery file; of generations, what was selected and published.

    day : of the making, in days since 1970; what comes later in the file was kept a millisecond later
    """
    from nbutils.forms.store.exchange_lines import write_lines

    return write_lines(_list_records(kept, day * DAY))


def read_genomes(folder: Path = FOLDER) -> dict[str, Genome]:
    """Return {name: genome} of the shapes of the starter gallery as it ships.

    Raises ValueError, as a sentence, where it is absent or damaged.
    """
    from nbutils.forms.store.exchange import read_gallery

    try:
        data = (folder / "starter.json.gz").read_bytes()
    except OSError as error:
        raise ValueError("The starter gallery, starter.json.gz, is not there; get it from the repository.") from error
    return {row["name"]: from_json(row["genome"]) for row in read_gallery(data, trusted=True).shapes.values()}


def name_author() -> str:
    """Return the id of the person who made the starter gallery."""
    from hashlib import sha256

    return sha256(KEY.encode()).hexdigest()


def keep(plan: Plan, bred: Bred, folder: Path) -> None:
    """Keep what was bred for a plan, so that the command goes on from there."""
    records.write_record(_file(plan), {"plan": _sign(plan), **to_record(bred)}, folder)


def find_kept(plan: Plan, folder: Path) -> Bred | None:
    """Return what was bred for a plan before, None for nothing and for what another plan left."""
    try:
        record = records.read_record(_file(plan), folder)
    except ValueError:
        return None
    return from_record(record) if record.pop("plan", "") == _sign(plan) else None


def breed_all(
    plans: Sequence[Plan] = PLANS, folder: Path | None = None, rounds: Sequence[Round] | None = None
) -> Iterator[Kept | tuple[Plan, Bred]]:
    """Yield each shape when it is finished, and until then a pair (plan, how far its best user is).

    folder : where finished ones are kept, so that whoever stops can go on
    """
    known: dict[str, Kept] = {}
    for plan in plans:
        before = {name: known[name] for name in list_before(plan, plans)}
        bred = find_kept(plan, folder) if folder else None
        if bred is None:
            for bred in breed(plan, before, rounds):
                yield plan, bred
            if folder:
                keep(plan, bred, folder)
        known[plan.name] = settle(plan, bred, before)
        yield known[plan.name]


def list_needed(names: Sequence[str], plans: Sequence[Plan] = PLANS) -> tuple[Plan, ...]:
    """Return the plans with these names and those that they need, in order; without names, all plans."""
    needed = set(names)
    for plan in reversed(plans):
        if plan.name in needed:
            needed.update(list_before(plan, plans))
    return tuple(plan for plan in plans if not names or plan.name in needed)


def _sign(plan: Plan) -> str:
    """Return what decides how a shape is bred; under which name is no part of it."""
    return repr((plan.wanted, plan.starts, plan.first))


def _file(plan: Plan) -> str:
    return plan.name.lower().replace(" ", "_")


def _list_records(kept: Sequence[Kept], made: int) -> Iterator[tuple[str, object]]:
    from nbutils.forms.store.innovations import list_structures
    from nbutils.forms.store.shapes import draw_thumbnail
    from nbutils.forms.store.sparse import pack
    from nbutils.neat.innovations import number_structure

    author = name_author()
    yield "person", {"id": author, "name": AUTHOR, "created": made}
    held = [(generation, places) for one in kept for generation, places in _list_held(one)]
    genomes = [generation.organisms[place].genome for generation, places in held for place in places]
    for number, one in sorted((number_structure(one), one) for one in list_structures(genomes)):
        yield "innovation", {"number": number, "source": one.source, "target": one.target, "copy": one.copy}
    for moment, (generation, places) in enumerate(held, made):
        bred = json.loads(unpack_text(pack(generation, places)))
        yield "generation", {"person": author, "created": moment, "bred": bred}
    for moment, one in enumerate(kept, made + len(held)):
        yield (
            "shape",
            {
                "id": one.id,
                "person": author,
                "name": one.plan.name,
                "description": describe(one),
                "tags": list(one.plan.tags),
                "genome": json.loads(to_json(one.genome)),
                "thumbnail": base64.b64encode(draw_thumbnail(one.genome)).decode(),
                "created": moment,
                "published": moment,
                "hidden": False,
                "generation": one.path[-1].id,
                "place": one.bred.place,
                "forked_from": one.forked_from,
            },
        )


def _list_held(kept: Kept) -> Iterator[tuple[Generation, tuple[int, ...]]]:
    """Yield the generations of a shape, each with the places that were selected in it or published."""
    for generation, after in zip(kept.path, kept.path[1:], strict=False):
        yield generation, after.selected
    yield kept.path[-1], (kept.bred.place,)
