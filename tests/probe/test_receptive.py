"""Receptive fields against brute force: one pixel after the other is changed, and every unit looked at."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import nn
from torch.nn import functional as F

from nbutils import zoo
from nbutils.probe import activations, layers
from nbutils.probe.receptive import receptive_field, receptive_fields
from tests.probe.generated import cases


def seen_by_force(network, names, shape, mark):
    """Return for each layer the box of the pixels that change each unit's answer: (..., 4).

    A pixel that is NaN makes everything NaN that is computed from it, also with weights of zero. A pixel of one in a
    black picture lights up what it reaches where all weights are positive.
    """
    channels, height, width = shape
    pictures = torch.zeros(height * width, channels, height, width)
    rows, columns = (places.ravel() for places in np.indices((height, width)))
    pictures[np.arange(height * width), :, rows, columns] = mark
    boxes = {}
    for name, answer in activations(network, pictures, names).items():
        sees = (answer.isnan() if np.isnan(mark) else answer != 0).numpy()
        pixels = np.stack([rows, columns, rows + 1, columns + 1], 1).reshape(-1, *[1] * (sees.ndim - 1), 4)
        low = np.where(sees[..., None], pixels[..., :2], height + width).min(0)
        high = np.where(sees[..., None], pixels[..., 2:], 0).max(0)
        boxes[name] = np.where(high[..., :1] > 0, np.concatenate([low, high], -1), 0)
    return boxes


def found(network, names, shape):
    """Return the same boxes as `receptive_fields` finds them, cut off at the edges of the picture."""
    fields = receptive_fields(network, names, shape)
    edges = [*shape[1:]] * 2
    boxes = {}
    for name in names:
        grid = np.meshgrid(*map(np.arange, fields[name].shape), indexing="ij")
        units = [places.ravel() for places in grid]
        made = fields[name].boxes(*units, *[units[0]] * (3 - len(units))).clip(0, edges)
        boxes[name] = made.reshape(*fields[name].shape, 4)
    return boxes


def compare(network, shape, names=None, mark=float("nan")):
    """Return the boxes that `receptive_fields` finds, and the names of the layers where force finds others."""
    network = network.eval()
    names = names or [layer.name for layer in layers(network, torch.zeros(1, *shape))]
    forced, ours = seen_by_force(network, names, shape, mark), found(network, names, shape)
    return ours, [name for name in names if not np.array_equal(ours[name], forced[name])]


@given(cases())
@settings(max_examples=30, deadline=None)
def test_generated_networks_see_what_they_see(case):
    _, differing = compare(case.network, tuple(case.pictures.shape[1:]))
    assert differing == []


class Tokens(nn.Module):
    """A small vision transformer with a class token; attention twice, once within windows of tokens."""

    def __init__(self):
        super().__init__()
        self.patches, self.start = nn.Conv2d(1, 8, 3, stride=3), nn.Parameter(torch.randn(1, 1, 8))
        self.norm, self.mix = nn.LayerNorm(8), nn.MultiheadAttention(8, 2, batch_first=True)
        self.wide, self.narrow = nn.Linear(8, 16), nn.Linear(16, 8)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        rows = tokens.reshape(len(x) * 3, 4, 8)  # windows of one row of patches
        rows = F.scaled_dot_product_attention(rows, rows, rows).reshape(len(x), 12, 8)
        tokens = torch.cat([self.start.expand(len(x), -1, -1), self.norm(rows)], 1)
        tokens = tokens + self.narrow(F.gelu(self.wide(tokens)))
        return self.mix(tokens, tokens, tokens)[0][:, 0]


class Branches(nn.Module):
    """Branches of different reach joined as channels, cut, shuffled, padded by hand and joined by sums."""

    def __init__(self):
        super().__init__()
        self.small, self.large = nn.Conv2d(1, 2, 1), nn.Conv2d(1, 2, 5, padding=4, dilation=2)
        self.grouped = nn.Conv2d(4, 4, 3, padding="same", groups=2)
        self.last = nn.Conv2d(4, 2, 3, stride=2)

    def forward(self, x):
        x = torch.cat([self.small(x), self.large(x)], 1)
        n, channels, height, width = x.shape
        shuffled = self.grouped(x.view(n, 2, channels // 2, height, width).transpose(1, 2).reshape(x.shape))
        halves = shuffled.chunk(2, 1)
        x = torch.cat([halves[0] + halves[1].flip(3), x[:, :2].relu_()], 1)
        x = F.pad(x[:, :, 2:], (1, 0, 0, 2))
        return self.last(F.pad(x, (1, 1, 1, 1), mode="reflect"))


class Scales(nn.Module):
    """Down by pooling with padding, up again by three ways of enlarging, and summed."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, stride=2, padding=1, bias=False)
        self.up, self.shuffle = nn.ConvTranspose2d(4, 4, 3, 2, 1, 1, bias=False), nn.PixelShuffle(2)

    def forward(self, x):
        down = F.max_pool2d(self.conv(x), 3, 1, 1)
        near = F.interpolate(F.avg_pool2d(down, 2), size=x.shape[2:], mode="nearest")
        smooth = F.interpolate(down, scale_factor=2, mode="bilinear", align_corners=False)
        return near.sum(1, keepdim=True) + smooth[:, :1] + self.shuffle(down) + self.up(down)[:, 1:2]


