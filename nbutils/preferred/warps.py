"""How the network sees the picture in each step: at which size, and shifted, turned and zoomed by chance."""

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from nbutils.preferred.recipe import Recipe

SMALLEST_SIDE = 8


def side_at(recipe: Recipe, step: int) -> int:
    """Return the larger side in pixels at which a step, the first of which is 1, is made.

    Coarse steps come first. Octaves share the steps alike, and each is `octave_scale` times larger than the one
    before; they end at the full size (github.com/google/deepdream).
    """
    if step <= recipe.coarse_steps:
        return recipe.coarse_size
    if recipe.octaves == 1:
        return recipe.size
    octave = min(recipe.octaves - 1, (step - 1) * recipe.octaves // recipe.steps)
    shrunk = round(recipe.size / recipe.octave_scale ** (recipe.octaves - 1 - octave))
    return min(recipe.size, max(SMALLEST_SIDE, shrunk))


def draw_warp(generator: Generator, recipe: Recipe, height: int, width: int) -> Tensor:
    """Return one random affine warp, (2, 3), in the coordinates of `F.affine_grid`, -1..1 over height and width.

    shift, turn and zoom are uniform: +-jitter pixels along each axis, +-rotation degrees, 1 +-zoom. All four numbers
    are drawn whether they are used or not, so that one of the ranges can be changed without changing the others.
    height, width : of the whole picture in pixels, in which `jitter` counts
    """
    across, down, turn, zoom = (2 * torch.rand(4, generator=generator) - 1).tolist()
    angle, scale = math.radians(turn * recipe.rotation), 1 + zoom * recipe.zoom
    cosine, sine = math.cos(angle) / scale, math.sin(angle) / scale
    return torch.tensor(
        [
            [cosine, -sine * height / width, 2 * across * recipe.jitter / width],
            [sine * width / height, cosine, 2 * down * recipe.jitter / height],
        ]
    )


def warp(pictures: Tensor, warps: Tensor) -> Tensor:
    """Return each picture resampled once through its own affine warp, mirrored beyond its border; differentiable.

    pictures : (n, channels, height, width), float
    warps : (n, 2, 3)
    """
    grid = F.affine_grid(warps.to(pictures), list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
