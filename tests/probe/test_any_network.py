"""Networks as people write them: re-used modules, functional calls, several outputs, one channel, branches."""

import pytest
import torch
from hypothesis import given, settings
from torch import nn
from torch.nn import functional as F

from nbutils.probe import activations, layers, unseen, watch
from tests.probe.generated import cases

GRAY = torch.linspace(-1, 1, 3 * 20 * 28).sin().reshape(3, 1, 20, 28)


def names(network, pictures=GRAY):
    return [layer.name for layer in layers(network.eval(), pictures)]


def all_hooks(network):
    kept = [(m._forward_hooks, m._forward_pre_hooks, m._backward_hooks) for m in network.modules()]
    return sum(len(hooks) for three in kept for hooks in three)


def all_modes():
    return torch.overrides._len_torch_function_stack()


@given(cases())
@settings(max_examples=60, deadline=None)
def test_layers_found_are_what_ran_and_answers_are_what_was_computed(case):
    found = layers(case.network, case.pictures)
    ran = dict(case.network.diary.answers)
    assert [layer.name for layer in found] == list(ran)
    assert [layer.shape for layer in found] == [tuple(answer.shape[1:]) for answer in ran.values()]
    answers = activations(case.network, case.pictures, list(ran))
    assert all(torch.equal(answers[name], ran[name]) for name in ran)
    assert all_hooks(case.network) == all_modes() == 0


@given(cases())
@settings(max_examples=40, deadline=None)
def test_answers_of_modules_equal_those_of_a_plain_forward_hook(case):
    expected = {}

    def keep_first(path, answer):
        if path not in expected:
            expected[path] = answer.clone()

    hooks = [
        module.register_forward_hook(lambda _module, _inputs, answer, path=path: keep_first(path, answer))
        for path, module in case.network.named_modules()
    ]
    with torch.inference_mode():
        case.network(case.pictures)
    for hook in hooks:
        hook.remove()
    del expected[""]
    for path in expected:
        assert torch.equal(activations(case.network, case.pictures, [path])[path], expected[path])


class BasicBlock(nn.Module):
    """The block of a ResNet as it is usually written."""

    def __init__(self, in_place):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.conv2, self.bn2 = nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=in_place)

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


@pytest.mark.parametrize("in_place", [False, True])
def test_a_resnet_block_shows_both_calls_of_its_relu_and_its_sum(in_place):
    torch.manual_seed(0)
    block = BasicBlock(in_place).eval()
    pictures = torch.randn(2, 4, 6, 9)
    network = nn.Sequential(block)
    assert names(network, pictures) == [
        f"0.{name}" for name in ("conv1", "bn1", "relu", "conv2", "bn2", "add()", "relu@2")
    ]
    with torch.no_grad():
        first = block.bn1(block.conv1(pictures)).clone()
        second = block.bn2(block.conv2(first.clamp(min=0))).clone()
        third = second + pictures
    answers = activations(network, pictures, ["0.bn1", "0.relu", "0.bn2", "0.add()", "0.relu@2", "0"])
    expected = [first, first.clamp(min=0), second, third, third.clamp(min=0), third.clamp(min=0)]
    for answer, value in zip(answers.values(), expected, strict=True):
        torch.testing.assert_close(answer, value)


class Functional(nn.Module):
    """Everything but the weights is a function; what it makes of its weights alone is no layer."""

    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(3, 1, 3, 3))

    def forward(self, x):
        kernel = self.kernel - self.kernel.mean((1, 2, 3), keepdim=True)
        x = F.max_pool2d(F.relu6(F.conv2d(x, kernel)), 2)
        x = F.dropout(torch.cat([x, F.relu(x)], 1), training=self.training)
        return F.adaptive_avg_pool2d(x * 2, 1).flatten(1) / 3