class Gated(nn.Module):
    """A residual block with squeeze-and-excitation: from there on, all of the picture is seen."""

    def __init__(self):
        super().__init__()
        self.conv, self.gate = nn.Conv2d(1, 3, 3, padding=1), nn.Linear(3, 3)
        self.norm, self.groups = nn.BatchNorm2d(3), nn.GroupNorm(1, 3)

    def forward(self, x):
        x = self.norm(self.conv(x))
        y = x * torch.sigmoid(self.gate(x.mean((2, 3))))[:, :, None, None]
        return y.amax(3), self.groups(x), F.local_response_norm(x, 2), F.adaptive_max_pool2d(x, (2, 3)), y


class LastChannels(nn.Module):
    """Channels stand last for normalization and linear layers, as in ConvNeXt; every other pixel is dropped."""

    def __init__(self):
        super().__init__()
        self.depthwise = nn.Conv2d(2, 2, 3, padding=1, groups=2)
        self.norm, self.wide, self.narrow = nn.LayerNorm(2), nn.Linear(2, 8), nn.Linear(8, 2)

    def forward(self, x):
        y = self.depthwise(torch.cat([x, x[:, :1] * 2], 1)[:, :2]).permute(0, 2, 3, 1)
        y = self.narrow(F.gelu(self.wide(self.norm(y)))).permute(0, 3, 1, 2)
        y[:, :, 1:] += x[:, :, :-1]
        return F.softmax(torch.stack([y[:, 0, ::2, ::2], y[:, 1, 1::2, 1::2]], 1), 1)


FORMS = {
    "tokens": (Tokens, (1, 9, 12)),
    "branches": (Branches, (1, 10, 9)),
    "gated": (Gated, (1, 5, 7)),
    "last channels": (LastChannels, (1, 6, 8)),
}


@pytest.mark.parametrize("form", FORMS)
def test_networks_as_people_write_them_see_what_they_see(form):
    make, shape = FORMS[form]
    _, differing = compare(make(), shape)
    assert differing == []


