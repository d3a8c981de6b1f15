"""Filters and samples of a machine as voxels: what is opaque, and how round it is."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.samplers import draw_noise, gibbs
from nbutils.rbm.sphere_shapes import ON, Shapes, count_components, list_shapes, sphere_likeness

SMALLEST_RADIUS = 1.0
# Listing every sphere takes a second at twelve voxels an edge and a minute at twenty.
LARGEST_JUDGED = 12
SWEEPS_AT_ONCE = 100
MULTIPLICATIONS_AT_ONCE = 500_000_000  # some tens of milliseconds


@dataclass(frozen=True, eq=False)
class Samples:
    """Chains as far as they have come.

    sweeps : how many sweeps lie behind each sample; 0 is where a chain began
    visible, means : (samples, chains, visible), float32
    """

    sweeps: tuple[int, ...]
    visible: Tensor
    means: Tensor


@dataclass(frozen=True, eq=False)
class Roundness:
    """How near shapes come to spheres.

    overlaps : (n,), float32, 0 to 1, intersection over union with the best of all spheres; 0 for an empty shape
    pieces : (n,), int, how many pieces a shape falls into
    filled : (n,), int, voxels above a half
    largest : how many voxels the largest sphere has
    """

    overlaps: np.ndarray
    pieces: np.ndarray
    filled: np.ndarray
    largest: int


def is_cube(shape: tuple[int, ...]) -> bool:
    """Say whether examples of that shape are cubes of voxels."""
    return len(shape) == 3 and len(set(shape)) == 1


def order_units(weights: Tensor, order: str) -> np.ndarray:
    """Return the numbers of the hidden units: as they are, or those with the longest weight vectors first.

    weights : (visible, hidden), float
    """
    if order == "number":
        return np.arange(weights.shape[1])
    return torch.linalg.vector_norm(weights, dim=0).argsort(descending=True, stable=True).numpy()


def filter_opacities(
    weights: Tensor, shape: tuple[int, ...], threshold: float, sign: str = "positive", largest: float | None = None
) -> np.ndarray:
    """Return filters as opacities with the sign of the weight: (n, *shape), float32, -1 to 1.

    The largest response is 1, one at the threshold or below is 0, and it is linear between the two: "a solid voxel
    where the filter's response is high and increasingly transparent voxels when the response is smaller" (thesis,
    section 4.4).
    weights : (visible, n), float
    threshold : share of the largest response, 0 to less than 1
    sign : "positive", "negative" or "both": which weights are responses
    largest : the response that is 1; each filter's own largest when None
    Raises ValueError for weights that are no finite numbers.
    """
    if not bool(torch.isfinite(weights).all()):
        raise ValueError("The weights are no finite numbers any more: train again with a smaller rate.")
    values = weights.T.numpy().astype(np.float32)
    responses = {"positive": values.clip(min=0), "negative": (-values).clip(min=0), "both": np.abs(values)}[sign]
    most = responses.max(1, keepdims=True) if largest is None else np.full((len(values), 1), largest, np.float32)
    shares = np.divide(responses, most, out=np.zeros_like(responses), where=most > 0).clip(max=1)
    opacities = ((shares - threshold) / (1 - threshold)).clip(0, 1)
    return (opacities * np.sign(values)).reshape(-1, *shape)


def largest_response(weights: Tensor, sign: str) -> float:
    """Return the largest weight of that sign in all filters, 0 where there is none; see `filter_opacities`.

    weights : (visible, hidden), float
    """
    most = {"positive": weights.max(), "negative": -weights.min(), "both": weights.abs().max()}[sign]
    return max(float(most), 0.0)


def draw_samples(
    machine: Machine, start: Tensor | None, chains: int, kept: int, between: int, seed: int
) -> Iterator[Samples | None]:
    """Yield Samples as chains go on, the first of them where they began, until `kept` lie behind; None in between.

    start : (chains, visible), float; noise when None
    between : how many sweeps lie between two samples
    """
    begun = draw_noise(machine, chains, seed) if start is None else start.to(machine.weights)
    sweeps, visible, means = [0], [begun], [begun]
    yield Samples((0,), begun[None], begun[None])
    if kept < 2:
        return
    at_once = min(between, SWEEPS_AT_ONCE, 1 + MULTIPLICATIONS_AT_ONCE // (2 * machine.weights.numel() * chains))
    every = next(part for part in range(at_once, 0, -1) if between % part == 0)
    for sweep in gibbs(machine, begun, between * (kept - 1), seed, every=every):
        if sweep.step % between:
            yield None
            continue
        sweeps.append(sweep.step)
        visible.append(sweep.visible)
        means.append(sweep.means)
        yield Samples(tuple(sweeps), torch.stack(visible), torch.stack(means))


def judge_roundness(voxels: Tensor, grid: int) -> Roundness | None:
    """Return how near shapes come to spheres of radius 1 to a third of the edge (thesis, section 4.4).

    voxels : (n, grid ** 3), float, filled where above a half
    Returns None for cubes too large to compare with every sphere.
    """
    if grid > LARGEST_JUDGED:
        return None
    return compare_with_spheres(voxels, list_shapes(grid, SMALLEST_RADIUS, grid / 3))


def compare_with_spheres(voxels: Tensor, shapes: Shapes) -> Roundness:
    """Return how near shapes come to the best of all spheres.

    voxels : (n, grid ** 3), float, filled where above a half
    """
    return Roundness(
        overlaps=sphere_likeness(voxels, shapes).numpy(),
        pieces=count_components(voxels, shapes.grid),
        filled=(voxels > ON).sum(1).numpy(),
        largest=int(shapes.voxels.sum(1).max()),
    )
