"""Watch a network while it runs: what its modules, and the functions that they call, answer."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from nbutils.probe.functions import word_of
from nbutils.probe.sites import SCRIPTED, Site, find_site, is_scripted
from nbutils.probe.tokens import aspect_of, attention_weights, map_attention

Hear = Callable[[Site, Tensor], None]


@dataclass
class _Pass:
    """The forward pass under way."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    running: list[str] = field(default_factory=list)  # paths of the modules that run, the innermost last
    pictures: int = 1
    aspect: float = 1.0
    telling: bool = False  # a module's answer is being handed over: functions called now are not the network's

    def count(self, path: str, word: str) -> Site:
        """Count one more call and return its site."""
        self.calls[path, word] += 1
        return Site(path, word, self.calls[path, word])


@contextmanager
def watch(network: nn.Module, names: Sequence[str], take: Callable[[str, Tensor], None]) -> Iterator[None]:
    """Hand each named site's answer to `take` as the network runs inside the `with`, in execution order.

    A site is a module's path (its first call), `path@2` (its second call), `path.relu()` (the first F.relu, torch.relu
    or Tensor.relu that the module itself calls), `path.relu()@2`, and at the top of the network `relu()`; any torch
    function may be named, + is `add()`, * is `mul()`. `path.attention()` is the map of an attention call, (n, heads,
    grid height, grid width), of nn.MultiheadAttention and of F.scaled_dot_product_attention; it is computed beside the
    call. Attention written out as matmul and softmax is seen as these two.
    Of an answer that is a tuple, list or dictionary, its first tensor is taken: the very tensor that flows on, which
    later in-place layers change. Sites that the pass never reaches are never taken. What `take` raises ends the pass.
    Not seen: anything inside modules that torch.jit has scripted or traced; and where numbers are written into a part
    of x (x[:, 1:] += y), only that part is seen and not the new x.
    Raises ValueError that names the nearest modules for a module that the network does not have, and for a scripted
    one.
    """
    sites = {name: find_site(network, name) for name in dict.fromkeys(names)}
    if not sites:
        raise ValueError("Name at least one layer to look at.")
    calls_functions = any(site.word for site in sites.values())
    if calls_functions:
        sites = {name: _by_first_path(network, site) for name, site in sites.items()}
    asked: dict[Site, list[str]] = {}
    for name, site in sites.items():
        asked.setdefault(site, []).append(name)

    def hear(site: Site, answer: Tensor) -> None:
        for name in asked[site]:
            take(name, answer)

    paths = {site.path for site in asked}
    with listen(network, hear, asked) if calls_functions else _listen_to_modules(network, hear, asked, paths):
        yield


@contextmanager
def listen(network: nn.Module, hear: Hear, wanted: Container[Site] | None = None) -> Iterator[None]:
    """Let `hear` know every answer, or every wanted one, of modules and of the functions that they call.

    What `hear` does itself is not heard. A module that stands in several places is known by the first of them.
    """
    now = _Pass()
    modules = {path: module for path, module in network.named_modules() if not is_scripted(module)}

    def on_call(function: Callable, args: tuple, kwargs: dict, output: object) -> None:
        answer = first_tensor(output)
        word = word_of(function) if answer is not None else ""
        if not word or now.telling:
            return
        site = now.count(now.running[-1] if now.running else "", word)
        if wanted is not None and site not in wanted:
            return
        if word == "attention":
            answer = map_attention(_weights_of(function, args, kwargs), now.pictures, now.aspect)
        hear(site, answer)

    with _hooks(network, modules, now, hear, wanted), _Calls(on_call):
        yield


@contextmanager
def _listen_to_modules(network: nn.Module, hear: Hear, wanted: Container[Site], paths: set[str]) -> Iterator[None]:
    """Do as `listen` does for the modules of those paths alone, which costs a pass next to nothing."""
    with _hooks(network, {path: network.get_submodule(path) for path in paths}, _Pass(), hear, wanted):
        yield


@contextmanager
def _hooks(
    network: nn.Module, modules: Mapping[str, nn.Module], now: _Pass, hear: Hear, wanted: Container[Site] | None
) -> Iterator[None]:
    """Keep hooks on the modules, and one on the network itself that tells when a pass begins."""
    if is_scripted(network):
        raise ValueError(f"{SCRIPTED} Hand in the network that it was made from.")

    def begin(_module: nn.Module, inputs: tuple) -> None:
        pictures = first_tensor(inputs)
        now.calls.clear()
        now.running.clear()
        now.telling = False
        if pictures is not None and pictures.dim() > 0:
            now.pictures, now.aspect = len(pictures), aspect_of(pictures)

    def leave(path: str, output: object) -> None:
        del now.running[-1:]
        answer = first_tensor(output)
        if answer is None:
            return
        site = now.count(path, "")
        if wanted is None or site in wanted:
            now.telling = True
            hear(site, answer)
            now.telling = False

    def add_hooks(path: str, module: nn.Module) -> None:
        hooks.append(module.register_forward_pre_hook(lambda _module, _inputs: now.running.append(path)))
        # Always, because a network may go on after a module of its own has failed: its output is then None.
        leaving = module.register_forward_hook(lambda _module, _inputs, output: leave(path, output), always_call=True)
        hooks.append(leaving)

    hooks = [network.register_forward_pre_hook(begin)]
    try:
        for path, module in modules.items():
            add_hooks(path, module)
        yield
    finally:
        for hook in hooks:
            hook.remove()


class _Calls(TorchFunctionMode):
    """Calls `on_call(function, args, kwargs, output)` after each torch function that Python code calls."""

    def __init__(self, on_call: Callable[[Callable, tuple, dict, object], None]) -> None:
        super().__init__()
        self.on_call = on_call

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        output = function(*args, **kwargs)
        self.on_call(function, args, kwargs, output)
        return output


def first_tensor(output: object) -> Tensor | None:
    """Return the first tensor of an output, also inside tuples, lists and dictionaries; None where it holds none."""
    if isinstance(output, Tensor):
        return output
    if isinstance(output, Mapping):
        output = tuple(output.values())
    if isinstance(output, (tuple, list)):
        return next((found for part in output if (found := first_tensor(part)) is not None), None)
    return None


def _by_first_path(network: nn.Module, site: Site) -> Site:
    """Return the site under the first of the paths of its module, by which `listen` knows it."""
    module = network.get_submodule(site.path)
    return replace(site, path=next(path for path, known in network.named_modules() if known is module))


def _weights_of(function: Callable, args: tuple, kwargs: dict) -> Tensor:
    """Return the attention weights (..., queries, keys) of an attention call, from its own arguments."""
    if function is F.multi_head_attention_forward:
        kwargs = {**kwargs, "need_weights": True, "average_attn_weights": False, "training": False}
        return function(*args, **kwargs)[1]
    return attention_weights(*args, **kwargs)
