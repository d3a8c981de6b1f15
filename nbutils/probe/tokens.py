"""Show what transformers answer as maps: tokens as the grid of patches they stand for, attention as where it goes."""

import math

import torch
from torch import Tensor

REGISTERS = range(2, 9)  # class token and registers together; DINOv2 with registers has 5 (arXiv 2309.16588)
SMALLEST_GRID = 4  # tokens; fewer say nothing about places


def arrange(answer: Tensor, pictures: int, aspect: float = 1.0) -> Tensor:
    """Return an answer as maps (n, channels, height, width) or units (n, units), pictures first.

    Tokens become the grid of their patches; the class token and registers, which stand first, are left out. Tokens
    that form no grid are returned as units. The result is a view where that is possible, and differentiable.
    Neither channels-last maps (n, height, width, channels) nor (n, channels, length) can be told from their shape:
    the one is returned as it is, the other is taken for tokens.
    answer : (n, channels, height, width), (n, units), (n, tokens, dim) or (tokens, n, dim)
    pictures : n
    aspect : width of the pictures divided by their height
    """
    if answer.dim() == 3 and answer.shape[0] != pictures == answer.shape[1]:
        answer = answer.transpose(0, 1)
    if answer.dim() >= 2 and answer.shape[0] != pictures and answer.shape[0] % pictures == 0:
        answer = answer.unflatten(0, (pictures, -1))
    if answer.dim() > 4:
        return answer.flatten(1, -3)
    if answer.dim() != 3:
        return answer
    grid = find_grid(answer.shape[1], aspect)
    if grid is None:
        return answer.flatten(1)
    extra, height, width = grid
    return answer[:, extra:].transpose(1, 2).unflatten(2, (height, width))


def find_grid(tokens: int, aspect: float = 1.0) -> tuple[int, int, int] | None:
    """Return how many tokens stand before the patches, and the grid's height and width; None where that is unclear.

    A grid of the picture's own shape is tried first, then a square one; in each all tokens are patches, or one is a
    class token. Registers are left out only where exactly one number of them leaves such a grid.
    """
    shapes = dict.fromkeys((aspect, 1.0))
    for shape in shapes:
        for extra in (0, 1):
            if grid := _shape_grid(tokens - extra, shape):
                return extra, *grid
    fitting = {
        (extra, *grid) for shape in shapes for extra in REGISTERS if (grid := _shape_grid(tokens - extra, shape))
    }
    return fitting.pop() if len(fitting) == 1 else None


def _shape_grid(patches: int, shape: float) -> tuple[int, int] | None:
    """Return the height and width of the grid of so many patches whose width is `shape` times its height."""
    if patches < SMALLEST_GRID:
        return None
    height = max(1, round(math.sqrt(patches / shape)))
    width = patches // height
    fits = height * width == patches and (width == round(height * shape) or height == round(width / shape))
    return (height, width) if fits else None


def attention_weights(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Return softmax(q k^T / sqrt(d) + mask), (..., queries, keys), for a call of F.scaled_dot_product_attention.

    Source: A. Vaswani et al., "Attention Is All You Need" (2017), equation 1; the arguments as torch documents them.
    """
    if enable_gqa:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = query @ key.transpose(-2, -1) * scale
    if is_causal:
        scores = scores.masked_fill(torch.ones_like(scores, dtype=torch.bool).triu(1), float("-inf"))
    if attn_mask is not None:
        masked = attn_mask.dtype == torch.bool
        scores = scores.masked_fill(~attn_mask, float("-inf")) if masked else scores + attn_mask
    return scores.softmax(-1)


def map_attention(weights: Tensor, pictures: int, aspect: float = 1.0) -> Tensor:
    """Return where each head looks, (n, heads, grid height, grid width); one row of tokens where they form no grid.

    With a class token: how it attends to the patches. Without: how much each patch is attended to, averaged over the
    queries.
    weights : (..., queries, keys), rows that sum to 1; the axes before them hold pictures and heads
    """
    queries, keys = weights.shape[-2:]
    weights = weights.reshape(pictures, -1, queries, keys)
    extra, height, width = find_grid(keys, aspect) or (0, 1, keys)
    from_class = extra > 0 and queries == keys
    looks = weights[:, :, 0] if from_class else weights.mean(2)
    return looks[..., extra:].unflatten(2, (height, width))


def aspect_of(pictures: Tensor) -> float:
    """Return the width of pictures (n, channels, height, width) divided by their height; 1 for anything else."""
    return pictures.shape[3] / pictures.shape[2] if pictures.dim() == 4 else 1.0