KERNEL = torch.ones(4, 2, 3, 2)
FUNCTIONS = {
    "unfold": lambda x: F.unfold(x, (3, 2), padding=(1, 0), dilation=(1, 2), stride=2)[..., None],
    "views of windows": lambda x: x.unfold(3, 3, 2).amax(4),
    "glu": lambda x: F.glu(x, 1),
    "maximum along an axis": lambda x: x.max(3).values[..., None],
    "maximum of two": lambda x: torch.max(x, x.flip(2)),
    "product of matrices": lambda x: x @ x[:, :1, :4].mT,
    "uneven convolution": lambda x: F.conv2d(x, KERNEL, padding=(2, 0), stride=(1, 2), dilation=(2, 1)),
    "convolution with an even kernel": lambda x: F.conv2d(x, KERNEL, padding="same"),
    "transposed convolution": lambda x: F.conv_transpose2d(x, KERNEL[:2], stride=(3, 2), padding=1, dilation=(1, 2)),
    "convolution of rows": lambda x: F.conv1d(x.flatten(2), KERNEL[..., 0], padding=1)[..., None],
    "pool of powers": lambda x: F.lp_pool2d(x, 2, (2, 3)),
    "pool that rounds up": lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True),
    "pool with holes": lambda x: F.max_pool2d(x, (2, 3), 1, dilation=(3, 2)),
    "shares": lambda x: F.adaptive_avg_pool2d(x, (4, 3)),
    "areas": lambda x: F.interpolate(x, (4, 5), mode="area"),
    "nearest by a factor": lambda x: F.interpolate(x, scale_factor=(1.5, 0.5)),
    "lengths": lambda x: F.normalize(x, dim=3),
    "instance norm": F.instance_norm,
    "root mean square": lambda x: F.rms_norm(x, (8,)),
    "mixture": lambda x: x.lerp(x.roll(1, 3), 0.5),
    "turned in place": lambda x: x.clone().transpose_(2, 3),
    "circular padding": lambda x: F.pad(x, (2, 1, 0, 1), mode="circular"),
    "cut by padding": lambda x: F.pad(x, (-2, 3, 0, -1)),
    "pixels to channels": lambda x: F.pixel_unshuffle(x, 2),
    "written into zeros": lambda x: written_into(torch.zeros(1, 2, 9, 9), x),
    "gathered": lambda x: x.index_select(2, torch.tensor([3, 0, 3])),
}


def written_into(target, x):
    target = target.repeat(len(x), 1, 1, 1)
    target[:, :, 1:7, :8] = x
    return target


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_answers_depends_on_what_it_looks_at(name):
    _, differing = compare(Calls(FUNCTIONS[name]), (2, 6, 8), ["add()"])
    assert differing == []


