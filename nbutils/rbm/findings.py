"""What chapter 4 of the thesis says of training, measured on the runs that ship and on a few machines more."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

import numpy as np
import torch

from nbutils.boltzmann.machine import Machine, hidden_probabilities, initialize
from nbutils.boltzmann.monitors import GRAY, PEGGED
from nbutils.boltzmann.reconstruction import DEFAULT
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import train
from nbutils.rbm import results, survey, timeline
from nbutils.rbm.examples import Source, load
from nbutils.rbm.layers import measure_second_layer
from nbutils.rbm.running import Followed
from nbutils.rbm.sphere_shapes import list_shapes
from nbutils.rbm.spheres import make_spheres

SEED = 0
RUINOUS = 100  # times the rate of Table 4.2 on the sum
SHOWN_EPOCHS = (0, 1, 2, 4, 10, 20, 45)
AT_FIRST = 5  # epochs


def measure_hidden_images() -> dict:
    """Return gray and pegged shares before training, after one mini-batch of a ruinous rate, and at the end (F4.1)."""
    examples = make_spheres(1000, SEED)
    ruined = train(examples[:20], Training(epochs=1, rate=RUINOUS * 0.001, rate_on="sum"))
    found = {"one_mini_batch_rate_0.1_on_the_sum": measure_image(list(ruined)[-1].machine, examples)}
    for rate_on in results.RATES_ON:
        epochs = results.load(rate_on).epochs
        found[rate_on] = {
            str(epoch): {"gray": epochs[epoch].gray, "pegged": epochs[epoch].pegged} for epoch in SHOWN_EPOCHS
        }
    return found


def measure_first_images() -> dict:
    """Return the image before training for right and for wrong beginnings (C4-01)."""
    examples = make_spheres(1000, SEED)
    beginnings = {
        "table_4.2": {},
        "weights_2": {"weight_range": 2.0},
        "hidden_bias_-20": {"hidden_bias": -20.0},
        "hidden_bias_20": {"hidden_bias": 20.0},
    }
    return {
        name: measure_image(initialize(1000, 400, seed=SEED, **wish), examples) for name, wish in beginnings.items()
    }


def measure_image(machine: Machine, examples: torch.Tensor) -> dict[str, float]:
    """Return how gray, black and white the hidden probabilities of examples are: (n, visible), float32."""
    found = hidden_probabilities(machine, examples)
    return {
        "gray": float(((found > GRAY[0]) & (found < GRAY[1])).float().mean()),
        "black": float((found < PEGGED[0]).float().mean()),
        "white": float((found > PEGGED[1]).float().mean()),
        "smallest": float(found.min()),
        "largest": float(found.max()),
    }


def measure_magnitudes() -> dict:
    """Return mean magnitudes and ratios over the stored runs, and where ratios leave the band (F4.2, C4-04)."""
    found = {}
    for rate_on, run in each_run().items():
        epochs = run.epochs
        found[rate_on] = {
            str(epoch): {"mean_magnitudes": epochs[epoch].mean_magnitudes, "ratios": epochs[epoch].ratios}
            for epoch in SHOWN_EPOCHS
            if epoch
        } | {
            f"first_epoch_above_10000_{name}": first(
                [one.ratios[name] if index else 0 for index, one in enumerate(epochs)], 1e4
            )
            for name in epochs[0].ratios
        }
    return found


def measure_smoothness() -> dict:
    """Return how alike neighbouring voxels of filters are at some epochs, and at the smoothest (F4.3)."""
    found = {}
    for rate_on, run in each_run().items():
        smooth = [one.checkerboard for one in run.epochs]
        best = int(np.argmax(smooth))
        found[rate_on] = {str(epoch): smooth[epoch] for epoch in SHOWN_EPOCHS} | {"largest": smooth[best], "at": best}
    return found


def measure_errors() -> dict:
    """Return the reconstruction errors by all definitions at some epochs (F4.4)."""
    return {
        rate_on: {str(epoch): run.epochs[epoch].error for epoch in SHOWN_EPOCHS}
        | {"mean_image": run.epochs[0].baseline[DEFAULT]}
        for rate_on, run in each_run().items()
    }


def measure_timeline() -> dict:
    """Return when the pattern appears, is final, and when the error falls fastest, for stored runs and rates (T4.1)."""
    runs = {f"50,000 spheres, rate 0.001 on the {name}": tell_events(run) for name, run in each_run().items()}
    seeds = {
        f"50,000 spheres, rate 0.001 on the {rate_on}, seed {seed}": tell_events_of_curves(found["curves"])
        for (rate_on, seed), found in ((name.split(), found) for name, found in results.read("seeds").items())
    }
    at_rates = {
        f"10,000 spheres, {name}": tell_events_of_curves(found["curves"])
        for name, found in results.read("survey").items()
        if name.startswith("rate ")
    }
    return runs | seeds | at_rates


def tell_events(run: Followed) -> dict:
    """Return the events of Table 4.1 in a stored run."""
    return tell_events_of_curves(survey.draw_curves(run))


def tell_events_of_curves(curves: Mapping[str, list]) -> dict:
    """Return the events of Table 4.1 from curves as `survey.draw_curves` returns them."""
    alike, gray = curves["like_the_last_image"], curves["gray"]
    final = len(alike) - 1 - next(back for back, value in enumerate(reversed(alike)) if value < timeline.FINAL)
    return {
        "gray_at_0": gray[0],
        "gray_at_1": gray[1],
        "pattern_final_from": final + 1 if final + 1 < len(alike) else len(alike) - 1,
        "alike_at_4": alike[4],
        "error": {str(epoch): curves["error"][epoch] for epoch in (0, 1, 2, 4, 10, 20, 25, 45)},
        "steepest": steepest(curves["error"]),
    }


def steepest(error: list[float]) -> int:
    """Return the epoch after the fifth in which the error fell by the largest share; the first ones always fall."""
    logs = np.log(error[AT_FIRST:])
    return AT_FIRST + 1 + int(np.argmax(logs[:-1] - logs[1:]))


def measure_flicker() -> dict:
    """Return how much the hidden image changes from epoch to epoch at several rates (C4-03)."""
    found = {}
    for name, run in results.read("survey").items():
        if name.startswith("rate "):
            flicker = run["curves"]["flicker"]
            found[name] = {str(epoch): flicker[epoch] for epoch in (2, 5, 10, 20, 45) if epoch < len(flicker)}
    return found


def measure_clusters() -> dict:
    """Return Sarle's coefficient of the parameters over the stored runs, and how large they become (C4-05)."""
    found = {}
    for rate_on, run in each_run().items():
        epochs = run.epochs
        found[rate_on] = {
            str(epoch): {"bimodality": epochs[epoch].bimodality, "largest": epochs[epoch].largest}
            for epoch in SHOWN_EPOCHS
        }
        for name in ("visible_bias", "hidden_bias"):
            values = [one.bimodality[name] for one in epochs]
            found[rate_on][f"{name}_highest"] = {"value": float(np.nanmax(values)), "epoch": int(np.nanargmax(values))}
        beyond = run.snapshot.machine.hidden_bias > 3
        found[rate_on]["hidden_biases_above_3"] = float(beyond.float().mean())
    return found


