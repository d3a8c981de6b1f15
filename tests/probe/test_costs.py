import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from nbutils.probe import layers
from nbutils.probe.costs import count_multiplications


def counted_by_torch(network, example):
    """Return multiplications as torch's own counter sees them; it counts an addition with each."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(example)
    return counter.get_total_flops() // 2


def test_it_counts_what_torch_counts():
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, groups=8),
        nn.Conv2d(8, 5, (1, 3), dilation=2),
        nn.Flatten(),
        nn.Linear(5 * 14 * 10, 6),
    ).eval()
    example = torch.zeros(1, 3, 32, 32)
    count = count_multiplications(network, layers(network, example))
    assert count == counted_by_torch(network, example) > 0


def test_a_module_that_is_used_twice_counts_twice():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1)

        def forward(self, pictures):
            return self.conv(self.conv(pictures))

    network, example = Twice().eval(), torch.zeros(1, 3, 8, 8)
    assert count_multiplications(network, layers(network, example)) == 2 * 8 * 8 * 3 * 3 * 9


def test_what_has_no_weights_costs_nothing():
    network, example = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2)).eval(), torch.zeros(1, 3, 8, 8)
    assert count_multiplications(network, layers(network, example)) == 0
