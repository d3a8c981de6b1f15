"""Who plays in the chess challenge (section 3.5.1 of the thesis): the highest rated shapes with the name of a piece."""

from nbutils.forms.chess import PIECES
from nbutils.forms.store.browsing import best_with_tag
from nbutils.forms.store.engine import Store, reading
from nbutils.forms.store.viewing import Shape


def champions(store: Store) -> dict[str, tuple[Shape | None, Shape | None]]:
    """Return for each piece the highest and the second highest rated public shape with its tag, None for nobody."""
    with reading(store) as connection:
        found = {piece: best_with_tag(connection, piece, 2) for piece in PIECES}
    return {piece: (*best, None, None)[:2] for piece, best in found.items()}
