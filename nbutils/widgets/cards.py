"""Cards: pictures with a title, a line, stars and tags; clicks and keys open them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page

MOST_CARDS = 120
MOST_BYTES = 8_000_000
LONGEST_TITLE, LONGEST_TAG, MOST_TAGS = 200, 60, 12


@dataclass(frozen=True)
class Card:
    """What a card shows.

    picture : a PNG, b"" for none; line : under the title, such as the author
    stars, ratings : mean of all ratings and how many there are; None leaves the stars out
    tags : words under it
    """

    title: str
    line: str = ""
    picture: bytes = b""
    stars: float | None = None
    ratings: int = 0
    tags: tuple[str, ...] = ()


class Cards(anywidget.AnyWidget):
    """A grid of cards; one is opened by click or Enter, arrow keys move between them.

    things : what the cards are, in the plural, such as "shapes"
    side : the width of a card's picture in pixels
    `chosen` is the index of the card with a ring around it, -1 for none.
    """

    _esm = page.script("cards.js")
    _css = (page.HERE / "cards.css").read_text()
    _style = page.Style()
    label = T.Unicode("Cards").tag(sync=True)
    things = T.Unicode("cards").tag(sync=True)
    side = T.Int(150).tag(sync=True)
    edition = T.Int(0, help="counts what was shown: all that belongs to it comes with it").tag(sync=True)
    rows = T.List(T.Dict()).tag(sync=True)
    pictures = T.Bytes(b"").tag(sync=True)
    first = T.Int(0).tag(sync=True)
    total = T.Int(0).tag(sync=True)
    chosen = T.Int(-1).tag(sync=True)
    loading = T.Bool(False).tag(sync=True)
    empty = T.Unicode().tag(sync=True)

    def __init__(self, label: str = "Cards", empty: str = "", things: str = "cards", side: int = 150) -> None:
        self._on_open: list[Callable[[int], object]] = []
        self._on_page: list[Callable[[int], object]] = []
        self._page = 1
        super().__init__(label=label, empty=empty, things=things, side=side)
        self.on_msg(self._receive)

    def show(self, cards: Sequence[Card], total: int | None = None, first: int = 0, chosen: int = -1) -> None:
        """Show these cards in place of those before.

        total : how many there are in all, those that are not shown among them; None: these
        first : how many come before these
        Raises ValueError for more than a page holds.
        """
        pictures = b"".join(card.picture for card in cards)
        if len(cards) > MOST_CARDS or len(pictures) > MOST_BYTES:
            raise ValueError(
                f"A page holds at most {MOST_CARDS} cards and {MOST_BYTES:,} bytes of pictures, "
                f"got {len(cards)} and {len(pictures):,}: show fewer, or smaller pictures."
            )
        with self.hold_sync():
            self.rows = [_to_row(card) for card in cards]
            self.pictures = pictures
            # The last page is shorter: pages are as long as the longest since the first one.
            self._page = max(len(cards), self._page if first else 1)
            self.first = max(0, first)
            self.total = max(self.first + len(cards), total or 0)
            self.chosen = chosen if -1 <= chosen < len(cards) else -1
            self.loading = False
            self.edition += 1

    def clear(self, why: str = "") -> None:
        """Take all cards away; `why` says how to fill the page."""
        self.empty = why or self.empty
        self.show([])

    def on_open(self, callback: Callable[[int], object]) -> None:
        """Call callback(index) when a card is opened."""
        self._on_open.append(callback)

    def on_page(self, callback: Callable[[int], object]) -> None:
        """Call callback(first) when more cards, or those before, are asked for: `first` come before them."""
        self._on_page.append(callback)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: what is opened comes as a message."""
        super().set_state(foreign.accept(sync_data))

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        kind = foreign.event(content)
        if kind == "open":
            index = content.get("index")
            # A click on a card that has just given way to another one opens neither.
            now = content.get("edition", self.edition) == self.edition
            if now and type(index) is int and 0 <= index < len(self.rows):
                for callback in self._on_open:
                    callback(index)
        elif kind == "more" and self.first + len(self.rows) < self.total:
            self._ask(self.first + len(self.rows))
        elif kind == "back" and self.first > 0:
            self._ask(max(0, self.first - self._page))

    def _ask(self, first: int) -> None:
        for callback in self._on_page:
            callback(first)


def _to_row(card: Card) -> dict[str, object]:
    return {
        "title": card.title[:LONGEST_TITLE],
        "line": card.line[:LONGEST_TITLE],
        "bytes": len(card.picture),
        "stars": None if card.stars is None else min(5.0, max(0.0, float(card.stars))),
        "ratings": int(card.ratings),
        "tags": [tag[:LONGEST_TAG] for tag in card.tags[:MOST_TAGS]],
    }
