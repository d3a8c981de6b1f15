"""Networks that hypothesis makes up, each of which keeps a diary of what its own code has computed."""

from collections import Counter
from dataclasses import dataclass, field

import torch
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS = 4


@dataclass
class Diary:
    """What the network's own code computed in its last pass, by the names that a person would give it."""

    answers: dict[str, Tensor] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)

    def note(self, place: str, answer: Tensor) -> Tensor:
        """Write down what was computed at a place, and hand it on."""
        self.calls[place] += 1
        name = place if self.calls[place] == 1 else f"{place}@{self.calls[place]}"
        self.answers[name] = answer.detach().clone()
        return answer


def convolution(side: int = 3, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(CHANNELS, CHANNELS, side, padding=side // 2, groups=groups)


def batch_norm() -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(CHANNELS)
    nn.init.uniform_(norm.running_mean, -0.5, 0.5)
    nn.init.uniform_(norm.running_var, 0.5, 2.0)
    return norm


MODULES = {
    "convolution": convolution,
    "depthwise": lambda: convolution(groups=CHANNELS),
    "batch norm": batch_norm,
    "group norm": lambda: nn.GroupNorm(2, CHANNELS),
    "ReLU": nn.ReLU,
    "ReLU6": nn.ReLU6,
    "LeakyReLU": nn.LeakyReLU,
    "PReLU": nn.PReLU,
    "ELU": nn.ELU,
    "GELU": nn.GELU,
    "SiLU": nn.SiLU,
    "Hardswish": nn.Hardswish,
    "max pool": lambda: nn.MaxPool2d(2, ceil_mode=True),
    "average pool": lambda: nn.AvgPool2d(2, ceil_mode=True),
}
FUNCTIONS = {
    "F.relu": ("relu()", F.relu),
    "torch.relu": ("relu()", torch.relu),
    "Tensor.relu": ("relu()", lambda x: x.relu()),
    "F.relu6": ("relu6()", F.relu6),
    "clamp": ("clamp()", lambda x: x.clamp(min=0)),
    "F.leaky_relu": ("leaky_relu()", F.leaky_relu),
    "F.gelu": ("gelu()", F.gelu),
    "F.max_pool2d": ("max_pool2d()", lambda x: F.max_pool2d(x, 2, ceil_mode=True)),
    "F.avg_pool2d": ("avg_pool2d()", lambda x: F.avg_pool2d(x, 2, ceil_mode=True)),
    "times": ("mul()", lambda x: 0.5 * x),
}
# A rectifier that overwrites its input stands behind a convolution, as it does in networks that can be trained.
IN_PLACE_MODULES = {"ReLU in place": lambda: nn.ReLU(inplace=True), "ReLU6 in place": lambda: nn.ReLU6(inplace=True)}
IN_PLACE_FUNCTIONS = {
    "F.relu in place": ("relu()", lambda x: F.relu(x, inplace=True)),
    "Tensor.relu_": ("relu()", lambda x: x.relu_()),
    "F.relu6 in place": ("relu6()", lambda x: F.relu6(x, inplace=True)),
}
BLOCKS = ("plus", "plus in place", "torch.add", "shared relu", "nested")
STEPS = (*MODULES, *FUNCTIONS, *IN_PLACE_MODULES, *IN_PLACE_FUNCTIONS, *BLOCKS, "join", "again")


class Residual(nn.Module):
    """A residual block whose sum is its answer, or is rectified by the relu that it has used once already."""

    def __init__(self, path: str, style: str, diary: Diary) -> None:
        super().__init__()
        self.path, self.style, self.diary = path, style, diary
        self.conv, self.norm, self.relu = convolution(), batch_norm(), nn.ReLU()
        self.inner = Residual(f"{path}.inner", "plus", diary) if style == "nested" else None

    def forward(self, x: Tensor) -> Tensor:
        note = self.diary.note
        y = note(f"{self.path}.conv", self.conv(x))
        if self.style == "shared relu":
            y = note(f"{self.path}.relu", self.relu(y))
        y = note(f"{self.path}.norm", self.norm(y))
        if self.style == "shared relu":
            y += x
            return note(f"{self.path}.relu", self.relu(note(f"{self.path}.add()", y)))
        if self.style == "plus in place":
            y += x
            return note(self.path, y)
        if self.inner is not None:
            x = self.inner(x)
        return note(self.path, torch.add(x, y) if self.style == "torch.add" else x + y)


class Generated(nn.Module):
    """Runs a convolution, the steps, and a linear layer on the mean of each channel."""

    def __init__(self, channels: int, steps: tuple[str, ...]) -> None:
        super().__init__()
        self.steps, self.diary = steps, Diary()
        self.stem, self.head = nn.Conv2d(channels, CHANNELS, 3, padding=1), nn.Linear(CHANNELS, 3)
        for number, step in enumerate(steps):
            if step in BLOCKS:
                self.add_module(f"part{number}", Residual(f"part{number}", step, self.diary))
            elif step in MODULES:
                self.add_module(f"part{number}", MODULES[step]())
            elif step in IN_PLACE_MODULES or step in IN_PLACE_FUNCTIONS:
                self.add_module(f"before{number}", convolution(1))
            elif step == "join":
                self.add_module(f"part{number}", nn.Conv2d(2 * CHANNELS, CHANNELS, 1))
            if step in IN_PLACE_MODULES:
                self.add_module(f"part{number}", IN_PLACE_MODULES[step]())

    def forward(self, x: Tensor) -> Tensor:
        self.diary.answers.clear()
        self.diary.calls.clear()
        x = self.diary.note("stem", self.stem(x))
        for number, step in enumerate(self.steps):
            if step == "again":
                # The newest step that can run again.
                number, step = next(((n, s) for n, s in _backwards(self.steps, number) if s != "again"), (0, "F.relu"))
            x = self._run(number, step, x)
        x = self.diary.note("mean()", x.mean((2, 3)))
        return self.diary.note("head", self.head(x))

    def _run(self, number: int, step: str, x: Tensor) -> Tensor:
        note, part = self.diary.note, getattr(self, f"part{number}", None)
        if step in BLOCKS:
            return part(x)
        if step in FUNCTIONS:
            name, function = FUNCTIONS[step]
            return note(name, function(x))
        if step in IN_PLACE_MODULES or step in IN_PLACE_FUNCTIONS:
            x = note(f"before{number}", getattr(self, f"before{number}")(x))
        if step in IN_PLACE_FUNCTIONS:
            name, function = IN_PLACE_FUNCTIONS[step]
            return note(name, function(x))
        if step == "join":
            x = note("cat()", torch.cat([x, -x], 1))
        return note(f"part{number}", part(x))


def _backwards(steps: tuple[str, ...], end: int) -> list[tuple[int, str]]:
    return [(number, steps[number]) for number in range(end - 1, -1, -1)]


@dataclass(frozen=True)
class Case:
    """A network in rest, and pictures for it."""

    network: Generated
    pictures: Tensor


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return networks of one to six steps with weights of their own, and one or two small pictures for each."""
    steps = draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=6))
    channels = draw(st.sampled_from([1, 3, 5]))
    height, width = draw(st.integers(5, 9)), draw(st.integers(5, 9))
    torch.manual_seed(draw(st.integers(0, 1000)))
    network = Generated(channels, tuple(steps)).eval()
    return Case(network, torch.randn(draw(st.integers(1, 2)), channels, height, width))
