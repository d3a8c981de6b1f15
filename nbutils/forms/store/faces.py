"""What stands for a generation where thousands are seen: the organism that was chosen of it."""

from collections.abc import Sequence

import sqlalchemy as sql

from nbutils.forms.store import sparse
from nbutils.forms.store.engine import MANY, Store, reading
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.ids import check_generation
from nbutils.forms.store.tables import generations
from nbutils.neat import Genome


def read_faces(store: Store, identities: Sequence[str]) -> dict[str, Genome]:
    """Return one genome of each of these generations: the first that was chosen of it, else the first that is held.

    Generations that are not kept, or damaged, or of which nothing is held, are left out. Raises StoreError for more
    than 500.
    """
    wanted = [check_generation(identity) for identity in identities]
    if len(wanted) > MANY:
        raise StoreError(f"Pictures of at most {MANY} generations are drawn at a time, got {len(wanted):,}.")
    columns = generations.c
    with reading(store) as connection:
        own = connection.execute(sql.select(columns.id, columns.body).where(columns.id.in_(wanted))).all()
        bred = sql.select(columns.parent, columns.body).where(columns.parent.in_(wanted))
        following = connection.execute(bred.order_by(columns.created.desc(), columns.id.desc())).all()
    chosen = {parent: bytes(body) for parent, body in following}
    faces = {identity: _find_face(bytes(body), chosen.get(identity)) for identity, body in own}
    return {identity: genome for identity, genome in faces.items() if genome is not None}


def read_chosen(store: Store, identity: str) -> tuple[int, ...]:
    """Return the places of a generation from which any other was bred, in order. Raises StoreError."""
    columns = generations.c
    with reading(store) as connection:
        bodies = connection.scalars(sql.select(columns.body).where(columns.parent == check_generation(identity))).all()
    return tuple(sorted({place for body in bodies for place in _read_selected(bytes(body))}))


def _find_face(body: bytes, following: bytes | None) -> Genome | None:
    try:
        held = sparse.unpack(body)
        selected = _read_selected(following) if following else ()
        place = next((one for one in (*selected, *sorted(held.organisms)) if one in held.organisms), None)
        return None if place is None else held.read(place).genome
    except ValueError:
        return None


def _read_selected(body: bytes) -> tuple[int, ...]:
    """Return what was selected of the generation before, nothing where this one is damaged."""
    try:
        return sparse.unpack(body).heading.selected
    except ValueError:
        return ()
