"""One step of the recipe that is not the published one: gradient ascent on pixels or on a Fourier spectrum.

Every picture climbs by itself: its gradient, its random numbers and its optimizer know nothing of its neighbours.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from nbutils.preferred import published, regularizers
from nbutils.preferred.asking import Answer, See
from nbutils.preferred.pictures import Canvas, colour, learn, paint
from nbutils.preferred.randomness import draw_from
from nbutils.preferred.recipe import Recipe
from nbutils.preferred.warps import draw_warp, side_at, warp

# Source: D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization" (2014), algorithm 1.
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
_OPERATIONS = (
    "decay",
    "blur",
    "small_values",
    "small_norm",
    "signed_contribution",
    "small_contribution",
    "colour_bound",
)

Ask = Callable[[Tensor, See], Answer]


@dataclass(frozen=True)
class State:
    """Where pictures stand between two steps.

    learned : (n, ...), as `pictures.paint` takes them
    mean, square : Adam's moments, in the same shape
    """

    learned: Tensor
    mean: Tensor
    square: Tensor


@dataclass(frozen=True)
class Step:
    """What one step found.

    pictures : (n, channels, height, width), 0..1, at the size of the step, as they were when the network was asked
    answer : what the network said of them
    removed : of each regularizer in use (n,): the norm of what an operation took away, in offsets, or the price of a
        penalty, in the unit of the objective
    following : where the next step begins
    """

    pictures: Tensor
    answer: Answer
    removed: dict[str, Tensor]
    following: State


def begin(learned: Tensor) -> State:
    """Return the state before the first step."""
    return State(learned, torch.zeros_like(learned), torch.zeros_like(learned))


def climb(ask: Ask, canvas: Canvas, recipe: Recipe, state: State, step: int) -> Step:
    """Do one step: ask the network about warped pictures, go up along the gradients, regularize.

    Pictures to which nothing comes back stay as they are.
    ask : from pictures, and what the network sees of them, to objectives and gradients; see `asking.ask`
    step : from 1
    """
    draws = [draw_from(seed, step) for _, seed in recipe.pairs()]
    warps = torch.stack([draw_warp(draw, recipe, canvas.height, canvas.width) for draw in draws])
    with torch.enable_grad():
        leaf = state.learned.detach().requires_grad_()
        offsets = paint(canvas, leaf, *canvas.sides(side_at(recipe, step)))
        painted = colour(canvas, offsets)
    pictures = painted.detach()
    at_rest = not (recipe.jitter or recipe.rotation or recipe.zoom)
    answer = ask(pictures, lambda some, places: some if at_rest else warp(some, warps[list(places)]))
    prices, against = _price(canvas, recipe, pictures)
    gradients, removed = answer.gradients - against, {}
    if recipe.gradient_blur:
        gradients, removed["gradient_blur"] = _blur_gradients(gradients, draws, recipe.gradient_blur)
    uphill, towards = torch.autograd.grad(painted, [leaf, offsets], gradients)
    moved = _move(recipe, state, uphill, answer, step)
    following, taken = _regularize(canvas, recipe, moved, towards, step)
    following = _keep_still(following, state, answer.silent)
    return Step(pictures, answer, prices | removed | taken, following)


def _keep_still(following: State, before: State, still: Tensor) -> State:
    """Return the state with those pictures as they were before : (n,), bool."""
    if not still.any():
        return following
    mask = still.view(-1, *[1] * (before.learned.dim() - 1))
    return State(*(torch.where(mask, old, getattr(following, name)) for name, old in vars(before).items()))


def _price(canvas: Canvas, recipe: Recipe, pictures: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """Return what the penalties cost each picture, and the gradients that would raise their sum.

    Total variation is priced by `total_variation` x the larger side in pixels, so that the price of an edge that runs
    through the picture is the same at every size.
    """
    if not (recipe.total_variation or recipe.sparsity):
        return {}, torch.zeros_like(pictures)
    with torch.enable_grad():
        leaf = pictures.clone().requires_grad_()
        prices = {}
        if recipe.total_variation:
            side = max(leaf.shape[2:])
            prices["total_variation"] = recipe.total_variation * side * regularizers.total_variation(leaf)
        if recipe.sparsity:
            prices["sparsity"] = recipe.sparsity * regularizers.sparsity(leaf - canvas.mean)
        (against,) = torch.autograd.grad(sum(prices.values()).sum(), leaf)
    return {name: price.detach() for name, price in prices.items()}, against


def _blur_gradients(gradients: Tensor, draws: list[torch.Generator], most: int) -> tuple[Tensor, Tensor]:
    """Return each gradient blurred by a random kernel of its own, and the norms of what that took away."""
    blurred = [
        regularizers.blur_gradient(one[None], *regularizers.draw_gradient_blur(draw, most))
        for one, draw in zip(gradients, draws, strict=True)
    ]
    smooth = torch.cat(blurred)
    return smooth, _norms(gradients - smooth)


def _move(recipe: Recipe, state: State, uphill: Tensor, answer: Answer, step: int) -> State:
    """Return the state after a step along the gradients, by Adam or by one of the published tool's policies."""
    if recipe.policy != "adam":
        rates = published.choose_rates(answer.objectives, uphill, recipe)
        return State(state.learned + rates.view(-1, *[1] * (uphill.dim() - 1)) * uphill, state.mean, state.square)
    mean = torch.lerp(state.mean, uphill, 1 - _BETA1)
    square = torch.lerp(state.square, uphill.square(), 1 - _BETA2)
    width = (square / (1 - _BETA2**step)).sqrt_().add_(_EPSILON)
    return State(state.learned.addcdiv(mean, width, value=recipe.rate / (1 - _BETA1**step)), mean, square)


def _regularize(
    canvas: Canvas, recipe: Recipe, moved: State, gradients: Tensor, step: int
) -> tuple[State, dict[str, Tensor]]:
    """Return the state after the operations of section 6.4 and the bounds of colours, and what each took away."""
    if canvas.kind == "fourier" and not any(getattr(recipe, name) for name in _OPERATIONS):
        return moved, {}
    offsets = paint(canvas, moved.learned, canvas.height, canvas.width)
    if gradients.shape != offsets.shape:
        gradients = torch.nn.functional.interpolate(gradients, offsets.shape[2:], mode="bilinear")
    offsets, removed = published.regularize(offsets, gradients, recipe, step - 1)
    if recipe.colour_bound:
        bounded = regularizers.bound_colour(offsets, recipe.colour_bound * canvas.white)
        removed["colour_bound"] = _norms(offsets - bounded)
        offsets = bounded
    if canvas.kind == "pixels":
        offsets = colour(canvas, offsets).clamp(0, 1) - canvas.mean
    return State(learn(canvas, offsets), moved.mean, moved.square), removed


def _norms(values: Tensor) -> Tensor:
    """Return the Euclidean norm of each picture's values: (n,)."""
    return values.flatten(1).norm(dim=1)
