"""What is said of an opened shape: its numbers, its network, who made it."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from nbutils.figures.networks import HIDDEN, INPUT, OUTPUT, DiagramLink, DiagramNode
from nbutils.forms.dashboards.gallery_words import count, name_author
from nbutils.forms.dashboards.opened_specimen import name_number
from nbutils.forms.fields import mark_inside, measure_field
from nbutils.forms.grids import THESIS
from nbutils.forms.measures import AXES, Symmetry, measure_symmetry
from nbutils.forms.meshing import Body, volume
from nbutils.neat import Genome

if TYPE_CHECKING:
    from nbutils.forms.store import Shape

CANVAS = 16.0  # the volume of the canvas, 2 x 2 x 4
MUCH = 0.95  # of a symmetry that is worth a word


def tell_numbers(genome: Genome, body: Body, number: int | None) -> str:
    """Return the numbers of a shape as an HTML table.

    number : of the generation in which it came about, None where nobody knows
    """
    rows = [
        ("triangles", f"{len(body.triangles):,}"),
        ("volume", f"{100 * volume(body) / CANVAS:.1f} % of canvas"),
        ("nodes beside inputs", f"{len(genome.nodes)}"),
        ("links", f"{len(genome.enabled_links)}"),
    ]
    if number is not None:
        rows.append(("came about in", name_number(number)))
    lines = "".join(f"<tr><th scope='row'>{name}</th><td>{value}</td></tr>" for name, value in rows)
    return f"<table class='dv-table'><tbody>{lines}</tbody></table>"


def tell_symmetry(genome: Genome) -> str:
    """Return how symmetric a shape is, as HTML: on the grid of the thesis; "" where that is too coarse for it."""
    inside = mark_inside(measure_field(genome, THESIS))
    if not inside.any():
        return ""
    found = measure_symmetry(inside, THESIS)
    return f"<p class='dv-quiet'>{escape(_describe(found))}</p>"


def _describe(found: Symmetry) -> str:
    mirrors = [f"{axis} {share:.2f}" for axis, share in zip(AXES, found.mirror, strict=True)]
    turns = [f"{axis} {share:.2f}" for axis, share in zip(AXES, found.revolution, strict=True)]
    words = ""
    if max(found.mirror) >= MUCH:
        words = f" It mirrors along {AXES[int(np.argmax(found.mirror))]}."
    if max(found.revolution) >= MUCH:
        words = f" It is round about {AXES[int(np.argmax(found.revolution))]}."
    return (
        f"Lies on itself when mirrored along {', '.join(mirrors)}; when turned by any angle about {', '.join(turns)}; "
        f"1 is wholly.{words}"
    )


def draw_network(genome: Genome) -> tuple[Sequence[DiagramNode], Sequence[DiagramLink]]:
    """Return a genome for a diagram."""
    outputs = genome.ends.output_numbers
    nodes = [DiagramNode(number, name, INPUT) for number, name in enumerate(genome.ends.inputs)]
    names = dict(zip(outputs, genome.ends.outputs, strict=True))
    for node in genome.nodes:
        kind = OUTPUT if node.number in names else HIDDEN
        nodes.append(DiagramNode(node.number, names.get(node.number, ""), kind, node.function))
    links = [DiagramLink(link.innovation, link.source, link.target, link.weight, link.enabled) for link in genome.links]
    return nodes, links


def tell_shape(shape: "Shape", origin: str) -> str:
    """Return what is known of a kept shape, as HTML.

    origin : the shape that it was forked from, and whose it is, "" where there is none
    """
    author = escape(name_author(shape))
    seen = "public" if shape.public else "private: only you see it"
    if shape.hidden:
        seen = "hidden by the owner of this site: only you see it"
    parts = [f"<p class='dv-numbers'>by {author}, {shape.created:%d %B %Y} · {seen}</p>"]
    if shape.description:
        lines = escape(shape.description).replace("\n", "<br>")
        parts.append(f"<p dir='auto'>{lines}</p>")
    if shape.tags:
        parts.append(f"<p class='dv-quiet'>tags: {', '.join(f'<bdi>{escape(tag)}</bdi>' for tag in shape.tags)}</p>")
    if origin:
        parts.append(f"<p class='dv-quiet'>forked from {escape(origin)}</p>")
    if shape.forks:
        parts.append(f"<p class='dv-quiet'>{count(shape.forks, 'fork')}</p>")
    return "".join(parts)
