"""What fifteen new shapes cost: in Python step by step, against neat-python, on the wire, and from click to picture.

The shapes are the thirtieth generations of five lineages from fixed seeds whose parents are drawn at random, so that
they are as busy as bred ones are; how many faces they have is told beside every time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from time import perf_counter

import numpy as np

from nbutils.bench import CannotMeasureError
from nbutils.bench.forms_peers import activate, build, check_peer
from nbutils.figures.packing import pack_mesh
from nbutils.forms.breeding import Generation, Organism, evolve
from nbutils.forms.dashboards.breed_pictures import BOX, to_mesh
from nbutils.forms.dashboards.breed_work import Stopwatch, mesh_brood
from nbutils.forms.drifting import drift
from nbutils.forms.fields import measure_field
from nbutils.forms.grids import FINE, THESIS, Grid
from nbutils.forms.meshing import mesh_field
from nbutils.neat import Evolution, compile_genome, grid_inputs
from nbutils.runs import threads

GRIDS = {"grid_16x16x31": ("thesis", THESIS), "grid_33x33x65": ("fine", FINE)}
SEEDS, GENERATIONS, ROUNDS = 5, 30, 12
POINTS = 8_000  # that neat-python is asked about on a finer grid, and its seconds scaled: each point costs the same
CLICKS = 12
STEPS = ("reproduce", "evaluate", "mesh", "build")
SAME = 1e-3  # between float32 and float64 after many nodes


@dataclass(frozen=True)
class Click:
    """The last step of a lineage, to be done again and again: what was seen, what was chosen, and the next seed."""

    before: Generation
    selected: tuple[int, ...]
    seed: int
    made: Generation


def measure(
    say: Callable[[str], None],
    seeds: int = SEEDS,
    generations: int = GENERATIONS,
    rounds: int = ROUNDS,
    points: int = POINTS,
    clicks: int = CLICKS,
) -> dict:
    """Return for the grid of the thesis and a finer one what fifteen shapes cost.

    kernel_ms : reproduce, evaluate, mesh and build geometry for fifteen shapes, the median of all; steps_ms : of each
    vs_neat_python : how many times as long its `activate` takes for the same networks at the same points
    bytes : of the buffers that one generation sends to the page, drafts included
    click_to_drawn_ms : from the click on Evolve to changed pixels in all fifteen places, the lineage being the one with
        the middle number of faces; 0 clicks leave it out
    Raises CannotMeasureError where neat-python or a browser is missing.
    """
    check_peer()
    threads(1)
    lineages = [list(drift(seed, generations)) for seed in range(seeds)]
    played = [Click(before, made.selected, made.seed, made) for before, made in (path[-2:] for path in lineages)]
    result = {}
    for name, (_, grid) in GRIDS.items():
        steps = time_kernel(played, grid, rounds)
        result[name] = {
            "kernel_ms": median(sum(row.values()) for row in steps),
            "vs_neat_python": compare(played, grid, points),
            "bytes": int(median(count_bytes(click.made.organisms, grid) for click in played)),
            "median_faces": count_faces([one for click in played for one in click.made.organisms], grid),
            "steps_ms": {step: median(row[step] for row in steps) for step in STEPS},
        }
        say(f"{name}: {result[name]}")
    if clicks:
        from nbutils.bench import forms_page

        resolutions = {name: resolution for name, (resolution, _) in GRIDS.items()}
        usual = sorted(lineages, key=lambda path: count_faces(path[-1].organisms, THESIS))[seeds // 2]
        for name, found in forms_page.measure_clicks(resolutions, usual, clicks):
            result[name] |= found
            say(f"{name}, in a browser: {found}")
    return result


def time_kernel(played: Sequence[Click], grid: Grid, rounds: int) -> list[dict[str, float]]:
    """Return the milliseconds of each step for fifteen shapes, so many times for each lineage."""
    return [time_steps(click, grid) for _ in range(rounds) for click in played]


def time_steps(click: Click, grid: Grid) -> dict[str, float]:
    """Return the milliseconds of each step for one generation, all fifteen shapes together."""
    times = [perf_counter()]
    organisms = tuple(evolve(click.before, click.selected, Evolution(), click.seed))
    times.append(perf_counter())
    fields = [measure_field(organism.genome, grid) for organism in organisms]
    times.append(perf_counter())
    bodies = [mesh_field(field, grid) for field in fields]
    times.append(perf_counter())
    for body in bodies:
        pack_mesh(to_mesh(body, "smooth"), BOX)
    times.append(perf_counter())
    return {step: 1000 * (after - before) for step, (before, after) in zip(STEPS, pairwise(times), strict=True)}


def compare(played: Sequence[Click], grid: Grid, points: int) -> float:
    """Return how many times as long neat-python takes for the networks of all lineages; both must answer the same.

    Theirs are built beforehand, ours are compiled within the time.
    """
    ours = theirs = 0.0
    for click in played:
        for organism in click.made.organisms:
            begin = perf_counter()
            field = measure_field(organism.genome, grid)
            ours += perf_counter() - begin
            theirs += time_peer(organism, field.ravel(), grid, points)
    return theirs / ours


def time_peer(organism: Organism, field: np.ndarray, grid: Grid, points: int) -> float:
    """Return neat-python's seconds for a network at all corners; CannotMeasureError where it answers another field."""
    inputs = grid_inputs(organism.genome.ends, grid.axes())
    number = inputs.shape[1]
    asked = np.linspace(0, number - 1, min(number, points)).astype(int)
    rows = inputs[:, asked].T.astype(float).tolist()
    network, steps = build(organism.genome), compile_genome(organism.genome).steps
    begin = perf_counter()
    answers = activate(network, rows, steps)
    seconds = perf_counter() - begin
    if not np.allclose(np.ravel(answers), field[asked], atol=SAME):
        raise CannotMeasureError("neat-python and this suite answer differently: their times cannot be compared.")
    return seconds * number / len(asked)


def count_bytes(organisms: Iterable[Organism], grid: Grid) -> int:
    """Return the bytes in the buffers of all messages with which the page fills its fifteen places."""
    total = 0
    for shown in mesh_brood(organisms, grid, "smooth", Stopwatch()):
        mesh = to_mesh(shown.body, "smooth")
        if mesh is not None:
            state = pack_mesh(mesh, BOX).state()
            total += sum(len(value) for value in state.values() if isinstance(value, bytes))
    return total


def count_faces(organisms: Iterable[Organism], grid: Grid) -> int:
    """Return the median number of triangles of a shape."""
    return int(median(len(mesh_field(measure_field(one.genome, grid), grid).triangles) for one in organisms))