def measure_tails() -> dict:
    """Return how far the weights reach, with each of the thesis' three remedies and with weight decay (C4-06)."""
    runs = results.read("survey")
    plain = runs["rate 0.02"]
    found = {"as it is": tell_tail(plain), "stopped at epoch 10": tell_tail(plain, 10)}
    named = {
        "half the rate": "rate 0.01",
        "a quarter of the rate": "rate 0.005",
        "clamped weights": "clamped weights",
        "weight decay": "weight decay",
    }
    return found | {title: tell_tail(runs[name]) for title, name in named.items()}


def tell_tail(run: Mapping, epoch: int = -1) -> dict:
    """Return the largest parameters of a run of the survey at an epoch, and what the run reached."""
    curves = run["curves"]
    return {name: curves[name][epoch] for name in ("largest_weight", "largest_hidden_bias", "error", "flicker")}


def measure_sparse_and_dense() -> dict:
    """Return filters and samples of a machine with a sparsity target and of one without (C4-07)."""
    runs = results.read("survey")
    return {
        title: {
            "mean_activity": runs[name]["curves"]["sparsity"][-1],
            "filters": runs[name]["filters"],
            "samples": runs[name]["samples"],
            "error": runs[name]["curves"]["error"][-1],
        }
        for title, name in (("dense", "rate 0.02"), ("sparse", "sparse"), ("mildly sparse", "mildly sparse"))
    }


