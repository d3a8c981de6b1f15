"""The published tool step by step: gradient ascent as `optimize_image.py` of 2015 did it, in its order and its unit.

Source: github.com/yosinski/deep-visualization-toolbox, optimize/gradient_optimizer.py (arXiv 1506.06579, section 3).

A picture x is (channels, height, width): grey levels 0..255 less the mean of the training pictures, so that zero is the
mean picture. A network here takes (pixels / 255 - mean) / std, which is x / (255 std); the gradient with respect to x
is therefore 1 / (255 std) of the gradient at the network's input, and rates are those of the tool: its rate of 100
would be a rate of 100 / (255 std)^2, about .03, for a network's own input.

The tool keeps colours as blue, green, red and networks here take red, green, blue. That changes nothing but which
random numbers of the start fall on red and which on blue: every operation treats channels alike or one by one. The
tool's mean is a picture, 227 x 227; that of networks here is one number for each channel.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from nbutils.preferred import regularizers
from nbutils.preferred.asking import Answer
from nbutils.preferred.recipe import Recipe

WHITE = 255.0
STARTS = ("mean plus noise", "uniform", "zero")  # the tool's mean_plus_rand, randu and mean
POLICIES = ("constant", "progress", "progress01")
NOISE = 10.0  # standard deviation of the start "mean plus noise", in grey levels

Ask = Callable[[Tensor], Answer]


@dataclass(frozen=True)
class Asked:
    """Pictures as the network was asked, and what it said.

    pictures : (n, channels, height, width), x
    objectives, probabilities : (n,), as in `asking.Answer`
    steps : (n,), int64, in which step that was; -1 for never
    """

    pictures: Tensor
    objectives: Tensor
    probabilities: Tensor
    steps: Tensor


@dataclass(frozen=True)
class Climb:
    """Where n pictures stand that climb side by side, each by itself.

    step : the step that was made last, from 0
    now : what was asked in this step
    best : of each picture, what was asked in the step of its highest objective so far
    following : (n, channels, height, width), x, where the next step begins
    stopped : (n,), bool, the gradient was exactly zero: the picture stays as it is from then on
    rates : (n,), of this step; 0 where stopped
    removed : (n,) for each regularizer in use, the norm of what it took away in this step, in grey levels
    """

    step: int
    now: Asked
    best: Asked
    following: Tensor
    stopped: Tensor
    rates: Tensor
    removed: dict[str, Tensor]


def make_start(start: str, seed: int, mean: Tensor, size: tuple[int, int]) -> Tensor:
    """Return where one picture begins, by the seed of numpy's generator of 2015: (channels, height, width), float64.

    "mean plus noise" is normal noise of 10 grey levels, "uniform" any colour alike, "zero" the mean picture.

    mean : (channels, 1, 1), grey levels
    size : (height, width)
    Raises ValueError for another start.
    """
    draw = np.random.RandomState(seed)
    shape = (len(mean), *size)
    if start == "mean plus noise":
        return torch.from_numpy(draw.normal(0, NOISE, shape))
    if start == "uniform":
        return torch.from_numpy(draw.uniform(0, WHITE, shape)) - mean.double().cpu()
    if start == "zero":
        return torch.zeros(shape, dtype=torch.float64)
    raise ValueError(f'The published tool starts from {", ".join(STARTS)}; got "{start}".')


def begin(start: Tensor) -> Climb:
    """Return the state before the first step of pictures that start there : (n, channels, height, width)."""
    lowest = start.new_full((len(start),), -torch.inf)
    never = torch.full((len(start),), -1, device=start.device)
    nothing = Asked(start, lowest, torch.full_like(lowest, torch.nan), never)
    return Climb(
        step=-1,
        now=nothing,
        best=nothing,
        following=start,
        stopped=torch.zeros_like(lowest, dtype=torch.bool),
        rates=torch.zeros_like(lowest),
        removed={},
    )


def climb(ask: Ask, before: Climb, mean: Tensor, recipe: Recipe) -> Climb:
    """Do one step of the published tool.

    The colours are clipped, the network is asked, the best picture is kept; then the picture moves along its gradient
    and is regularized: decay, blur, small values, small norms, signed and small contributions, in this order. The
    contributions are of the moved picture with the gradient from before it moved. After its last step the tool
    leaves the picture unmoved, which only matters for who continues: results are pictures that were asked.

    ask : says what the network answers to x (n, channels, height, width), with gradients in the shape of x
    mean : (channels, 1, 1), grey levels
    """
    step = before.step + 1
    pictures = torch.where(_each(before.stopped), before.now.pictures, clip_colours(before.following, mean))
    answer = ask(pictures)
    now = Asked(pictures, answer.objectives, answer.probabilities, torch.full_like(before.now.steps, step))
    stopped = before.stopped | (answer.gradients == 0).flatten(1).all(dim=1)
    rates = choose_rates(answer.objectives, answer.gradients, recipe).masked_fill(stopped, 0)
    moved, removed = regularize(pictures + _each(rates) * answer.gradients, answer.gradients, recipe, step)
    return Climb(
        step=step,
        now=now,
        best=_keep_better(before.best, now),
        following=torch.where(_each(stopped), pictures, moved),
        stopped=stopped,
        rates=rates,
        removed={name: norms.masked_fill(stopped, 0) for name, norms in removed.items()},
    )


def clip_colours(pictures: Tensor, mean: Tensor) -> Tensor:
    """Return x with every colour within 0..255: min(255, max(0, x + mean)) - mean."""
    return (pictures + mean).clamp(0, WHITE) - mean


def choose_rates(objectives: Tensor, gradients: Tensor, recipe: Recipe) -> Tensor:
    """Return the rate of each picture, (n,), as the policy has it.

    "constant" is the recipe's rate. The others make the objective rise, to first order, by a wanted amount, with the
    recipe's rate as the highest: min(rate, wanted / |gradient|^2). What is wanted is always the recipe's progress for
    "progress"; for "progress01", made for probabilities, min(progress, late_progress (1 - objective)), less near 1.

    objectives : (n,)
    gradients : (n, channels, height, width)
    Raises ValueError for another policy.
    """
    if recipe.policy == "constant":
        return torch.full_like(objectives, recipe.rate)
    if recipe.policy not in POLICIES:
        raise ValueError(f'The published tool\'s policies are {", ".join(POLICIES)}; got "{recipe.policy}".')
    wanted = torch.full_like(objectives, recipe.progress)
    if recipe.policy == "progress01":
        wanted = torch.minimum(wanted, recipe.late_progress * (1 - objectives))
    squares = gradients.flatten(1).square().sum(dim=1)
    # Near a probability of 1 both can be exactly zero.
    return (wanted / squares).nan_to_num(nan=0).clamp(max=recipe.rate)


def regularize(pictures: Tensor, gradients: Tensor, recipe: Recipe, step: int) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the pictures after every regularizer in use, and the norm of what each took away, (n,) in grey levels.

    pictures, gradients : (n, channels, height, width)
    step : from 0; blurred is in every `blur_every`-th, beginning with the first
    """
    blurs = recipe.blur_every > 0 and step % recipe.blur_every == 0
    changes = (
        ("decay", recipe.decay, lambda x: regularizers.l2_decay(x, recipe.decay)),
        ("blur", recipe.blur if blurs else 0, lambda x: regularizers.gaussian_blur(x, recipe.blur)),
        ("small_values", recipe.small_values, lambda x: regularizers.clip_small_values(x, recipe.small_values)),
        ("small_norm", recipe.small_norm, lambda x: regularizers.clip_small_norm(x, recipe.small_norm)),
        (
            "signed_contribution",
            recipe.signed_contribution,
            lambda x: regularizers.clip_signed_contribution(x, gradients, recipe.signed_contribution),
        ),
        (
            "small_contribution",
            recipe.small_contribution,
            lambda x: regularizers.clip_small_contribution(x, gradients, recipe.small_contribution),
        ),
    )
    removed = {}
    for name, strength, change in changes:
        if strength > 0:
            before, pictures = pictures, change(pictures)
            removed[name] = (before - pictures).flatten(1).norm(dim=1)
    return pictures, removed


def _keep_better(best: Asked, now: Asked) -> Asked:
    """Return of each picture what has the higher objective, and what was there before where they are equal."""
    better = now.objectives > best.objectives
    return Asked(
        pictures=torch.where(_each(better), now.pictures, best.pictures),
        objectives=torch.where(better, now.objectives, best.objectives),
        probabilities=torch.where(better, now.probabilities, best.probabilities),
        steps=torch.where(better, now.steps, best.steps),
    )


def _each(values: Tensor) -> Tensor:
    """Return one value a picture in a shape that fits pictures."""
    return values[:, None, None, None]
