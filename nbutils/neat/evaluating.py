"""Programs at work: the values of networks at all points of a grid."""

from collections.abc import Mapping, Sequence

import numpy as np

from nbutils.neat.ends import Ends
from nbutils.neat.functions import FUNCTIONS
from nbutils.neat.program import Program

# Points that are worked at together, so that the arrays of a network stay in the processor's cache.
BLOCK = 16384


def evaluate(program: Program, inputs: np.ndarray) -> np.ndarray:
    """Return what a network answers at every point.

    inputs : (inputs, points), float32 or float64; `fill_inputs` and `grid_inputs` make it
    returned : (outputs, points), of the same kind, finite numbers where the inputs are
    Raises ValueError for another shape or another kind of number.
    """
    if inputs.ndim != 2 or len(inputs) != program.inputs or inputs.dtype not in (np.float32, np.float64):
        raise ValueError(
            f"inputs must be ({program.inputs}, points) of float32 or float64, got {inputs.shape} of {inputs.dtype}."
        )
    points = inputs.shape[1]
    answers = np.zeros((len(program.outputs), points), inputs.dtype)
    scratch = np.empty((program.places - program.inputs + 1, min(points, BLOCK)), inputs.dtype)
    for begin in range(0, points, BLOCK):
        block = inputs[:, begin : begin + BLOCK]
        arrays = [*block, *scratch[:, : block.shape[1]]]
        _run(program, arrays)
        for answer, place in zip(answers, program.outputs, strict=True):
            if place is not None:
                answer[begin : begin + BLOCK] = arrays[place]
    return answers


def fill_inputs(ends: Ends, coordinates: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the inputs of networks at points.

    coordinates : name -> (points,), float32 or float64: such as x, y, z
    returned : (inputs, points): a coordinate by its name, r_xy and the like the distance sqrt(x² + y²) (thesis,
        equations 3.1 to 3.4), bias 1
    Raises ValueError for an input of another name.
    """
    first = next(iter(coordinates.values()))
    filled = np.empty((len(ends.inputs), len(first)), first.dtype)
    for row, name in zip(filled, ends.inputs, strict=True):
        letters = name[2:] if name.startswith("r_") else ""
        if name == "bias":
            row[:] = 1
        elif name in coordinates:
            row[:] = coordinates[name]
        elif letters and all(letter in coordinates for letter in letters):
            np.sqrt(sum(np.square(coordinates[letter]) for letter in letters), out=row)
        else:
            raise ValueError(f"No input {name} follows from the coordinates {', '.join(coordinates)}.")
    return filled


def grid_inputs(ends: Ends, axes: Sequence[np.ndarray]) -> np.ndarray:
    """Return the inputs of networks at all points of a grid, the last axis running fastest.

    axes : for x, y and, in space, z: (points along it,), the coordinates there
    returned : (inputs, points), float32; an answer becomes a volume by reshape to the lengths of the axes
    Raises ValueError as `fill_inputs` does.
    """
    spread = np.meshgrid(*(np.asarray(axis, np.float32) for axis in axes), indexing="ij")
    return fill_inputs(ends, {letter: values.ravel() for letter, values in zip("xyz", spread, strict=False)})


def _run(program: Program, arrays: Sequence[np.ndarray]) -> None:
    product = arrays[-1]
    for operation in program.operations:
        target = arrays[operation.target]
        if not operation.sources:
            target.fill(0)
        for place, (source, weight) in enumerate(zip(operation.sources, operation.weights, strict=True)):
            if place == 0:
                np.multiply(arrays[source], weight, out=target)
            else:
                np.multiply(arrays[source], weight, out=product)
                np.add(target, product, out=target)
        FUNCTIONS[operation.function].apply(target)
