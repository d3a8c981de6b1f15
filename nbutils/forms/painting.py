"""Pictures that networks paint: x, y in, red, green, blue out, at any resolution (thesis, Figure 3.2)."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nbutils.forms.breeding import check_seed
from nbutils.neat import (
    PLANE,
    Evolution,
    Genome,
    Registry,
    compile_genome,
    evaluate,
    fill_inputs,
    make_child,
    make_first,
)
from nbutils.neat.genome import check_weight

LEAST_SIDE, MOST_SIDE = 1, 4096
MOST_ZOOM = 1_000_000.0
MUTANTS = 9
MOST_REDRAWN = 50  # pictures in one colour, before one is taken as it is
PLAIN = 8  # of 255: a picture whose colours differ less is taken for one colour
TERMS_A_SECOND = 3e8  # products of weight and value at a pixel: a slow core of today
DECIMALS = 3  # of weights
ROWS = 64  # of pixels, painted at a time

# Ours: a picture is soon full of structure, and a tanh makes smooth shades.
STUDIO = Evolution(
    mutate_add_node_probability=0.3, mutate_add_link_probability=0.3, functions=("sine", "cosine", "gaussian", "tanh")
)


def paint(
    genome: Genome, width: int, height: int, zoom: float = 1.0, centre: tuple[float, float] = (0.0, 0.0)
) -> np.ndarray:
    """Return what a network paints.

    zoom : at 1 the shorter side shows -1 to 1; at 10 a tenth of that, painted anew and as sharp
    centre : x and y, upwards, in the middle of the picture
    returned : (height, width, 3), uint8; an output of -1 and less is 0, of 1 and more 255, between them in proportion
    Raises ValueError for a network of other outputs than red, green and blue, and for a size, a zoom or a centre that
    cannot be.
    """
    if genome.ends.outputs != PLANE.outputs:
        raise ValueError(f"A painter's outputs are {', '.join(PLANE.outputs)}, got {', '.join(genome.ends.outputs)}.")
    for side in (width, height):
        if isinstance(side, bool) or not isinstance(side, int) or not LEAST_SIDE <= side <= MOST_SIDE:
            raise ValueError(f"A side of a picture has {LEAST_SIDE} to {MOST_SIDE:,} pixels, got {str(side)[:20]}.")
    if not isinstance(zoom, int | float) or not 1 <= zoom <= MOST_ZOOM:
        raise ValueError(f"zoom must be a number from 1 to {MOST_ZOOM:,.0f}, got {str(zoom)[:20]}.")
    if not np.isfinite(centre).all():
        raise ValueError(f"The centre of a picture is two finite numbers, got {str(centre)[:40]}.")
    program = compile_genome(genome)
    edge = 2 / zoom / min(width, height)
    x = centre[0] + (np.arange(width) + 0.5 - width / 2) * edge
    y = centre[1] - (np.arange(height) + 0.5 - height / 2) * edge
    picture = np.empty((height, width, 3), np.uint8)
    for row in range(0, height, ROWS):
        band = y[row : row + ROWS]
        # In double precision: at a zoom of a million, neighbouring pixels are one to single precision.
        across, up = np.meshgrid(x, band)
        inputs = fill_inputs(genome.ends, {"x": across.ravel(), "y": up.ravel()})
        colours = evaluate(program, inputs).reshape(3, len(band), width)
        picture[row : row + ROWS] = ((np.clip(colours, -1, 1) + 1) * 127.5 + 0.5).astype(np.uint8).transpose(1, 2, 0)
    return picture


def fit_height(genome: Genome, high: int, seconds: float) -> int:
    """Return how many pixels high a picture of 4 x 3 may be to be painted in about so many seconds, at most `high`.

    Networks are small as a rule; one with a hundred nodes on cycles has 17,000 operations.
    """
    terms = sum(len(operation.sources) + 1 for operation in compile_genome(genome).operations)
    pixels = seconds * TERMS_A_SECOND / max(terms, 1)
    return max(LEAST_SIDE, min(high, int((pixels * 3 / 4) ** 0.5)))


def begin_painting(seed: int, settings: Evolution = STUDIO) -> Genome:
    """Return a nearly empty network that paints more than one colour."""
    random, registry = np.random.default_rng(check_seed(seed)), Registry(PLANE)
    return _draw_lively(lambda: make_first(registry, random, settings))


def list_mutants(genome: Genome, seed: int, number: int = MUTANTS, settings: Evolution = STUDIO) -> tuple[Genome, ...]:
    """Return so many children of a network; those in one colour or the same as it are drawn again, within bounds."""
    random, registry = np.random.default_rng(check_seed(seed)), Registry(genome.ends)
    return tuple(
        _draw_lively(lambda: make_child((genome,), registry, random, settings).genome, unlike=genome)
        for _ in range(number)
    )


def replace_weight(genome: Genome, innovation: int, weight: float) -> Genome:
    """Return a genome with the weight of one link changed; raise ValueError for a link or weight that cannot be."""
    if all(link.innovation != innovation for link in genome.links):
        raise ValueError(f"This network has no link {str(innovation)[:20]}.")
    links = (
        replace(link, weight=check_weight(weight)) if link.innovation == innovation else link for link in genome.links
    )
    return Genome(genome.ends, genome.nodes, tuple(links))


def is_plain(genome: Genome) -> bool:
    """Return whether a network paints one colour, or nearly."""
    return bool(np.ptp(paint(genome, 16, 16).astype(int), axis=(0, 1)).max() < PLAIN)


def _draw_lively(draw: Callable[[], Genome], unlike: Genome | None = None) -> Genome:
    """Return the first network drawn that is new and paints more than one colour, its weights as links write them."""
    genome = _round_weights(draw())
    for _ in range(MOST_REDRAWN):
        if genome != unlike and not is_plain(genome):
            break
        genome = _round_weights(draw())
    return genome


def _round_weights(genome: Genome) -> Genome:
    links = tuple(replace(link, weight=round(link.weight, DECIMALS)) for link in genome.links)
    return Genome(genome.ends, genome.nodes, links)
