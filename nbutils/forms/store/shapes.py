"""Keeping shapes: saved for oneself, published for all, given other words, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sql

from nbutils.forms.store import tables, texts
from nbutils.forms.store.engine import Store, now, write
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.ids import check_generation, check_shape, name_shape
from nbutils.forms.store.innovations import keep_structures, list_structures
from nbutils.forms.store.people import Person, keep_person
from nbutils.forms.store.tables import shapes
from nbutils.forms.store.viewing import Shape, as_new, read
from nbutils.neat import SPACE, Genome, to_json

MOST_PLACE = 99
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST_THUMBNAIL = 100_000
THUMBNAIL_SIZE = 96


@dataclass(frozen=True)
class Draft:
    """A shape to be kept, with texts as its maker typed them.

    generation, place : where it was bred, None for a shape from elsewhere
    forked_from : id of the published shape that its first generation came from
    thumbnail : PNG; b"" has the store draw it
    Raises StoreError that says which text is too long or holds what is no text.
    """

    name: str
    description: str
    tags: tuple[str, ...]
    genome: Genome
    generation: str | None = None
    place: int | None = None
    public: bool = False
    forked_from: str | None = None
    thumbnail: bytes = b""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", texts.clean_name("The name", self.name, texts.LONGEST_NAME))
        cleaned = texts.clean_paragraphs("The description", self.description, texts.LONGEST_DESCRIPTION)
        object.__setattr__(self, "description", cleaned)
        object.__setattr__(self, "tags", texts.clean_tags(self.tags))
        if not isinstance(self.genome, Genome) or self.genome.ends != SPACE:
            raise StoreError("The gallery keeps shapes: networks with the inputs and the output of the chapter.")
        check_origin(self.generation, self.place, self.forked_from)
        if self.thumbnail and (not self.thumbnail.startswith(PNG) or len(self.thumbnail) > LARGEST_THUMBNAIL):
            raise StoreError(f"The small picture of a shape is a PNG file of at most {LARGEST_THUMBNAIL:,} bytes.")


def keep(store: Store, person: Person, draft: Draft) -> Shape:
    """Keep a shape, published where the draft says so, and return it.

    The same genome that the same person keeps under the same name is the same shape, however often the button is
    pressed: it takes the newer words, is published if any of them was to be, and never doubled.
    Raises StoreError: then nothing was kept.
    """
    genome = to_json(draft.genome)
    thumbnail = draft.thumbnail or draw_thumbnail(draft.genome)
    structures = list_structures([draft.genome])

    def act(connection: sql.Connection) -> tuple[str, Shape | None]:
        keep_person(connection, person)
        identity, known = _name_shape(connection, person, genome, draft.name)
        if known:
            _set_words(connection, identity, draft)
            if draft.public:
                _publish(connection, identity)
            return identity, None
        row = {"id": identity, "person": person.id, "genome": genome, "thumbnail": thumbnail, "hidden": False}
        row |= {"created": now(), "published": now() if draft.public else None, **_origin(draft), **_words(draft)}
        connection.execute(shapes.insert(), row)
        keep_tags(connection, identity, draft.tags)
        keep_structures(connection, structures)
        return identity, as_new(row, draft.tags, person)

    identity, shape = write(store, act)
    return shape or read(store, identity, person)


def publish(store: Store, person: Person, identity: str) -> Shape:
    """Show one's own shape to everybody, and return it. Raises StoreError for one that is not one's own."""

    def act(connection: sql.Connection) -> None:
        _check_mine(connection, person, identity)
        _publish(connection, identity)

    write(store, act)
    return read(store, identity, person)


def change(store: Store, person: Person, identity: str, name: str, description: str, tags: Sequence[str]) -> Shape:
    """Give one's own shape other words, and return it. Raises StoreError as Draft and `publish` do."""
    words = {
        "name": texts.clean_name("The name", name, texts.LONGEST_NAME),
        "description": texts.clean_paragraphs("The description", description, texts.LONGEST_DESCRIPTION),
    }
    tags = texts.clean_tags(tags)

    def act(connection: sql.Connection) -> None:
        _check_mine(connection, person, identity)
        held = {**words, "words": gather_words(words["name"], words["description"], tags)}
        connection.execute(shapes.update().where(shapes.c.id == identity).values(**held))
        replace_tags(connection, identity, tags)

    write(store, act)
    return read(store, identity, person)


