"""The field of a shape: what its network answers at the corners of a grid, and whether that is a shape at all."""

from functools import lru_cache

import numpy as np

from nbutils.forms.grids import THESIS, Grid
from nbutils.neat import Ends, Genome, Program, compile_genome, evaluate, grid_inputs

# The thesis calls the level c and prints no value; sine, cosine and Gaussian reach as far below 0 as above.
LEVEL = 0.0
LEAST_SHARE = 0.005  # of the corners: less is a speck
MOST_SHARE = 1 - LEAST_SHARE  # more is the whole canvas, a block of which nothing is carved
MOST_KEPT = 100_000  # corners of a grid whose inputs are kept between shapes: 3.2 MB


def measure_field(genome: Genome, grid: Grid) -> np.ndarray:
    """Return what a network answers at the corners of a grid.

    returned : (x, y, z) corners, float32, finite
    Raises ValueError for a network of several outputs, and for an input that does not follow from x, y and z.
    """
    if len(genome.ends.outputs) != 1:
        raise ValueError(
            f"The network of a shape has one output, this one has {len(genome.ends.outputs)}: take that of a shape."
        )
    program = _compile(genome)
    if np.prod(grid.corners) <= MOST_KEPT:
        return evaluate(program, _keep_inputs(genome.ends, grid))[0].reshape(grid.corners)
    x, y, z = grid.axes()
    field = np.empty(grid.corners, np.float32)
    for place in range(len(x)):
        field[place] = evaluate(program, grid_inputs(genome.ends, (x[place : place + 1], y, z)))[0].reshape(
            len(y), len(z)
        )
    return field


def mark_inside(field: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Return where a field is at most the level (thesis, section 3.3.3): bool; what is not finite is outside."""
    return np.isfinite(field) & (field <= level)


def judge_inside(inside: np.ndarray) -> str:
    """Return why corners make no shape, "empty", "speck" or "full" by the share of them that is inside, else "".

    inside : (x, y, z) corners, bool
    """
    number = np.count_nonzero(inside)
    if not number:
        return "empty"
    if number < LEAST_SHARE * inside.size:
        return "speck"
    return "full" if number > MOST_SHARE * inside.size else ""


def judge_genome(genome: Genome) -> str:
    """Return what `judge_inside` says of a genome on the grid of the thesis, the same whatever grid it is shown on."""
    return judge_inside(mark_shape(genome))


@lru_cache(maxsize=64)
def mark_shape(genome: Genome) -> np.ndarray:
    """Return which corners of the grid of the thesis are inside a shape: (x, y, z), bool, not to be written to.

    The newest are kept: who judges a generation asks again after evolution did.
    """
    inside = mark_inside(measure_field(genome, THESIS))
    inside.setflags(write=False)
    return inside


@lru_cache(maxsize=64)
def _compile(genome: Genome) -> Program:
    # A shape is judged first and meshed then, coarse and fine: what its network computes is worked out once.
    return compile_genome(genome)


@lru_cache(maxsize=8)
def _keep_inputs(ends: Ends, grid: Grid) -> np.ndarray:
    inputs = grid_inputs(ends, grid.axes())
    inputs.setflags(write=False)
    return inputs
