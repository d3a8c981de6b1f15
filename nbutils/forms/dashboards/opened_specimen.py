"""The shape that is seen large: where it comes from, and the line that led to it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nbutils.forms.breeding import Organism
from nbutils.forms.dashboards.session import Session
from nbutils.forms.lineages import Lineage
from nbutils.neat import Changes, Genome, from_json

if TYPE_CHECKING:
    from nbutils.forms.store import Ancestor, Shape

MOST_STEPS = 200  # of a line that are followed; those at which nothing changed are not shown


@dataclass(frozen=True)
class Specimen:
    """A shape to be shown large.

    shape : what the store keeps of it, None where it was only bred
    lineage, at, place : where it stands in what was bred on this page, None, 0 and 0 where it does not
    generation : id of the generation of the store in which it stands at `place`, "" for a shape that is kept and for
        one that was bred on this page
    """

    genome: Genome
    title: str
    shape: "Shape | None" = None
    lineage: Lineage | None = None
    at: int = 0
    place: int = 0
    generation: str = ""


@dataclass(frozen=True)
class Step:
    """A step of the line that led to a shape.

    changes : what mutations did here, None for a new network
    shape : id of the shape that was kept of it, "" for none
    lineage, at : where it was bred on this page, None and 0 where the store tells of it
    generation : id of its generation where the store tells of it, else ""
    """

    genome: Genome
    number: int
    place: int
    changes: Changes | None
    shape: str = ""
    lineage: Lineage | None = None
    at: int = 0
    generation: str = ""


def specimen_of(lineage: Lineage, place: int) -> Specimen:
    """Return the shape at a place of the present generation."""
    genome = lineage.now.organisms[place].genome
    return Specimen(genome, f"Shape {place + 1} of {name_number(lineage.now.number)}", None, lineage, lineage.at, place)


def specimen_from(shape: "Shape") -> Specimen:
    """Return a kept shape. Raises ValueError where its network cannot be read."""
    return Specimen(from_json(shape.genome_json), shape.name, shape)


def specimen_at(step: Step) -> Specimen:
    """Return an ancestor of which nobody kept a shape."""
    title = f"Shape {step.place + 1} of {name_number(step.number)}"
    return Specimen(step.genome, title, None, step.lineage, step.at, step.place, step.generation)


def trace_back(specimen: Specimen, session: Session) -> tuple[Step, ...]:
    """Return the line that led to a shape, itself first; of two parents the first is followed.

    Raises StoreError where the line goes on in a store that cannot be read.
    """
    if specimen.lineage is None:
        shape = specimen.shape.id if specimen.shape else ""
        found = _look_up(session, shape or specimen.generation, specimen.place)
        steps = [_as_step(one) for one in found] or [Step(specimen.genome, 0, 0, None, shape)]
        return tuple(_only_changes(steps))
    steps = list(_walk(specimen.lineage, specimen.at, specimen.place))
    origin = find_origin(specimen, session)
    if origin:
        steps += [_as_step(one) for one in _look_up(session, origin)]
    return tuple(_only_changes(steps))


def find_origin(specimen: Specimen, session: Session) -> str | None:
    """Return the id of the shape that a breeding was forked from, None where it began from scratch.

    Raises StoreError where the store would tell, and cannot be read.
    """
    if specimen.lineage is None and specimen.shape is not None:
        return specimen.shape.forked_from
    if specimen.lineage is None:
        line = _look_up(session, specimen.generation, specimen.place)
        return next((one.begun_from for one in line if one.begun_from), None)
    path = specimen.lineage.path[: specimen.at + 1]
    return next((one.begun_from for one in reversed(path) if one.parent is None), path[0].begun_from)


def find_home(specimen: Specimen) -> tuple[str | None, int | None]:
    """Return the id of the generation in which a shape that is not kept was bred, and its place there."""
    identity = specimen.lineage.path[specimen.at].id if specimen.lineage else specimen.generation
    return (identity, specimen.place) if identity else (None, None)


def tell_changes(step: Step) -> str:
    """Return in a few words what mutations did at a step."""
    if step.changes is None:
        return "as it began"
    told = [
        _count(step.changes.nodes_added, "node", "added"),
        _count(step.changes.links_added, "link", "added"),
        _count(step.changes.links_demolished, "link", "lost"),
        _count(step.changes.weights_changed, "weight", "changed"),
    ]
    return ", ".join(filter(None, told)) or "unchanged"


def name_number(number: int) -> str:
    """Return what a generation is called in a sentence."""
    return "the first generation" if number == 0 else f"generation {number}"


def _look_up(session: Session, identity: str, place: int = 0) -> tuple["Ancestor", ...]:
    from nbutils.forms.store import ancestry

    return ancestry(session.store, identity, MOST_STEPS, place, session.person)


def _walk(lineage: Lineage, at: int, place: int) -> Iterator[Step]:
    while at >= 0:
        generation = lineage.path[at]
        organism: Organism = generation.organisms[place]
        yield Step(organism.genome, generation.number, place, organism.changes, "", lineage, at)
        if generation.parent is None or not organism.parents:
            return
        at, place = at - 1, organism.parents[0]


def _only_changes(steps: list[Step]) -> Iterator[Step]:
    """Leave out who was carried over: of equal genomes the last, where it was made, is a step, and has their name."""
    kept = ""
    for step, before in zip(steps, [*steps[1:], None], strict=True):
        kept = kept or step.shape
        if before is None or before.genome != step.genome:
            yield replace(step, shape=kept)
            kept = ""


def _as_step(ancestor: "Ancestor") -> Step:
    return Step(
        ancestor.genome,
        ancestor.number,
        ancestor.place,
        ancestor.changes,
        ancestor.shape,
        generation=ancestor.generation,
    )


def _count(number: int, what: str, how: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''} {how}" if number else ""
