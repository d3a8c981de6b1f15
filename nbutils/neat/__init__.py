"""NEAT: networks that grow by mutation, and what they compute at all points of a grid. Knows numpy and no torch."""

from nbutils.neat.breeding import Child, first_generation, make_child, make_first, next_generation
from nbutils.neat.crossing import Alignment, align, cross
from nbutils.neat.ends import PLANE, SPACE, Ends
from nbutils.neat.evaluating import evaluate, fill_inputs, grid_inputs
from nbutils.neat.fields import FIELDS, SOURCES, TABLE_3_1
from nbutils.neat.functions import FUNCTIONS, THESIS_FUNCTIONS
from nbutils.neat.genome import Genome, Link, Node, register_genome
from nbutils.neat.genome_json import from_json, to_json
from nbutils.neat.innovations import Registry, merge_registries, registry_from_json, registry_to_json
from nbutils.neat.mutating import Changes, mutate
from nbutils.neat.program import SWEEPS, Program, compile_genome
from nbutils.neat.settings import Evolution, settings_from_json, settings_to_json, strengthen
from nbutils.neat.species import Species, measure_distance, speciate

__all__ = [
    "FIELDS",
    "FUNCTIONS",
    "PLANE",
    "SOURCES",
    "SPACE",
    "SWEEPS",
    "TABLE_3_1",
    "THESIS_FUNCTIONS",
    "Alignment",
    "Changes",
    "Child",
    "Ends",
    "Evolution",
    "Genome",
    "Link",
    "Node",
    "Program",
    "Registry",
    "Species",
    "align",
    "compile_genome",
    "cross",
    "evaluate",
    "fill_inputs",
    "first_generation",
    "from_json",
    "grid_inputs",
    "make_child",
    "make_first",
    "measure_distance",
    "merge_registries",
    "mutate",
    "next_generation",
    "register_genome",
    "registry_from_json",
    "registry_to_json",
    "settings_from_json",
    "settings_to_json",
    "speciate",
    "strengthen",
    "to_json",
]
