import pytest
import torch
from torch import nn

from nbutils.probe import activations, find_layer, layers


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x):
        return x + self.norm(self.conv(x))


class Small(nn.Module):
    """Modules are declared in another order than they run, and one is never run."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 3)
        self.unused = nn.Conv2d(4, 4, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.drop = nn.Dropout(0.5)
        self.block2 = Residual()
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(1, 4, 3)

    def forward(self, x):
        x = self.block2(self.relu1(self.conv1(x)))
        return self.head(self.drop(self.pool(x)).flatten(1))


@pytest.fixture
def small():
    torch.manual_seed(0)
    return Small().eval()


EXAMPLE = torch.linspace(-1, 1, 64).reshape(1, 1, 8, 8)


def test_layers_stand_in_the_order_in_which_they_run(small):
    names = [layer.name for layer in layers(small, EXAMPLE)]
    assert names == ["conv1", "relu1", "block2.conv", "block2.norm", "block2", "pool", "head"]


def test_in_place_layers_are_listed_and_containers_that_only_hand_on_are_not():
    network = nn.Sequential(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(inplace=True)), nn.Dropout(), nn.Identity())
    assert [layer.name for layer in layers(network.eval(), EXAMPLE)] == ["0.0", "0.1"]
    answers = activations(network, EXAMPLE, ["0.0", "0.1"])
    torch.testing.assert_close(answers["0.1"], answers["0.0"].clamp(min=0))


def test_kinds_shapes_and_titles(small):
    found = {layer.name: layer for layer in layers(small, EXAMPLE)}
    kinds = [found[name].kind for name in ("conv1", "block2.norm", "block2", "pool", "head")]
    assert kinds == ["convolution", "normalization", "block", "pooling", "linear"]
    assert found["conv1"].shape == (4, 6, 6)
    assert found["head"].shape == (3,)
    assert not found["head"].is_spatial
    assert found["block2.norm"].title == "block 2 norm"


def test_the_nearest_layers_are_each_named_once(small):
    known = layers(small, EXAMPLE)
    assert known[0].name == known[0].title == "conv1"
    with pytest.raises(ValueError, match="no layer") as caught:
        find_layer(known, "conv11")
    assert str(caught.value).partition("nearest are: ")[2].count("conv1") == 1


def test_a_wrong_layer_is_answered_with_the_nearest(small):
    with pytest.raises(ValueError, match=r'no layer "blok2\.norm".*block2\.norm'):
        find_layer(layers(small, EXAMPLE), "blok2.norm")
    with pytest.raises(ValueError, match=r'no layer "conv9".*conv1'):
        activations(small, EXAMPLE, ["conv9"])


def test_activations_equal_the_layers_run_by_hand(small):
    answers = activations(small, EXAMPLE, ["head", "conv1", "block2"])
    with torch.inference_mode():
        first = small.conv1(EXAMPLE)
        second = small.block2(first.clamp(min=0))
        torch.testing.assert_close(answers["block2"], second)
        torch.testing.assert_close(answers["head"], small(EXAMPLE))
    torch.testing.assert_close(answers["conv1"], first)
    assert float(answers["conv1"].min()) < 0, "the in-place layer that follows must not change what was kept"


def test_the_pass_stops_at_the_deepest_layer_asked_for(small):
    def forbidden(*_):
        raise AssertionError("ran past the layer asked for")

    small.pool.register_forward_hook(forbidden)
    assert set(activations(small, EXAMPLE, ["block2", "conv1"])) == {"block2", "conv1"}


def test_a_layer_that_never_runs_is_named(small):
    with pytest.raises(ValueError, match=r"never ran.*unused"):
        activations(small, EXAMPLE, ["unused"])


def count_hooks(network):
    return sum(len(module._forward_hooks) for module in network.modules())


def test_hooks_are_gone_also_after_an_exception(small):
    activations(small, EXAMPLE, ["conv1"])
    assert count_hooks(small) == 0
    attempts = [lambda: activations(small, torch.zeros(1, 2, 8, 8), ["head"]), lambda: layers(small, torch.zeros(1))]
    for attempt in attempts:
        with pytest.raises(RuntimeError):
            attempt()
        assert count_hooks(small) == 0


def test_two_hundred_passes_hold_no_memory(small):
    import psutil

    picture, process = torch.zeros(1, 1, 256, 256), psutil.Process()
    for _ in range(20):
        activations(small, picture, ["conv1", "head"])
    before = process.memory_info().rss
    for _ in range(200):
        activations(small, picture, ["conv1", "head"])
    grown = process.memory_info().rss - before
    one_answer = 4 * 254 * 254 * 4
    assert grown < 8 * one_answer, f"{grown} bytes more after 200 passes"
