"""Local response normalization: every channel divided by what its neighbours answer (Krizhevsky et al. 2012, 3.3)."""

import torch
from torch import Tensor, nn

SIZE = 5  # channels in a neighbourhood
# The power .75 of the source, taken as two square roots, which are several times faster than a power.


class _Normalize(torch.autograd.Function):
    """x / (1 + alpha / SIZE * sum of x^2 over neighbours) ** .75, with its derivative written out."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, neighbours: Tensor, share: float) -> tuple[Tensor, Tensor]:
        divisor = 1 + share * _sum_neighbours(x * x, neighbours)
        root = divisor.sqrt()
        return x / (root * root.sqrt()), divisor

    @staticmethod
    def setup_context(ctx: object, inputs: tuple, output: tuple) -> None:
        x, neighbours, ctx.share = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(x, neighbours, output[1])

    @staticmethod
    def backward(ctx: object, slope: Tensor, _: Tensor) -> tuple[Tensor, None, None]:
        x, neighbours, divisor = ctx.saved_tensors
        root = divisor.sqrt()
        scaled = slope / (root * root.sqrt())
        crossed = _sum_neighbours(scaled * x / divisor, neighbours)
        return scaled - 1.5 * ctx.share * x * crossed, None, None


class LocalResponse(nn.Module):
    """Divide (n, channels, y, x) by (1 + alpha / 5 * the sum of squares of five neighbouring channels) ** .75."""

    def __init__(self, channels: int, alpha: float) -> None:
        super().__init__()
        self.share = alpha / SIZE
        near = torch.arange(channels)
        self.register_buffer("neighbours", ((near[:, None] - near).abs() <= SIZE // 2).float(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return x normalized, in its own form; squares and their sums take 32 bits in any precision."""
        with torch.autocast(x.device.type, enabled=False):
            return _Normalize.apply(x.float(), self.neighbours, self.share)[0]


def _sum_neighbours(x: Tensor, neighbours: Tensor) -> Tensor:
    """Return the sums over neighbouring channels, as one product of matrices: channels lie last in memory here."""
    return (x.movedim(1, -1) @ neighbours).movedim(-1, 1)
