"""Who plays which piece: shapes, their networks, their meshes, and how they are related."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbutils.figures.scenes import Mesh
from nbutils.forms.chess import Relation, Role, find_relation
from nbutils.forms.grids import FINE, THESIS
from nbutils.forms.meshing import Body, make_body
from nbutils.forms.store import Shape, Store, ancestry, champions
from nbutils.neat import Evolution, Genome, from_json, measure_distance

MOST_TRIANGLES = 20_000  # of one piece: 32 of them are drawn
MOST_ANCESTORS = 500


@dataclass(frozen=True)
class Player:
    """A shape that plays a piece; its mesh is None where none could be made."""

    shape: Shape
    genome: Genome
    mesh: Mesh | None


def read_cast(store: Store) -> dict[Role, Shape]:
    """Return who plays what: the highest rated shape of each tag in light, the second one in dark."""
    best = champions(store)
    pairs = ((("light", "dark")[place], piece, shape) for piece, two in best.items() for place, shape in enumerate(two))
    return {(side, piece): shape for side, piece, shape in pairs if shape is not None}


def make_player(shape: Shape) -> Player:
    """Return a shape with its network and its mesh; raise ValueError for a network that cannot be read."""
    genome = from_json(shape.genome_json)
    body = _make_body(genome)
    return Player(shape, genome, None if body is None else Mesh(body.vertices, body.triangles, label=shape.name))


def _make_body(genome: Genome) -> Body | None:
    """Return the body on the fine grid, on the thesis' own where that is too fine, None where both show nothing."""
    for grid in (FINE, THESIS):
        try:
            body = make_body(genome, grid)
        except ValueError:
            continue
        if len(body.triangles) <= MOST_TRIANGLES:
            return body
    return None


def trace_lines(store: Store, cast: Mapping[Role, Shape]) -> Iterator[dict[Role, tuple]]:
    """Yield the lines of ancestors, newest first, as far as they are read: one piece more at a time."""
    lines: dict[Role, tuple] = {}
    for role, shape in cast.items():
        line = ancestry(store, shape.id, MOST_ANCESTORS)
        lines[role] = tuple((one.generation, one.place) for one in line)
        yield dict(lines)


def relate(role: Role, lines: Mapping[Role, tuple]) -> dict[Role, Relation | None]:
    """Return how a piece is related to the others whose ancestors are known."""
    others = {other: line for other, line in lines.items() if other != role}
    return {other: find_relation(line, lines[role]) for other, line in others.items()}


def measure_distances(role: Role, players: Mapping[Role, Player]) -> dict[Role, float]:
    """Return the genetic distance of a piece to the others: NEAT's compatibility distance."""
    own, settings = players[role].genome, Evolution()
    others = {other: player.genome for other, player in players.items() if other != role}
    return {other: measure_distance(own, genome, settings) for other, genome in others.items()}
