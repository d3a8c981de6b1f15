"""What chapter 3 says of shapes and their surfaces, measured on shapes that were bred without a wish."""

import gc
import io
from collections.abc import Iterable, Iterator
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from nbutils.forms import corners, measures
from nbutils.forms.breeding import Organism
from nbutils.forms.drifting import drift
from nbutils.forms.fields import mark_inside, measure_field
from nbutils.forms.files import export
from nbutils.forms.grids import EARLY, FINE, FINER, GRIDS, THESIS, Grid
from nbutils.forms.meshing import Body, make_body, mesh_field, volume
from nbutils.neat import SPACE, THESIS_FUNCTIONS, Ends, Evolution, Genome

if TYPE_CHECKING:
    import trimesh

WITHOUT_RADII = Ends(("x", "y", "z", "bias"), SPACE.outputs)
WITHOUT_WAVES = tuple(name for name in THESIS_FUNCTIONS if name not in ("sine", "cosine"))
SEEDS, OLD = 60, 30  # lineages, and the generation that is called bred
ROUND, MIRRORED, REPEATED = 0.9, 0.95, 0.5
FIFTEEN = 15
CHECKED_AT = (10, 20, 30)
CHECKED_SEEDS = 24  # lineages; 24 x 3 generations x 15 shapes = 1,080
NOISES = 200
MESHES_AT_ONCE = 50


def measure_symmetries(seeds: int = SEEDS, generations: int = OLD) -> dict:
    """Return how symmetric shapes are with and without the four radii among the inputs (E3.1)."""
    found = {}
    for name, ends in (("with_radii", SPACE), ("without_radii", WITHOUT_RADII)):
        for age, organisms in _breed(seeds, generations, ends=ends).items():
            rows = [measures.measure_symmetry(inside, THESIS) for inside in _masks(organisms)]
            best = [row.rotational for row in rows]
            found[f"{name}_{age}"] = {
                "shapes": len(rows),
                "generation": generations if age == "bred" else 0,
                "rotational": float(np.mean(best)),
                "sphere": float(np.mean([row.sphere for row in rows])),
                "share_round": float(np.mean([value >= ROUND for value in best])),
                "mirror": float(np.mean([max(row.mirror) for row in rows])),
                "share_mirrored": float(np.mean([max(row.mirror) >= MIRRORED for row in rows])),
                "share_mirrored_all_ways": float(np.mean([min(row.mirror) >= MIRRORED for row in rows])),
            }
    return found


def measure_repetitions(seeds: int = SEEDS, generations: int = OLD) -> dict:
    """Return how much shapes repeat with and without sine and cosine among the functions (C3-06)."""
    found = {}
    for name, functions in (("with_waves", THESIS_FUNCTIONS), ("without_waves", WITHOUT_WAVES)):
        for age, organisms in _breed(seeds, generations, Evolution(functions=functions)).items():
            masks = list(_masks(organisms))
            rows = [measures.measure_repetition(inside, THESIS) for inside in masks]
            best = [max(row[axis] for axis in measures.AXES) for row in rows]
            mirrors = [max(measures.measure_symmetry(inside, THESIS).mirror) for inside in masks]
            found[f"{name}_{age}"] = {
                "shapes": len(rows),
                "generation": generations if age == "bred" else 0,
                "along_an_axis": float(np.mean(best)),
                "share_repeating": float(np.mean([value > REPEATED for value in best])),
                "around": float(np.mean([row["round"] for row in rows])),
                "share_mirrored": float(np.mean([value >= MIRRORED for value in mirrors])),
            }
    return found


def measure_resolutions(seeds: int = FIFTEEN, generations: int = OLD) -> dict:
    """Return milliseconds, faces and volume of the same genomes on all grids (C3-05)."""
    genomes = _one_of_each(seeds, generations)
    volumes: dict[str, list[float]] = {}
    found = {}
    for name, grid in GRIDS.items():
        bodies, times = [], []
        for genome in genomes:
            begin = perf_counter()
            bodies.append(make_body(genome, grid))
            times.append(perf_counter() - begin)
        volumes[name] = [volume(body) for body in bodies]
        found[name] = {
            "corners": int(np.prod(grid.corners)),
            "ms_a_shape": 1000 * median(times),
            "faces": int(median(len(body.triangles) for body in bodies)),
            "volume": float(np.mean(volumes[name])),
        }
    for name, row in found.items():
        off = [abs(one / true - 1) for one, true in zip(volumes[name], volumes["finest"], strict=True)]
        row["volume_off_by"] = median(off)
    return found


def measure_grids(seeds: int = FIFTEEN, generations: int = OLD) -> dict:
    """Return what the grid of the first shapes and that of the later ones, and a finer one, make of genomes (E3.4)."""
    genomes = _one_of_each(seeds, generations)
    found = {}
    for name, grid in (("early", EARLY), ("thesis", THESIS), ("fine", FINE)):
        bodies = [make_body(genome, grid, mode="thesis") for genome in genomes]
        found[name] = {
            "voxels": "x".join(map(str, grid.voxels)),
            "corners": "x".join(map(str, grid.corners)),
            "number_of_corners": int(np.prod(grid.corners)),
            "faces": int(median(len(body.triangles) for body in bodies)),
            "volume": float(np.mean([volume(body) for body in bodies])),
        }
    return found


