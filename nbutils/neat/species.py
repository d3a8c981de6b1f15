"""Species: genomes that are near enough to one another by their compatibility distance."""

from collections.abc import Sequence
from dataclasses import dataclass

from nbutils.neat.crossing import align
from nbutils.neat.genome import Genome
from nbutils.neat.settings import Evolution

SMALL = 20  # links; below, the paper sets N to 1


@dataclass(frozen=True)
class Species:
    """Genomes that belong together.

    members : their places in what was sorted, in order
    """

    representative: Genome
    members: tuple[int, ...]


def measure_distance(first: Genome, second: Genome, settings: Evolution) -> float:
    """Return the compatibility distance of two genomes, delta = c U / N + c3 W.

    U is the number of links that only one of them has, W the mean difference of the weights of those that both have,
    N the number of links of the larger genome, 1 where both have fewer than 20 (Stanley and Miikkulainen, 2002,
    equation 1). The paper tells U apart into disjoint and excess links and multiplies both by 1.0.
    Raises ValueError for genomes of other inputs or outputs.
    """
    aligned = align(first, second)
    unmatched = len(aligned.first_only) + len(aligned.second_only)
    larger = max(len(first.links), len(second.links))
    size = larger if larger >= SMALL else 1
    differences = [abs(one.weight - other.weight) for one, other in aligned.matching]
    mean = sum(differences) / len(differences) if differences else 0.0
    return settings.unmatched_coefficient * unmatched / size + settings.weight_difference_coefficient * mean


def speciate(
    genomes: Sequence[Genome], settings: Evolution, representatives: Sequence[Genome] = ()
) -> tuple[Species, ...]:
    """Sort genomes into species: each goes to the first whose representative is near enough, or founds one.

    representatives : of the last generation's species; those that nobody joins are left out
    """
    found = list(representatives)
    members: list[list[int]] = [[] for _ in found]
    for place, genome in enumerate(genomes):
        near = (
            number
            for number, one in enumerate(found)
            if measure_distance(genome, one, settings) < settings.compatibility_threshold
        )
        number = next(near, len(found))
        if number == len(found):
            found.append(genome)
            members.append([])
        members[number].append(place)
    return tuple(Species(one, tuple(own)) for one, own in zip(found, members, strict=True) if own)