class Calls(nn.Module):
    """Calls a function on maps and works on with its answer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x * 1.5) + 0


UNRULED = {
    "running sums": lambda x: x.cumsum(3),
    "weights from the picture": lambda x: F.conv2d(x, x[:1, :, :2, :2]),
    "sums over names": lambda x: torch.einsum("nchw,nchw->nhw", x, x)[:, None],
}


@pytest.mark.parametrize("name", UNRULED)
def test_what_no_rule_fits_sees_too_much_rather_than_too_little(name):
    boxes = found(Calls(UNRULED[name]).eval(), ["add()"], (2, 6, 8))["add()"]
    assert (boxes == [0, 0, 6, 8]).all()


def test_pictures_made_larger_see_only_what_they_are_mixed_from():
    network = Scales()
    for weights in network.parameters():
        nn.init.uniform_(weights, 0.5, 1)
    boxes, differing = compare(network, (1, 8, 12), mark=1.0)
    assert differing == []
    assert boxes["interpolate()"][0, 0, 0].tolist() == [0, 0, 6, 6]


# M. Sandler et al. (2018) and A. Araujo et al., "Computing Receptive Fields of Convolutional Neural Networks" (2019),
# table 1 and its formulas: the sides of the fields. VGG16 ends with a pool here, MobileNetV2 before one.
SIDES = [("alexnet", "conv5", 163), ("alexnet", "pool5", 195), ("vgg16", "pool5", 212), ("mobilenet_v2", "last", 491)]


@pytest.mark.parametrize(("name", "layer", "side"), SIDES)
def test_fields_of_known_networks_have_the_published_sides_also_beyond_the_picture(name, layer, side):
    network = zoo.load(name)
    fields = receptive_fields(network.module, [layer], network.shape)[layer]
    rows, columns = (places.ravel() for places in np.indices(fields.shape[1:]))
    top, left, bottom, right = fields.boxes(np.zeros_like(rows), rows, columns).T
    assert set(bottom - top) == set(right - left) == {side}
    step = 16 if name == "alexnet" and layer == "conv5" else 32
    assert np.array_equal(top - top[0], rows * step)
    assert np.array_equal(left - left[0], columns * step)


def test_the_first_convolution_of_alexnet_reaches_two_pixels_beyond_the_picture():
    network = zoo.load("alexnet").module
    assert receptive_field(network, "conv1", (0, 54), (3, 224, 224)) == (-2, 214, 9, 225)
    assert receptive_field(network, "relu2", (13, 0), (3, 224, 224)) == (86, -18, 137, 33)


def test_classes_and_whole_layers_see_the_whole_picture():
    network = zoo.load("mobilenet_v2").module
    assert receptive_field(network, "classes", None, (3, 224, 224)) == (0, 0, 224, 224)
    assert receptive_field(network, "pool", (0, 0), (3, 224, 192), channel=5) == (0, 0, 224, 192)
    assert receptive_field(network, "conv1", None, (3, 224, 224)) == (-1, -1, 224, 224)


class Strange(nn.Module):
    """Parts that no rule knows: a traced module, a function without a rule, numbers that depend on no pixel."""

    def __init__(self):
        super().__init__()
        self.traced = torch.jit.trace(nn.Conv2d(1, 1, 3, padding=1), torch.zeros(1, 1, 5, 5))
        self.after, self.constant = nn.Conv2d(1, 1, 1), nn.Identity()

    def forward(self, x):
        before = self.after(x)
        sorted_ = torch.sort(before, 3).values
        return self.traced(x) + self.constant(torch.ones(1, 1, 5, 5)) + sorted_


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_what_no_rule_knows_sees_all_that_it_is_given():
    network = Strange().eval()
    assert receptive_field(network, "after", (2, 3), (1, 5, 5)) == (2, 3, 3, 4)
    assert receptive_field(network, "sort()", (2, 3), (1, 5, 5)) == (0, 0, 5, 5)
    assert receptive_field(network, "add()", (2, 3), (1, 5, 5)) == (0, 0, 5, 5)
    with pytest.raises(ValueError, match=r"no tensor that depends on the picture: constant\."):
        receptive_field(network, "constant", (0, 0), (1, 5, 5))


def test_a_module_that_runs_twice_sees_more_the_second_time():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3, padding=1)

        def forward(self, x):
            return self.conv(self.conv(x))

    network = Twice()
    assert receptive_field(network, "conv", (4, 4), (1, 9, 9)) == (3, 3, 6, 6)
    assert receptive_field(network, "conv@2", (4, 4), (1, 9, 9)) == (2, 2, 7, 7)
    assert receptive_field(network, "conv@2", (0, 8), (1, 9, 9)) == (-2, 6, 3, 11)


def test_a_layer_channel_or_position_that_there_is_not_is_a_sentence():
    network = zoo.load("alexnet").module
    for layer, position, channel, said in (
        ("conv9", (0, 0), 0, 'no layer "conv9"'),
        ("conv5", (13, 0), 0, r"rows 0 to 12 and the columns 0 to 12, got \(13, 0\)"),
        ("conv5", (0, 0), 256, "channels 0 to 255, got 256"),
    ):
        with pytest.raises(ValueError, match=said):
            receptive_field(network, layer, position, (3, 224, 224), channel)


def test_the_network_is_left_as_it_was():
    network = nn.Sequential(nn.Conv2d(1, 1, 3), nn.ReLU())
    receptive_field(network, "1", (0, 0), (1, 9, 9))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())
    assert torch.overrides._len_torch_function_stack() == 0
