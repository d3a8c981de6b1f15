"""Shapes as small pictures in the text of a page."""

import base64
from html import escape

import ipywidgets as ipw

from nbutils.forms.pictures import draw_shape, to_png
from nbutils.neat import Genome

SIZE = 192
MOST = 12


def drawn(*genomes: Genome) -> ipw.HTML:
    """Return shapes side by side, seen as on the stage.

    Raises ValueError for no genome, and for more than a row or two can hold.
    """
    if not 1 <= len(genomes) <= MOST:
        raise ValueError(f"1 to {MOST} shapes fit side by side, got {len(genomes)}.")
    pictures = [to_png(draw_shape(genome, SIZE)) for genome in genomes]
    words = [describe(genome) for genome in genomes]
    return ipw.HTML("".join(show_picture(*pair) for pair in zip(pictures, words, strict=True)))


def show_picture(png: bytes, alt: str) -> str:
    """Return a picture as HTML."""
    source = base64.b64encode(png).decode()
    return (
        f'<img style="max-width: 100%; margin: 0 4px 4px 0" alt="{escape(alt)}" src="data:image/png;base64,{source}">'
    )


def describe(genome: Genome) -> str:
    """Return what a network computes at each output, for those who do not see its shape."""
    formulas = []
    for node in genome.nodes:
        arriving = [link for link in genome.enabled_links if link.target == node.number]
        terms = [f"{link.weight:g} {_name(genome, link.source)}" for link in arriving]
        formulas.append(f"{node.function} of {' + '.join(terms) or '0'}")
    return f"The shape where the {'; '.join(formulas)} is at most 0."


def _name(genome: Genome, number: int) -> str:
    return genome.ends.inputs[number] if number < len(genome.ends.inputs) else f"node {number}"