def test_a_network_of_functions_alone_is_seen_down_to_its_last_call():
    found = layers(Functional().eval(), GRAY)
    assert [(layer.name, layer.kind, layer.shape) for layer in found] == [
        ("conv2d()", "convolution", (3, 18, 26)),
        ("relu6()", "activation", (3, 18, 26)),
        ("max_pool2d()", "pooling", (3, 9, 13)),
        ("relu()", "activation", (3, 9, 13)),
        ("cat()", "join", (6, 9, 13)),
        ("mul()", "product", (6, 9, 13)),
        ("adaptive_avg_pool2d()", "pooling", (6, 1, 1)),
        ("div()", "product", (6,)),
    ]


class Several(nn.Module):
    """Answers with a tuple, a list or a dictionary; its trunk stands in two places."""

    def __init__(self, form):
        super().__init__()
        self.trunk = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.ReLU())
        self.other = nn.ModuleDict({"shared": self.trunk})
        self.form = form

    def forward(self, x):
        first = self.trunk(x)
        second = self.other["shared"](first)
        return {"tuple": (first, second), "list": [first, second], "dict": {"out": first, "aux": second}}[self.form]


@pytest.mark.parametrize("form", ["tuple", "list", "dict"])
def test_several_outputs_and_a_module_in_two_places(form):
    network = nn.Sequential(Several(form)).eval()
    assert names(network) == ["0.trunk.0", "0.trunk.1", "0.trunk.0@2", "0.trunk.1@2"]
    answers = activations(network, GRAY, ["0", "0.trunk", "0.trunk@2", "0.other.shared@2"])
    with torch.no_grad():
        first = network[0].trunk(GRAY)
        second = network[0].trunk(first)
    expected = {"0": first, "0.trunk": first, "0.trunk@2": second, "0.other.shared@2": second}
    assert answers.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(answers[name], value)


class Choosing(nn.Module):
    """Runs one of two branches, as the picture decides, and survives a branch that fails."""

    def __init__(self):
        super().__init__()
        self.bright, self.dark, self.broken = nn.Conv2d(1, 2, 1), nn.Conv2d(1, 3, 1), nn.Conv2d(7, 1, 1)

    def forward(self, x):
        try:
            x = self.broken(x)
        except RuntimeError:
            x = F.relu(x)
        return self.bright(x) if x.mean() > 0.5 else self.dark(x)


def test_control_flow_that_depends_on_the_picture():
    network = Choosing().eval()
    bright, dark = torch.ones(1, 1, 4, 6), torch.zeros(1, 1, 4, 6)
    assert names(network, bright) == ["relu()", "bright"]
    assert names(network, dark) == ["relu()", "dark"]
    with pytest.raises(ValueError, match=r"never ran.*: bright\."):
        activations(network, dark, ["bright"])


def test_a_wrong_function_or_a_call_too_many_is_answered_with_the_nearest():
    network = nn.Sequential(BasicBlock(in_place=False)).eval()
    pictures = torch.randn(1, 4, 6, 6)
    with pytest.raises(ValueError, match=r"never ran.*0\.relu@3\. The nearest are.*0\.relu@2"):
        activations(network, pictures, ["0.relu@3"])
    with pytest.raises(ValueError, match=r"never ran.*0\.ad\(\)\. The nearest are.*0\.add\(\)"):
        activations(network, pictures, ["0.ad()"])
    with pytest.raises(ValueError, match=r'no layer "0\.con\.relu\(\)".*0\.conv1'):
        activations(network, pictures, ["0.con.relu()"])


STRANGE = ["@", "@2", "()", "conv@0", "conv@-1", "a..b", "conv1@" + "9" * 5000, "\u00e9()", "a\nb"]


@pytest.mark.parametrize("name", STRANGE)
def test_strange_names_are_answered_with_a_sentence(name):
    with pytest.raises(ValueError, match=r"The network has no layer|These layers never ran"):
        activations(nn.Sequential(nn.Conv2d(1, 1, 1)), GRAY, [name])