def measure_error_and_mixing() -> dict:
    """Return error, mixing and likelihood over the runs of the survey, and how their ranks agree (C4-09)."""
    runs = {name: run for name, run in results.read("survey").items() if "samples" in run}
    below = {name: run for name, run in runs.items() if run["curves"]["error"][-1] < run["mean_image"]}
    table = {
        name: {
            "error": run["curves"]["error"][-1],
            "autocorrelation_time": run["samples"]["autocorrelation_time"],
            "log_likelihood": run["samples"]["log_likelihood"],
            "bound_holds": run["samples"]["bound_holds"],
        }
        for name, run in runs.items()
    }
    known = [name for name in below if table[name]["autocorrelation_time"] is not None]
    columns = {key: [table[name][key] for name in known] for key in ("error", "autocorrelation_time", "log_likelihood")}
    return {
        "runs": table,
        "compared": len(known),
        "rank_correlation_error_and_time": correlate_ranks(columns["error"], columns["autocorrelation_time"]),
        "rank_correlation_error_and_likelihood": correlate_ranks(columns["error"], columns["log_likelihood"]),
    }


def measure_samples() -> dict:
    """Return what chains of the stored runs become, and what their likelihoods are (F4.7, C4-10)."""
    examples = load(Source(number=survey.NUMBER, seed=SEED))
    found = {
        rate_on: survey.sum_up_samples(run.snapshot.machine, examples, SEED) for rate_on, run in each_run().items()
    }
    shapes = list_shapes()
    return found | {"best_possible_log_likelihood": -shapes.entropy}


def measure_data() -> dict:
    """Return what the spheres are like (E4.5, C4-10)."""
    shapes, drawn = list_shapes(), make_spheres(50_000, SEED)
    return {
        "mean_filled": float((shapes.voxels.sum(1) * shapes.chances).sum()),
        "different_shapes": len(shapes.voxels),
        "partial_share": shapes.partial_share,
        "different_among_50000": len(torch.unique(drawn.byte(), dim=0)),
        "fewest_filled": int(drawn.sum(1).min()),
        "most_filled": int(drawn.sum(1).max()),
    }


def measure_layers() -> dict:
    """Return what units of a second layer look for (C4-08)."""
    examples = load(Source(number=survey.NUMBER, seed=SEED))
    return {
        rate_on: asdict(measure_second_layer(run.snapshot.machine, examples, SEED))
        for rate_on, run in each_run().items()
    }


def each_run() -> dict[str, Followed]:
    """Return the stored runs by what their rate is on."""
    return {rate_on: results.load(rate_on) for rate_on in results.RATES_ON}


def first(values: list[float], above: float) -> int | None:
    """Return the first place of a value above a limit, None where there is none."""
    return next((place for place, value in enumerate(values) if value > above), None)


def correlate_ranks(values: list[float], others: list[float]) -> float:
    """Return Spearman's rank correlation; ties get the order in which they stand."""
    ranks = [np.argsort(np.argsort(column)) for column in (values, others)]
    return float(np.corrcoef(ranks)[0, 1])


FINDINGS: dict[str, Callable[[], dict]] = {
    "F4.1": measure_hidden_images,
    "F4.2": measure_magnitudes,
    "F4.3": measure_smoothness,
    "F4.4": measure_errors,
    "F4.7": measure_samples,
    "T4.1": measure_timeline,
    "E4.5": measure_data,
    "C4-01": measure_first_images,
    "C4-03": measure_flicker,
    "C4-05": measure_clusters,
    "C4-06": measure_tails,
    "C4-07": measure_sparse_and_dense,
    "C4-08": measure_layers,
    "C4-09": measure_error_and_mixing,
}
