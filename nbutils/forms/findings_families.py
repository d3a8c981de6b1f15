"""What chapter 3 says of families, measured on the gallery that ships: runs, forks, and likeness of relatives."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import mean, median

import numpy as np

from nbutils.forms import measures, store
from nbutils.forms.fields import mark_inside, measure_field
from nbutils.forms.findings_shapes import MIRRORED, REPEATED, ROUND
from nbutils.forms.grids import THESIS
from nbutils.neat import Evolution, Genome, from_json, measure_distance

SHORT, LONG = 3, 20  # generations of a run


@dataclass(frozen=True)
class Kept:
    """A shape of the gallery. inside : (x, y, z) corners of the thesis' grid, bool; root : its first generation."""

    shape: store.Shape
    genome: Genome
    inside: np.ndarray
    root: int


def measure_gallery() -> dict:
    """Return how many shapes of the gallery are symmetric or repeat, and how far forks are from home (F3.1)."""
    with _open() as opened:
        kept = _read(opened)
        generations = len(store.family(opened).ids)
    by_id = {one.shape.id: one for one in kept}
    symmetric = [measures.measure_symmetry(one.inside, THESIS) for one in kept]
    repeats = [measures.measure_repetition(one.inside, THESIS) for one in kept]
    forks = [(one, by_id[one.shape.forked_from]) for one in kept if one.shape.forked_from in by_id]
    return {
        "shapes": len(kept),
        "generations": generations,
        "mirrored": sum(max(one.mirror) >= MIRRORED for one in symmetric),
        "round": sum(one.rotational >= ROUND for one in symmetric),
        "repeating": sum(max(one[axis] for axis in measures.AXES) > REPEATED for one in repeats),
        "repeating_around": sum(one["round"] > REPEATED for one in repeats),
        "forks": len(forks),
        "visual_distance_of_forks": mean(measures.visual_distance(one.inside, origin.inside) for one, origin in forks)
        if forks
        else None,
    }


def measure_runs() -> dict:
    """Return how long unbranched runs of the gallery's own family tree are (C3-08)."""
    with _open() as opened:
        tree = store.family(opened)
    runs = store.measure_runs(tree.parents)
    return {
        "generations": len(tree.ids),
        "runs": len(runs),
        "median": float(median(runs.tolist())),
        "longest": int(runs.max()),
        f"share_up_to_{SHORT}": float((runs <= SHORT).mean()),
        f"share_over_{LONG}": float((runs > LONG).mean()),
    }


def compare_distances() -> dict:
    """Return how genetic and visual distances go together, for chess pieces and for the whole gallery (C3-09)."""
    with _open() as opened:
        kept = _read(opened)
        pieces = {shape.id for pair in store.champions(opened).values() for shape in pair if shape is not None}
    return {
        "pieces": _compare([one for one in kept if one.shape.id in pieces]),
        "gallery": _compare(kept),
    }


def _compare(kept: list[Kept]) -> dict:
    pairs = list(combinations(kept, 2))
    genetic = [measure_distance(one.genome, other.genome, Evolution()) for one, other in pairs]
    visual = [measures.visual_distance(one.inside, other.inside) for one, other in pairs]
    related = np.array([one.root == other.root for one, other in pairs])
    found = {"shapes": len(kept), "pairs": len(pairs), "related_pairs": int(related.sum())}
    for name, values in (("genetic", genetic), ("visual", visual)):
        split = np.array(values)
        found[f"{name}_of_related"] = float(split[related].mean()) if related.any() else None
        found[f"{name}_of_others"] = float(split[~related].mean()) if (~related).any() else None
    return found | {"rank_correlation": _correlate_ranks(genetic, visual)}


def _correlate_ranks(values: list[float], others: list[float]) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(values, others).statistic)


@contextmanager
def _open() -> Iterator[store.Store]:
    """Open a new store, into which the gallery that ships is merged."""
    with tempfile.TemporaryDirectory() as folder:
        opened = store.open_store(f"sqlite:///{Path(folder) / 'forms.sqlite'}", read_only=False)
        try:
            yield opened
        finally:
            store.close(opened)


def _read(opened: store.Store) -> list[Kept]:
    tree = store.family(opened)
    roots: list[int] = []
    for place, parent in enumerate(tree.parents.tolist()):
        roots.append(roots[parent] if parent >= 0 else place)
    root_of = dict(zip(tree.ids, roots, strict=True))
    kept, offset = [], 0
    while page := store.browse(opened, store.Query(order="newest", limit=100, offset=offset), None).shapes:
        offset += len(page)
        for shape in page:
            genome = from_json(shape.genome_json)
            inside = mark_inside(measure_field(genome, THESIS))
            kept.append(Kept(shape, genome, inside, root_of.get(shape.generation, -1 - len(kept))))
    return kept
