"""How the tabs name shapes, people and numbers; no script turns round what is beside it."""

from typing import TYPE_CHECKING

from nbutils.widgets.cards import Card

if TYPE_CHECKING:
    from nbutils.forms.store import Shape

# Around a text whose direction is its own (Unicode Standard Annex 9, section 2.4.1); no kept text holds them.
FIRST_STRONG, POP = "\u2068", "\u2069"
NAMELESS = "somebody"


def isolate(text: str) -> str:
    """Return a text that keeps its direction to itself."""
    return f"{FIRST_STRONG}{text}{POP}"


def name_author(shape: "Shape") -> str:
    """Return who made a shape."""
    return "you" if shape.mine else isolate(shape.author) if shape.author else NAMELESS


def count(number: int, what: str) -> str:
    """Return a number of things in words: 1 fork, 1,200 forks."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def show_card(shape: "Shape") -> Card:
    """Return the card of a public shape."""
    forks = f" · {count(shape.forks, 'fork')}" if shape.forks else ""
    line = f"by {name_author(shape)}{forks}"
    return Card(shape.name, line, shape.thumbnail, shape.stars, shape.ratings, shape.tags)


def show_own_card(shape: "Shape") -> Card:
    """Return the card of a shape of one's own: who sees it, and what others think of it."""
    seen = "public" if shape.public else "private"
    seen = "hidden by the owner of this site" if shape.hidden else seen
    forks = f" · {count(shape.forks, 'fork')}" if shape.forks else ""
    stars = shape.stars if shape.public else None
    return Card(shape.name, f"{seen}{forks}", shape.thumbnail, stars, shape.ratings, shape.tags)
