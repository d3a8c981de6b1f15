"""neat-python's recurrent network, with node functions of our own written once more, point by point."""

import math
from types import SimpleNamespace

import neat
from neat.activations import ActivationFunctionSet
from neat.aggregations import AggregationFunctionSet

SCALARS = {
    "sine": lambda z: math.sin(z),
    "cosine": lambda z: math.cos(z),
    "gaussian": lambda z: 2 * math.exp(-(z**2)) - 1,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)) if z > 0 else math.exp(max(z, -700)) / (1 + math.exp(max(z, -700))),
    "tanh": lambda z: math.tanh(z),
    "linear": lambda z: max(-1000.0, min(1000.0, z)),
    "abs": lambda z: min(1000.0, math.fabs(z)),
}


def build(genome):
    """Return neat-python's RecurrentNetwork of a genome of ours."""
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


def answer(genome, points, steps):
    """Return what neat-python answers at each point after that many steps from its reset state."""
    network = build(genome)
    answers = []
    for point in points:
        network.reset()
        found = [0.0] * len(genome.ends.outputs)
        for _ in range(steps):
            found = network.activate(point)
        answers.append(found)
    return answers
