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
    """

    genome: Genome
    title: str
    shape: "Shape | None" = None
    lineage: Lineage | None = None
    at: int = 0
    place: int = 0


@dataclass(frozen=True)
class Step:
    """A step of the line that led to a shape.

    changes : what mutations did here, None for a new network
    shape : id of the shape that was kept of it, "" for none
    lineage, at : where it was bred on this page, None and 0 where the store tells of it
    """

    genome: Genome
    number: int
    place: int
    changes: Changes | None
    shape: str = ""
    lineage: Lineage | None = None
    at: int = 0


def specimen_of(lineage: Lineage, place: int) -> Specimen:
    """Return the shape at a place of the present generation."""
    genome = lineage.now.organisms[place].genome
    return Specimen(genome, f"Shape {place + 1} of {name_number(lineage.now.number)}", None, lineage, lineage.at, place)


def specimen_from(shape: "Shape") -> Specimen:
    """Return a kept shape. Raises ValueError where its network cannot be read."""
    return Specimen(from_json(shape.genome_json), shape.name, shape)


def trace_back(specimen: Specimen, session: Session) -> tuple[Step, ...]:
    """Return the line that led to a shape, itself first; of two parents the first is followed.

    Raises StoreError where the line goes on in a store that cannot be read.
    """
    from nbutils.forms.store import ancestry

    if specimen.lineage is None:
        found = ancestry(session.store, specimen.shape.id, MOST_STEPS, person=session.person)
        steps = [_as_step(one) for one in found] or [Step(specimen.genome, 0, 0, None, specimen.shape.id)]
        return tuple(_only_changes(steps))
    steps = list(_walk(specimen.lineage, specimen.at, specimen.place))
    origin = find_origin(specimen)
    if origin:
        steps += [_as_step(one) for one in ancestry(session.store, origin, MOST_STEPS, person=session.person)]
    return tuple(_only_changes(steps))


def find_origin(specimen: Specimen) -> str | None:
    """Return the id of the shape that a breeding was forked from, None where it began from scratch."""
    if specimen.lineage is None:
        return specimen.shape.forked_from
    path = specimen.lineage.path[: specimen.at + 1]
    return next((one.begun_from for one in reversed(path) if one.parent is None), path[0].begun_from)


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
    return Step(ancestor.genome, ancestor.number, ancestor.place, ancestor.changes, ancestor.shape)


def _count(number: int, what: str, how: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''} {how}" if number else ""
