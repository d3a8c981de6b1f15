"""What is said of the chess set: who plays, who is missing, who is related."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from nbutils.forms.chess import PIECES, SIDES, Relation, Role, tell_relation
from nbutils.forms.dashboards.gallery_words import count

if TYPE_CHECKING:
    from nbutils.forms.store import Shape

NOTHING = "No shape has the name of a piece yet: publish one with the tag king, queen, rook, bishop, knight or pawn."
CLOSED = "The chess set cannot be seen now. Press Refresh to try again."
CHOOSE = "<p class='dv-quiet'>Click a piece to see who made it and which pieces it is related to.</p>"
RULE = (
    "<p class='dv-quiet'>The highest rated shape with the tag of a piece plays light, the second highest dark, as in "
    "the Chess Challenge of the thesis (section 3.5.1). Each stands as often as the piece does.</p>"
)


def name_role(role: Role) -> str:
    """Return what a piece is called: the light king."""
    return f"the {role[0]} {role[1]}"


def tell_missing(cast: Mapping[Role, object]) -> str:
    """Return which squares stand empty and what fills them, as HTML."""
    nobody = [piece for piece in PIECES if all((side, piece) not in cast for side in SIDES)]
    single = [piece for piece in PIECES if ("light", piece) in cast and ("dark", piece) not in cast]
    lines = [f"No {piece} yet: publish a shape with the tag <b>{piece}</b>." for piece in nobody]
    lines += [f"No dark {piece} yet: it takes a second shape with the tag <b>{piece}</b>." for piece in single]
    if not lines:
        return ""
    return f"<h3>Empty squares</h3><div class='dv-told'>{''.join(f'<p>{line}</p>' for line in lines)}</div>"


def tell_piece(role: Role, shape: "Shape") -> str:
    """Return the name of a piece, and its stars, as HTML."""
    stars = f"{shape.stars:.1f} of 5 stars from {count(shape.ratings, 'rating')}" if shape.ratings else "not rated yet"
    title = name_role(role).removeprefix("the ").capitalize()
    return f"<h3>{title}: <bdi>{escape(shape.name)}</bdi></h3><p class='dv-numbers'>{stars}</p>"


def tell_relatives(
    role: Role,
    relations: Mapping[Role, Relation | None],
    distances: Mapping[Role, float],
    reading: bool,
) -> str:
    """Return how a piece is related to all others, nearest relatives first, as an HTML table.

    distances : genetic distance from the piece; reading : whether lines of ancestors are still being read
    """
    if reading:
        return "<p class='dv-quiet'>Its ancestors are being looked up.</p>"
    if not distances:
        return "<p class='dv-quiet'>No other piece is there to compare it with.</p>"
    related = sorted((other for other in relations if relations[other]), key=lambda other: relations[other].length)
    strangers = sorted((other for other in distances if other not in related), key=distances.__getitem__)
    rows = "".join(_tell_row(other, relations.get(other), distances[other]) for other in (*related, *strangers))
    sharing = "shares" if len(related) == 1 else "share"
    said = (
        f"{len(related)} of {count(len(distances), 'other piece')} {sharing} an ancestor with {name_role(role)}"
        f"{' (dashed frame)' if related else ''}."
    )
    return (
        f"<table class='dv-table dv-timeline'><caption>{said}</caption><thead><tr><th>piece</th>"
        f"<th>genetic distance</th><th>relation</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _tell_row(other: Role, relation: Relation | None, distance: float) -> str:
    told = tell_relation(relation, "it") if relation else "none is known"
    return f"<tr><th scope='row'>{' '.join(other)}</th><td>{distance:.2f}</td><td>{told}</td></tr>"


def describe_board(cast: Mapping[Role, "Shape"], standing: Sequence[object]) -> str:
    """Return the alt text of the board."""
    players = ", ".join(f"{' '.join(role)}: {shape.name}" for role, shape in cast.items())
    return f"A chess board with {len(standing)} of 32 pieces. {players or 'All squares are empty.'}"