def measure_corners(noises: int = NOISES) -> dict:
    """Return how many patterns of corners there are, and which of them and of random ones are closed (E3.5)."""
    single = Grid((3, 3, 3))
    random = np.random.default_rng(0)
    shape = THESIS.corners
    coins = [random.random(shape) < random.uniform(0.1, 0.9) for _ in range(noises)]
    fields = [np.where(inside, np.float32(-1), np.float32(1)) for inside in coins]
    return {
        **{name.replace(",", "").replace(" ", "_"): number for name, number in corners.count_patterns().items()},
        "patterns_with_a_surface": 255,
        "of_them_closed": sum(
            _is_closed(mesh_field(_pattern(number), single, mode="thesis")) for number in range(1, 256)
        ),
        "random_fields": noises,
        "closed_here": sum(_is_closed(mesh_field(field, THESIS, mode="thesis")) for field in fields),
        "closed_by_lewiners_variant": sum(_is_closed(_march_unchecked(field)) for field in fields),
    }


def measure_watertightness(seeds: int = CHECKED_SEEDS, checked_at: tuple[int, ...] = CHECKED_AT) -> dict:
    """Return the share of closed surfaces over bred shapes on three grids, by trimesh (C3-07)."""
    genomes = [organism.genome for seed in range(seeds) for organism in _at(seed, checked_at)]
    found: dict[str, dict] = {}
    for name, grid, mode in (
        ("thesis", THESIS, "smooth"),
        ("fine", FINE, "smooth"),
        ("finer", FINER, "smooth"),
        ("thesis_binary", THESIS, "thesis"),
    ):
        rows = []
        for genome in genomes:
            rows.append(_check(make_body(genome, grid, mode=mode), as_file=grid is THESIS))
            # The parts of trimesh's meshes refer to each other: hundreds fill the memory before Python looks for them.
            if len(rows) % MESHES_AT_ONCE == 0:
                gc.collect()
        found[name] = {"shapes": len(rows), "faces": int(median(row["faces"] for row in rows))} | {
            key: sum(row[key] for row in rows) for key in rows[0] if key != "faces"
        }
    return found


def _check(body: Body, as_file: bool) -> dict[str, int]:
    """Return whether a surface is closed, holds something, and is still closed in the file for printers."""
    mesh = _as_trimesh(body)
    checked = {
        "closed": int(mesh.is_watertight and mesh.is_winding_consistent),
        "of_positive_volume": int(mesh.volume > 0),
        "faces": len(body.triangles),
    }
    return checked | {"closed_as_a_file": int(_is_closed_as_stl(body))} if as_file else checked


def _breed(
    seeds: int, generations: int, settings: Evolution | None = None, ends: Ends = SPACE
) -> dict[str, list[Organism]]:
    """Return the organisms of first generations, and of the last ones, of so many lineages."""
    first, last = [], []
    for seed in range(seeds):
        lineage = list(drift(seed, generations, settings, ends))
        first.extend(lineage[0].organisms)
        last.extend(lineage[-1].organisms)
    return {"first": first, "bred": last}


def _one_of_each(seeds: int, generations: int) -> list[Genome]:
    """Return a bred genome of each of so many lineages."""
    return [list(drift(seed, generations))[-1].organisms[0].genome for seed in range(seeds)]


def _at(seed: int, numbers: Iterable[int]) -> Iterator[Organism]:
    for generation in drift(seed, max(numbers)):
        if generation.number in numbers:
            yield from generation.organisms


def _masks(organisms: Iterable[Organism]) -> Iterator[np.ndarray]:
    return (mark_inside(measure_field(organism.genome, THESIS)) for organism in organisms)


def _pattern(number: int) -> np.ndarray:
    """Return a field whose eight corners in the middle are inside where the bits of a number are set."""
    field = np.ones((4, 4, 4), np.float32)
    field[1:3, 1:3, 1:3] = np.where([number >> bit & 1 for bit in range(8)], -1, 1).reshape(2, 2, 2)
    return field


def _march_unchecked(field: np.ndarray) -> Body:
    """Return what the variant of Lewiner and others (2003), the usual one, makes of corners inside and outside."""
    from skimage.measure import marching_cubes

    padded = np.pad(field, 1, constant_values=1)
    vertices, triangles, _, _ = marching_cubes(padded, 0.0, gradient_direction="ascent")
    return Body(vertices, triangles.astype(np.uint32))


def _as_trimesh(body: Body) -> "trimesh.Trimesh":
    import trimesh

    return trimesh.Trimesh(body.vertices, body.triangles, process=False)


def _is_closed(body: Body) -> bool:
    return bool(_as_trimesh(body).is_watertight)


def _is_closed_as_stl(body: Body) -> bool:
    """Say whether the file for printers is closed: it has no numbers of vertices, only their places, rounded."""
    import trimesh

    _, content = export(body, "stl", 100.0, "shape")
    return bool(trimesh.load(io.BytesIO(content), file_type="stl").is_watertight)
