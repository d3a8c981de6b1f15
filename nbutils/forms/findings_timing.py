"""How long fifteen shapes take in Python, which the thesis' section 3.4 gives as a few hundred milliseconds."""

from statistics import median
from time import perf_counter

from nbutils.forms.breeding import Generation, evolve
from nbutils.forms.drifting import drift
from nbutils.forms.fields import measure_field
from nbutils.forms.grids import EARLY, FINE, THESIS, Grid
from nbutils.forms.meshing import mesh_field
from nbutils.neat import Evolution
from nbutils.runs import threads

SEEDS, GENERATIONS, ROUNDS = 5, 30, 12


def measure_fifteen(seeds: int = SEEDS, generations: int = GENERATIONS, rounds: int = ROUNDS) -> dict:
    """Return the median milliseconds of reproduction and marching cubes for fifteen shapes on three grids (C3-01)."""
    threads(1)
    pairs = [list(drift(seed, generations))[-2:] for seed in range(seeds)]
    found = {}
    for name, grid in (("early", EARLY), ("thesis", THESIS), ("fine", FINE)):
        rows = [_time(before, made, grid) for _ in range(rounds) for before, made in pairs]
        found[name] = {step: 1000 * median(row[step] for row in rows) for step in rows[0]}
    return found


def _time(before: Generation, made: Generation, grid: Grid) -> dict[str, float]:
    """Return the seconds of each step from a generation to the next one."""
    begin = perf_counter()
    organisms = tuple(evolve(before, made.selected, Evolution(), made.seed))
    bred = perf_counter()
    fields = [measure_field(organism.genome, grid) for organism in organisms]
    evaluated = perf_counter()
    for field in fields:
        mesh_field(field, grid)
    meshed = perf_counter()
    return {
        "reproduce_ms": bred - begin,
        "evaluate_ms": evaluated - bred,
        "mesh_ms": meshed - evaluated,
        "all_ms": meshed - begin,
    }