def test_no_name_is_answered_with_a_sentence():
    with pytest.raises(ValueError, match="at least one"):
        activations(nn.Sequential(nn.Conv2d(1, 1, 1)), GRAY, [])


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_what_is_not_listed_is_said():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.scripted = torch.jit.trace(nn.Conv2d(1, 1, 1), GRAY)

        def forward(self, x):
            return torch.erf(self.scripted(x).relu()).sin().flatten(1)

    network = nn.Sequential(Odd()).eval()
    assert names(network) == ["0.relu()", "0"]
    assert unseen(network, GRAY) == ("0.erf()", "0.sin()", "0.scripted")
    answers = activations(network, GRAY, ["0.relu()", "0.erf()"])
    torch.testing.assert_close(answers["0.erf()"], answers["0.relu()"].erf())
    with pytest.raises(ValueError, match="outside Python"):
        activations(network, GRAY, ["0.scripted"])
    with pytest.raises(ValueError, match="outside Python"):
        layers(network[0].scripted, GRAY)


def test_a_whole_listed_network_leaves_nothing_unseen():
    assert unseen(Functional().eval(), GRAY) == ()


def test_watch_hands_over_the_very_tensors_that_flow_under_autograd():
    torch.manual_seed(0)
    network, pictures = BasicBlock(in_place=True).eval(), torch.randn(2, 4, 5, 5, requires_grad=True)
    came = {}
    with watch(
        network,
        ["add()", "relu", "bn1"],
        lambda name, answer: answer.register_hook(lambda gradient: came.setdefault(name, gradient.clone())),
    ):
        answer = network(pictures)
    answer.square().sum().backward()
    torch.testing.assert_close(came["add()"], 2 * answer.detach())
    assert list(came) == ["add()", "relu", "bn1"]
    first = network.bn1(network.conv1(pictures.detach()))
    torch.testing.assert_close(came["bn1"], came["relu"] * (first > 0))


def test_calls_are_counted_anew_in_each_pass():
    network, came = Several("tuple").eval(), []
    with torch.inference_mode(), watch(network, ["trunk@2"], lambda _name, answer: came.append(answer)):
        outputs = [network(GRAY), network(-GRAY)]
    assert len(came) == 2
    assert all(answer is second for answer, (_, second) in zip(came, outputs, strict=True))


def test_what_the_taker_computes_is_not_counted_as_the_networks_calls():
    network, came = nn.Sequential(BasicBlock(in_place=False)).eval(), {}

    def take(name, answer):
        came[name] = answer + answer

    with torch.inference_mode(), watch(network, ["0.bn1", "0.bn2", "0.add()"], take):
        network(torch.randn(1, 4, 6, 6))
    assert list(came) == ["0.bn1", "0.bn2", "0.add()"]
    assert float((came["0.add()"] - came["0.bn2"]).abs().max()) > 0


def test_what_torchs_own_layers_call_to_do_their_work_is_not_listed_beside_them():
    network = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect"), nn.Softmin(1), nn.Hardtanh())
    assert names(network) == ["0", "1", "2"]


@pytest.mark.parametrize("names_asked", [["0.conv1"], ["0.add()"]])
def test_nothing_stays_behind_after_an_exception(names_asked):
    network = nn.Sequential(BasicBlock(in_place=False)).eval()

    def refuse(name, _answer):
        raise KeyError(name)

    with (
        pytest.raises(KeyError, match=names_asked[0].replace("(", r"\(").replace(")", r"\)")),
        watch(network, names_asked, refuse),
    ):
        network(torch.randn(1, 4, 6, 6))
    with pytest.raises(RuntimeError):
        layers(network, GRAY)
    assert all_hooks(network) == all_modes() == 0


def test_two_hundred_passes_with_functions_hold_no_memory():
    import psutil

    network, pictures, process = BasicBlock(in_place=False).eval(), torch.zeros(1, 4, 96, 96), psutil.Process()
    for _ in range(20):
        activations(network, pictures, ["add()", "relu@2"])
    before = process.memory_info().rss
    for _ in range(200):
        activations(network, pictures, ["add()", "relu@2"])
    one_answer = 4 * 96 * 96 * 4
    assert process.memory_info().rss - before < 20 * one_answer
