"""Who breeds: a name, and the hash of a key that only the person's browser holds."""

import hashlib
import os
import re
from dataclasses import dataclass

import sqlalchemy as sql

from nbutils.forms.store.engine import Store, insert_missing, now, reading, write
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.tables import people
from nbutils.forms.store.texts import LONGEST_AUTHOR, clean_line

KEY = re.compile("[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True)
class Person:
    """Somebody who breeds.

    id : the SHA-256 of the key, which no page shows
    name : "" for who gave none
    """

    id: str
    name: str


def know(store: Store, key: str, name: str = "") -> Person:
    """Return the person with a browser's key; a new name takes the place of the one known.

    Who only looks leaves no trace: the first thing that a person keeps is kept with who it is.
    Raises StoreError for a key that no browser of ours made, and for a name that is no line of text.
    """
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise StoreError("A key is 16 to 64 of the signs A-Z, a-z, 0-9, _ and -; load the page again to get one.")
    return _know(store, key, name)


def know_user(store: Store) -> Person | None:
    """Return the person that JupyterHub logged in, None where there is no hub. Raises StoreError."""
    user = os.environ.get("JUPYTERHUB_USER", "")
    # No key holds a colon, so that nobody can pass for a user of the hub.
    return _know(store, f"jupyterhub:{user}", user[:LONGEST_AUTHOR]) if user else None


def keep_person(connection: sql.Connection, person: Person) -> None:
    """Keep who somebody is, in the transaction that keeps what they made."""
    insert_missing(connection, people, [{"id": person.id, "name": person.name, "created": now()}])


def _know(store: Store, key: str, name: str) -> Person:
    name = clean_line("Your name", name, LONGEST_AUTHOR)
    identity = hashlib.sha256(key.encode()).hexdigest()
    with reading(store) as connection:
        known = connection.scalar(sql.select(people.c.name).where(people.c.id == identity))
    if name and known is not None and name != known and not store.read_only:
        renamed = people.update().where(people.c.id == identity).values(name=name)
        write(store, lambda connection: connection.execute(renamed))
        known = name
    return Person(identity, known or name)
