"""Local response normalization against torch's own: values, slopes, and in a stack of networks."""

import pytest
import torch
from torch import nn

from nbutils.nets.normalization import LocalResponse
from tests.nets.tiny import DEVICES


def draw(*shape, device="cpu"):
    return torch.randn(shape, generator=torch.Generator().manual_seed(1)).to(device).requires_grad_()


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("alpha", [1e-4, 1e-4 * 64**2, 3.0])
@pytest.mark.parametrize("channels", [1, 3, 7, 48])
def test_values_and_slopes_are_those_of_torch(device, alpha, channels):
    x, slope = draw(4, channels, 5, 3, device=device), torch.randn(4, channels, 5, 3, device=device)
    ours = LocalResponse(channels, alpha).to(device)(x)
    theirs = nn.LocalResponseNorm(5, alpha, 0.75, 1.0)(x)
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-5)
    found, wanted = (torch.autograd.grad(out, x, slope)[0] for out in (ours, theirs))
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("device", DEVICES)
def test_in_a_stack_each_is_normalized_by_itself(device):
    layer, stack = LocalResponse(6, 2.0).to(device), draw(3, 4, 6, 5, 5, device=device)
    together = torch.vmap(layer)(stack)
    torch.testing.assert_close(together, torch.stack([layer(x) for x in stack]))
    (found,) = torch.autograd.grad(together.square().sum(), stack)
    wanted = torch.stack([torch.autograd.grad(layer(x).square().sum(), x)[0] for x in stack])
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("device", DEVICES)
def test_with_products_of_16_bits_it_still_takes_32(device):
    layer, x = LocalResponse(6, 2.0).to(device), draw(2, 6, 4, 4, device=device)
    with torch.autocast(device, torch.bfloat16):
        found = layer(x)
    assert found.dtype == torch.float32
    assert torch.equal(found, layer(x))