def delete(store: Store, person: Person, identity: str) -> None:
    """Take back a shape of one's own that was never published; raise StoreError for any other.

    Published shapes stay: others may have forked them.
    """

    def act(connection: sql.Connection) -> None:
        _check_mine(connection, person, identity)
        private = sql.and_(shapes.c.id == identity, shapes.c.published.is_(None))
        if not connection.execute(shapes.delete().where(private)).rowcount:
            raise StoreError("A published shape stays: others may have bred from it. Its words can be changed.")

    write(store, act)


def draw_thumbnail(genome: Genome) -> bytes:
    """Return the small picture of a shape, PNG."""
    from nbutils.forms.pictures import draw_shape, to_png

    return to_png(draw_shape(genome, THUMBNAIL_SIZE))


def check_origin(generation: object, place: object, forked_from: object) -> None:
    """Raise StoreError for what names no place where a shape can have been bred."""
    if generation is not None:
        check_generation(generation)
    if forked_from is not None:
        check_shape(forked_from)
    if place is not None and (isinstance(place, bool) or not isinstance(place, int) or not 0 <= place <= MOST_PLACE):
        raise StoreError(f"A place in a generation is a whole number from 0 to {MOST_PLACE}.")


def keep_tags(connection: sql.Connection, identity: str, tags: Sequence[str]) -> None:
    """Give a new shape its tags."""
    rows = [{"shape": identity, "tag": tag, "place": place} for place, tag in enumerate(tags)]
    if rows:
        connection.execute(tables.tags.insert(), rows)


def replace_tags(connection: sql.Connection, identity: str, tags: Sequence[str]) -> None:
    """Give a shape these tags in place of those it has."""
    connection.execute(tables.tags.delete().where(tables.tags.c.shape == identity))
    keep_tags(connection, identity, tags)


def gather_words(name: str, description: str, tags: Sequence[str]) -> str:
    """Return what a search looks through."""
    return texts.fold("\n".join((name, description, *tags)))


def _name_shape(connection: sql.Connection, person: Person, genome: str, name: str) -> tuple[str, bool]:
    """Return the id of this person's shape, and whether it is kept already.

    The id follows from the content. A shape that was renamed since keeps its id: then the next one is tried.
    """
    copy = 0
    while True:
        identity = name_shape(person.id, genome, name, copy)
        asked = sql.select(shapes.c.name, shapes.c.person, shapes.c.genome).where(shapes.c.id == identity)
        held = connection.execute(asked).one_or_none()
        if held is None or tuple(held) == (name, person.id, genome):
            return identity, held is not None
        copy += 1


def _origin(draft: Draft) -> dict[str, object]:
    return {"generation": draft.generation, "place": draft.place, "forked_from": draft.forked_from}


def _words(draft: Draft) -> dict[str, str]:
    words = gather_words(draft.name, draft.description, draft.tags)
    return {"name": draft.name, "description": draft.description, "words": words}


def _set_words(connection: sql.Connection, identity: str, draft: Draft) -> None:
    connection.execute(shapes.update().where(shapes.c.id == identity).values(**_words(draft)))
    replace_tags(connection, identity, draft.tags)


def _publish(connection: sql.Connection, identity: str) -> None:
    private = sql.and_(shapes.c.id == identity, shapes.c.published.is_(None))
    connection.execute(shapes.update().where(private).values(published=now()))


def _check_mine(connection: sql.Connection, person: Person, identity: str) -> None:
    asked = sql.select(shapes.c.person).where(shapes.c.id == check_shape(identity))
    if connection.scalar(asked) != person.id:
        raise StoreError("Only who made a shape can change it; this one is not yours, or not in the gallery.")
