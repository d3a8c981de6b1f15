"""Follow every number of a forward pass back to the box of pixels that it depends on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakIdKeyDictionary

from nbutils.probe.bounds import Bounds, bound_pixels, change
from nbutils.probe.calls import Call, depend_on_all, find_tensors
from nbutils.probe.dependences import depend
from nbutils.probe.functions import word_of
from nbutils.probe.sites import say_nearest
from nbutils.probe.tokens import arrange, aspect_of
from nbutils.probe.watching import watch
from nbutils.zoo.preparing import place_of


class Following(TorchFunctionMode):
    """While active, keeps the boxes of all numbers that torch functions make of the picture."""

    def __init__(self, picture: Tensor) -> None:
        super().__init__()
        self._found = WeakIdKeyDictionary({picture: bound_pixels(picture)})

    def find(self, tensor: Tensor) -> Bounds | None:
        """Return the boxes of a tensor's numbers; None where it depends on no pixel."""
        return self._found.get(tensor)

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        output = function(*args, **kwargs)
        if any(tensor in self._found for tensor in find_tensors((args, kwargs))):
            self._note(function, args, kwargs, output)
        return output

    def hear(self, module: nn.Module, args: tuple, kwargs: dict, output: object) -> None:
        """Give the boxes of all that it was given to what a module made where no function could be seen."""
        lost = [tensor for tensor in find_tensors(output) if tensor not in self._found]
        if lost and any(tensor in self._found for tensor in find_tensors((args, kwargs))):
            for answer in lost:
                call = Call(module.forward, "", args, kwargs, answer.shape, self.find)
                self._found[answer] = depend_on_all(call)

    def _note(self, function, args: tuple, kwargs: dict, output: object) -> None:
        """Keep the boxes of a call's answers."""
        word = word_of(function)
        answers = [args[0]] if word == "setitem" else find_tensors(output)
        if not answers:
            return
        call = Call(function, word, args, kwargs, answers[0].shape, self.find)
        made = depend(call)
        for place, answer in enumerate(answers if made else ()):
            bounds = made[min(place, len(made) - 1)]
            if bounds.shape != answer.shape:
                bounds = depend_on_all(Call(function, word, args, kwargs, answer.shape, self.find))
            self._found[answer] = bounds


def follow(network: nn.Module, names: Sequence[str], shape: tuple[int, int, int]) -> dict[str, Bounds]:
    """Return for every number that the named layers answer to a picture the box of pixels that it depends on.

    They have the shape of the answers of `activations` to one picture: (1, channels, height, width) or (1, units). The
    network is run once, on the mean picture (zeros). Names are those of `watch`.
    shape : (channels, height, width) of the picture
    Raises ValueError for a layer that the network does not have, or that this pass never reached.
    """
    device, kind = place_of(network)
    picture = torch.zeros(1, *shape, device=device, dtype=kind)
    following, found = Following(picture), {}

    def take(name: str, answer: Tensor) -> None:
        bounds = following.find(answer)
        if bounds is not None:
            found[name] = change(bounds, lambda side: arrange(side, 1, aspect_of(picture)))

    with torch.inference_mode(), following, _hooks(network, following), watch(network, names, take):
        network(picture)
    missed = [name for name in names if name not in found]
    if missed:
        known = [path for path, _ in network.named_modules() if path]
        raise ValueError(
            f"These layers never ran or answered with no tensor that depends on the picture: {', '.join(missed)}."
            f"{say_nearest(missed[0], known)}"
        )
    return {name: found[name] for name in dict.fromkeys(names)}


@contextmanager
def _hooks(network: nn.Module, following: Following) -> Iterator[None]:
    """Let `following` hear what every module answers."""
    hooks = [module.register_forward_hook(following.hear, with_kwargs=True) for module in network.modules()]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
