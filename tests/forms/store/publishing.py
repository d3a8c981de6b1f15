"""What a process does that publishes shapes one after the other."""

import sqlalchemy as sql

from nbutils.forms.store import Draft, close, keep, know, open_store
from nbutils.neat import SPACE, Genome, Link, Node
from nbutils.neat.innovations import number_link

# A PNG file of one grey pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6368000000820081"
    "77cd72b60000000049454e44ae426082"
)


def make_draft(name, number):
    """Return a draft with a tag, of a network of one link."""
    output = len(SPACE.inputs)
    link = Link(number_link(0, output), 0, output, number / 1_000)
    genome = Genome(SPACE, (Node(output, "sine"),), (link,))
    return Draft(f"{name} {number}", "bred in a hurry", (name, "all"), genome, public=True, thumbnail=PICTURE)


def publish(url, name, first, number, says):
    """Publish shapes into the gallery at `url` and say after each that it is kept."""
    store = open_store(url, read_only=False, starter=None)
    if store.engine.dialect.name == "sqlite":
        close(store)
        # No power is cut here: that the disk has what was written need not be waited for.
        sql.event.listen(store.engine, "connect", lambda opened, _: opened.execute("PRAGMA synchronous = OFF"))
    person = know(store, f"{name}-of-the-publishers", name)
    for place in range(first, first + number):
        says.send(keep(store, person, make_draft(name, place)).id)
