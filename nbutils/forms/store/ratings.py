"""What people think of shapes: one to five stars, once per person."""

import sqlalchemy as sql

from nbutils.forms.store.engine import Store, insert_or_replace, now, write
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.ids import check_shape
from nbutils.forms.store.people import Person, keep_person
from nbutils.forms.store.tables import ratings, shapes
from nbutils.forms.store.viewing import Shape, may_see, read

MOST_STARS = 5


def rate(store: Store, person: Person, identity: str, stars: int) -> Shape:
    """Give a shape one to five stars, in place of those given before, and return it.

    Nobody rates their own shapes: stars say what others think, and where few people rate, one's own five would lead
    the front page. Raises StoreError for that, for other numbers, and for shapes that this person does not see.
    """
    if isinstance(stars, bool) or not isinstance(stars, int) or not 1 <= stars <= MOST_STARS:
        raise StoreError(f"A rating is one to {MOST_STARS} stars, got {str(stars)[:20]}.")

    check_shape(identity)

    def act(connection: sql.Connection) -> None:
        maker = connection.scalar(sql.select(shapes.c.person).where(shapes.c.id == identity, may_see(person)))
        if maker == person.id:
            raise StoreError("Your own shapes are rated by others: stars say what they think.")
        if maker is not None:
            keep_person(connection, person)
            row = {"shape": identity, "person": person.id, "stars": stars, "changed": now()}
            insert_or_replace(connection, ratings, row)

    write(store, act)
    return read(store, identity, person)
