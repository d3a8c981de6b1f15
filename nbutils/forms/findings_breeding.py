"""What chapter 3 says of networks that grow: Table 3.1 counted, sizes over generations, how simple first ones are."""

from collections.abc import Iterable
from statistics import mean, median

from nbutils.forms.breeding import Organism
from nbutils.forms.drifting import drift
from nbutils.forms.grids import THESIS
from nbutils.forms.measures import measure_complexity
from nbutils.forms.meshing import make_body
from nbutils.neat import TABLE_3_1, Evolution

SEEDS, OLD = 20, 30
COUNTED_SEEDS, COUNTED_GENERATIONS = 60, 30
LONG_AT = (0, 5, 10, 20, 30, 60, 100)


def count_mutations(seeds: int = COUNTED_SEEDS, generations: int = COUNTED_GENERATIONS) -> dict:
    """Return how often each parameter of Table 3.1 had its effect, over children of parents drawn at random (T3.1)."""
    settings = Evolution()
    children = _children(seeds, generations, settings)
    changes = [child.changes for child in children]
    moved = [child for child in children if child.changes.weights_changed]
    observed = {
        "population_size": float(settings.population_size),
        "mutate_add_node_probability": mean(one.nodes_added for one in changes),
        "mutate_add_link_probability": mean(one.links_added for one in changes),
        "mutate_demolish_link_probability": mean(one.links_demolished for one in changes),
        "mutate_link_weights_probability": len(moved) / len(children),
        "mutate_only_probability": mean(len(child.parents) < 2 for child in children),
        "mutate_link_probability": sum(one.changes.weights_changed for one in moved)
        / sum(len(one.genome.links) for one in moved),
    }
    # A child whose weights may change keeps them all with the probability 0.2 for each of its links.
    unchanged = mean((1 - settings.mutate_link_probability) ** len(child.genome.links) for child in children)
    crossing = _children(seeds // 4, generations, Evolution(mutate_only_probability=0.5))
    return {
        "children": len(children),
        "drawn_again_for_each_child": mean(child.redrawn for child in children),
        "nodes_lost_with_links": sum(one.nodes_lost for one in changes),
        "table": {name: float(getattr(settings, field)) for name, field in TABLE_3_1.items()},
        "observed": {name: observed[field] for name, field in TABLE_3_1.items()},
        "weights_expected_to_change": settings.mutate_link_weights_probability * (1 - unchanged),
        "two_parents_where_half_may_cross": mean(len(child.parents) == 2 for child in crossing),
    }


def measure_growth(seeds: int = SEEDS, at: tuple[int, ...] = LONG_AT) -> dict:
    """Return mean sizes of networks and surfaces over generations, with parents drawn at random (S3-01)."""
    kept: dict[int, list[Organism]] = {number: [] for number in at}
    for seed in range(seeds):
        for generation in drift(seed, max(at)):
            if generation.number in kept:
                kept[generation.number].extend(generation.organisms)
    return {str(number): _sum_up(organisms) for number, organisms in kept.items()}


def compare_first(seeds: int = SEEDS, generations: int = OLD) -> dict:
    """Return how simple first generations are beside bred ones (S3-03)."""
    found = measure_growth(seeds, (0, generations))
    return {"first": found["0"], f"generation_{generations}": found[str(generations)]}


def _children(seeds: int, generations: int, settings: Evolution) -> list[Organism]:
    return [
        organism
        for seed in range(seeds)
        for generation in drift(seed, generations, settings)
        for organism in generation.organisms
        if organism.changes is not None
    ]


def _sum_up(organisms: Iterable[Organism]) -> dict[str, float]:
    rows = [measure_complexity(one.genome, make_body(one.genome, THESIS)) for one in organisms]
    return {
        "shapes": len(rows),
        "nodes": mean(row.nodes for row in rows),
        "most_nodes": max(row.nodes for row in rows),
        "links": mean(row.links for row in rows),
        "faces": median(row.triangles for row in rows),
        "holes": mean(row.holes for row in rows),
        "share_with_holes": mean(row.holes > 0 for row in rows),
    }
