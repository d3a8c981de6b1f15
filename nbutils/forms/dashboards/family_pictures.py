"""Pictures of generations for the tree: a few at a time, each once."""

from collections.abc import Callable, Iterator, Sequence

from nbutils.forms.dashboards.breed_pictures import draw_together
from nbutils.forms.dashboards.session import Session
from nbutils.forms.store import Family, Shape, StoreError, read
from nbutils.forms.store.faces import read_faces
from nbutils.widgets import Turns

AT_ONCE = 4  # drawn before the page is asked whether something else has happened
MOST_KEPT = 1_000


class FamilyPictures:
    """Draws what the tree asks for; a new question takes the place of one that is not wholly answered.

    give : give({node: PNG}) hands pictures to the tree
    failed : failed(error) is called where the store cannot be read
    """

    def __init__(
        self, session: Session, give: Callable[[dict[int, bytes]], object], failed: Callable[[Exception], object]
    ) -> None:
        self._session = session
        self._kept: dict[str, bytes] = {}
        self._turns = Turns(give, failed)

    def want(self, family: Family, nodes: Sequence[int]) -> None:
        """Draw these nodes of a family."""
        self._turns.begin(self._draw(family, nodes))

    def _draw(self, family: Family, nodes: Sequence[int]) -> Iterator[dict[int, bytes]]:
        there = {node: self._kept[family.ids[node]] for node in nodes if family.ids[node] in self._kept}
        if there:
            yield there
        missing = [node for node in nodes if node not in there]
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            drawn = self._draw_some(family, some)
            if len(self._kept) + len(drawn) > MOST_KEPT:
                self._kept.clear()
            self._kept |= {family.ids[node]: picture for node, picture in drawn.items()}
            yield drawn

    def _draw_some(self, family: Family, nodes: Sequence[int]) -> dict[int, bytes]:
        """Return the picture of the published shape, else of what was chosen; b"" where there is none."""
        shapes = {node: read_shape(self._session, family.shapes[node]) for node in nodes}
        plain = [node for node in nodes if shapes[node] is None]
        faces = read_faces(self._session.store, [family.ids[node] for node in plain])
        drawn = {node: draw_together([faces[family.ids[node]]]) for node in plain if family.ids[node] in faces}
        drawn |= {node: shape.thumbnail for node, shape in shapes.items() if shape is not None}
        return {node: drawn.get(node, b"") for node in nodes}


def read_shape(session: Session, identity: str) -> Shape | None:
    """Return the shape that a node of the tree names; None where it names none, or one that is no longer seen."""
    if not identity:
        return None
    try:
        return read(session.store, identity, session.person)
    except StoreError:  # hidden since the tree was read
        return None
