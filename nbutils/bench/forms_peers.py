"""The same networks evaluated by neat-python, point by point in plain Python, to compare ours with."""

import math
from collections.abc import Sequence
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np

from nbutils.bench import CannotMeasureError
from nbutils.commands import as_typed
from nbutils.neat import Genome

VERSION = "2.0.0"
# The functions of nodes, written once more for one number at a time.
SCALARS = {
    "sine": lambda z: math.sin(z),
    "cosine": lambda z: math.cos(z),
    "gaussian": lambda z: 2 * math.exp(-(z**2)) - 1,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)) if z > 0 else math.exp(max(z, -700)) / (1 + math.exp(max(z, -700))),
    "tanh": lambda z: math.tanh(z),
    "linear": lambda z: max(-1000.0, min(1000.0, z)),
    "abs": lambda z: min(1000.0, math.fabs(z)),
}


def check_peer() -> None:
    """Raise CannotMeasureError, with the command that installs it, where neat-python is missing."""
    if find_spec("neat") is None:
        command = as_typed(f"pip install neat-python=={VERSION}")
        raise CannotMeasureError(f"The bench compares with neat-python, which is not installed: {command}")


def build(genome: Genome) -> object:
    """Return neat-python's RecurrentNetwork of a genome of ours."""
    import neat
    from neat.activations import ActivationFunctionSet
    from neat.aggregations import AggregationFunctionSet

    activations = ActivationFunctionSet()
    for name, function in SCALARS.items():
        activations.add(name, function)
    config = SimpleNamespace(
        genome_config=SimpleNamespace(
            input_keys=list(range(len(genome.ends.inputs))),
            output_keys=list(genome.ends.output_numbers),
            activation_defs=activations,
            aggregation_function_defs=AggregationFunctionSet(),
        )
    )
    theirs = SimpleNamespace(nodes={}, connections={})
    for node in genome.nodes:
        gene = neat.DefaultNodeGene(node.number)
        gene.bias, gene.response, gene.activation, gene.aggregation = 0.0, 1.0, node.function, "sum"
        theirs.nodes[node.number] = gene
    for link in genome.links:
        gene = neat.DefaultConnectionGene((link.source, link.target), innovation=link.innovation)
        gene.weight, gene.enabled = link.weight, link.enabled
        theirs.connections[gene.key] = gene
    return neat.nn.RecurrentNetwork.create(theirs, config)


def activate(network: object, points: Sequence[Sequence[float]], steps: int, outputs: int = 1) -> list[list[float]]:
    """Return what a network of `build` answers at each point, after so many steps from its reset state."""
    answers = []
    for point in points:
        network.reset()
        found = [0.0] * outputs
        for _ in range(steps):
            found = network.activate(point)
        answers.append(found)
    return answers


def answer(genome: Genome, points: np.ndarray, steps: int) -> list[list[float]]:
    """Return what neat-python answers at each point after that many steps from its reset state."""
    return activate(build(genome), points, steps, len(genome.ends.outputs))
