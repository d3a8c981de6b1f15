"""Runs of 45 epochs over fewer spheres that differ in one setting: what their curves and their samples are like."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import torch

from nbutils.boltzmann.likelihood import log_likelihood
from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.mixing import measure_mixing
from nbutils.boltzmann.partition import check_bound, estimate_log_partition
from nbutils.boltzmann.reconstruction import DEFAULT
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import Snapshot
from nbutils.rbm import sampling
from nbutils.rbm.examples import Examples
from nbutils.rbm.running import Followed, follow
from nbutils.rbm.sphere_shapes import list_shapes
from nbutils.rbm.timeline import correlate

NUMBER = 10_000  # a fifth of the thesis' spheres, so that a rate has a fifth of the updates
RATES = (0.0002, 0.00055, 0.002, 0.005, 0.01, 0.02, 0.1, 0.5, 2.0)
FAST_RATE = 0.02  # on the mean of 20; the same as 0.001 on the sum
CLAMP = 0.3
CHAINS, STEPS, EVERY, MOST_LAG, LAGS = 64, 2000, 20, 1000, (20, 100, 200, 500, 1000)
TEMPERATURES, ANNEALED = 3000, 32


@dataclass(frozen=True)
class Plan:
    """One run of the survey.

    clamp : to what range the weights are brought back after every epoch; 0 leaves them
    """

    settings: Training
    clamp: float = 0.0


def list_plans() -> dict[str, Plan]:
    """Return the runs of the survey by name."""
    at_rates = {f"rate {rate:g}": Plan(Training(rate=rate)) for rate in RATES}
    fast = Training(rate=FAST_RATE)
    others = {
        "CD-5": Plan(replace(fast, k=5)),
        "PCD": Plan(replace(fast, sampler="pcd")),
        "weight decay": Plan(replace(fast, weight_decay=0.002)),
        "clamped weights": Plan(fast, clamp=CLAMP),
        "sparse": Plan(replace(fast, sparsity_target=0.03, sparsity_cost=1.0)),
        "mildly sparse": Plan(replace(fast, sparsity_target=0.1, sparsity_cost=0.1)),
    }
    return at_rates | others


def run(plan: Plan, examples: Examples) -> Iterator[Followed]:
    """Yield a run of the survey; where weights are clamped, they are so between two epochs."""
    if not plan.clamp:
        yield from follow(examples, plan.settings)
        return
    start = newest = None
    for epoch in range(1, plan.settings.epochs + 1):
        for newest in follow(examples, replace(plan.settings, epochs=epoch), start):
            yield newest
        start = replace(newest, snapshot=_clamp(newest, plan.clamp))


def _clamp(followed: Followed, most: float) -> Snapshot:
    machine = followed.snapshot.machine
    clamped = replace(machine, weights=machine.weights.clamp(-most, most))
    return replace(followed.snapshot, machine=clamped)


def sum_up(followed: Followed, examples: Examples, seed: int = 0) -> dict:
    """Return what is kept of a run: curves over epochs, samples, likelihood, filters."""
    machine = followed.snapshot.machine
    found = {
        "setting": asdict(followed.snapshot.settings),
        "examples": len(examples.train),
        "mean_image": followed.epochs[0].baseline[DEFAULT],
        "curves": draw_curves(followed),
    }
    if not followed.snapshot.finite:
        return found
    return found | {"samples": sum_up_samples(machine, examples, seed), "filters": measure_filters(machine)}


def draw_curves(followed: Followed) -> dict[str, list[float]]:
    """Return one number an epoch of what the chapter looks at."""
    epochs = followed.epochs
    last = epochs[-1].probabilities
    return {
        "gray": [one.gray for one in epochs],
        "pegged": [one.pegged for one in epochs],
        "dead": [one.dead for one in epochs],
        "flicker": [one.flicker for one in epochs],
        "like_the_last_image": [correlate(one.probabilities, last) for one in epochs],
        "error": [one.error[DEFAULT] for one in epochs],
        "ratio_weights": [one.ratios["weights"] for one in epochs],
        "ratio_visible_bias": [one.ratios["visible_bias"] for one in epochs],
        "ratio_hidden_bias": [one.ratios["hidden_bias"] for one in epochs],
        "largest_weight": [one.largest["weights"] for one in epochs],
        "largest_hidden_bias": [one.largest["hidden_bias"] for one in epochs],
        "bimodality_weights": [one.bimodality["weights"] for one in epochs],
        "bimodality_hidden_bias": [one.bimodality["hidden_bias"] for one in epochs],
        "bimodality_visible_bias": [one.bimodality["visible_bias"] for one in epochs],
        "checkerboard": [one.checkerboard for one in epochs],
        "sparsity": [one.sparsity for one in epochs],
    }


def sum_up_samples(machine: Machine, examples: Examples, seed: int) -> dict:
    """Return how good a machine's samples are, how fast its chains forget, and what it thinks of spheres kept back."""
    shapes = list_shapes(examples.shape[0])
    chains = sampling.dream(machine, examples.valid[:CHAINS], STEPS, EVERY, seed)
    mixing = measure_mixing(chains.samples, MOST_LAG // EVERY)
    *_, estimate = estimate_log_partition(
        machine, examples.train[:1000], temperatures=TEMPERATURES, chains=ANNEALED, seed=seed
    )
    visited = torch.cat([chains.samples[len(chains.samples) // 2 :].flatten(0, 1), examples.valid[:1000]])
    bound = check_bound(estimate.log_partition, machine, visited)
    likelihood = log_likelihood(machine, examples.valid[:1000], max(estimate.log_partition, bound.largest))
    return {
        "dreams": asdict(sampling.judge(chains.means, shapes)),
        "autocorrelation": {str(lag): mixing.autocorrelation[lag // EVERY] for lag in LAGS},
        "autocorrelation_time": EVERY * mixing.autocorrelation_time,
        "log_partition": estimate.log_partition,
        "standard_deviation": estimate.standard_deviation,
        "effective": estimate.effective,
        "bound_holds": bound.holds,
        "bound_missing": bound.missing,
        "log_likelihood": float(likelihood.mean()),
    }


def measure_filters(machine: Machine) -> dict:
    """Return over which share of the voxels a filter spreads: 1 over all alike, 1 / voxels on a single one.

    The participation ratio (sum w^2)^2 / (n sum w^4), mean and median over filters.
    """
    squares = (machine.weights - machine.weights.mean(0)).square()
    spread = squares.sum(0).square() / (len(squares) * squares.square().sum(0))
    return {"spread": float(spread.mean()), "spread_median": float(spread.median())}
