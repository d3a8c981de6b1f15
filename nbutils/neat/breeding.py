"""Generations: the first one nearly empty, each next one children of what was selected and of nothing else.

All random numbers come from the generator that is passed in, so the same seed and the same selections give the same
lineage, whatever else runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from nbutils.neat.crossing import cross
from nbutils.neat.genome import Genome, Link, Node, check_registry
from nbutils.neat.innovations import Registry
from nbutils.neat.mutating import Changes, mutate, sort_links
from nbutils.neat.settings import Evolution


@dataclass(frozen=True)
class Child:
    """A genome with where it comes from.

    parents : places of its parents among the selected ones: one, two after crossover
    changes : what mutations did; None for a selected genome that is carried over as it is
    """

    genome: Genome
    parents: tuple[int, ...]
    changes: Changes | None


def make_first(registry: Registry, random: np.random.Generator, settings: Evolution) -> Genome:
    """Return a nearly empty genome: no hidden node, every output linked to a few inputs drawn at random.

    Section 3.5 of the thesis: "These initial CPPNs are nearly empty, with only the minimal connections required to
    connect input to output."
    """
    ends = registry.ends
    links = [link for output in ends.output_numbers for link in _link_output(output, registry, random, settings)]
    functions = random.integers(len(settings.functions), size=len(ends.outputs))
    nodes = [
        Node(output, settings.functions[chosen])
        for output, chosen in zip(ends.output_numbers, functions.tolist(), strict=True)
    ]
    return Genome(ends, tuple(nodes), sort_links(links))


def first_generation(registry: Registry, random: np.random.Generator, settings: Evolution) -> tuple[Genome, ...]:
    """Return a population of nearly empty genomes."""
    return tuple(make_first(registry, random, settings) for _ in range(settings.population_size))


def make_child(
    selected: Sequence[Genome], registry: Registry, random: np.random.Generator, settings: Evolution
) -> Child:
    """Return one child of selected genomes, each as likely as the others to be its parent.

    Raises ValueError where nothing is selected, and for a registry of other inputs or outputs.
    """
    _check_selected(selected, registry)
    first = int(random.integers(len(selected)))
    parents, genome = (first,), selected[first]
    if random.random() >= settings.mutate_only_probability and len(selected) > 1:
        second = (first + 1 + int(random.integers(len(selected) - 1))) % len(selected)
        parents, genome = (first, second), cross(genome, selected[second], random)
    genome, changes = mutate(genome, registry, random, settings)
    return Child(genome, parents, changes)


def next_generation(
    selected: Sequence[Genome], registry: Registry, random: np.random.Generator, settings: Evolution
) -> Iterator[Child]:
    """Return an iterator over a population: the selected genomes as they are, then children of them, until it is full.

    At least one place is a child's: of a whole population that is selected, the last one is not carried over.
    Raises ValueError where nothing is selected, and for a registry of other inputs or outputs.
    """
    _check_selected(selected, registry)
    carried = min(len(selected), settings.population_size - 1)
    kept = (Child(genome, (place,), None) for place, genome in enumerate(selected[:carried]))
    children = (make_child(selected, registry, random, settings) for _ in range(settings.population_size - carried))
    return chain(kept, children)


def _check_selected(selected: Sequence[Genome], registry: Registry) -> None:
    if not selected:
        raise ValueError("Nothing is selected: select at least one to be the parent of the next generation.")
    for genome in selected:
        check_registry(genome, registry)


def _link_output(output: int, registry: Registry, random: np.random.Generator, settings: Evolution) -> Iterator[Link]:
    inputs = len(registry.ends.inputs)
    most = min(inputs, settings.first_links_most)
    number = int(random.integers(min(inputs, settings.first_links_least), most + 1))
    for source in random.permutation(inputs)[:number].tolist():
        weight = float(np.clip(random.normal(0, settings.weight_start), -settings.weight_limit, settings.weight_limit))
        yield Link(registry.register_link(source, output), source, output, weight)
