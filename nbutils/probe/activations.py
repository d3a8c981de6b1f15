"""What the layers of a network answer to a picture."""

import difflib
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nbutils.probe.layers import first_tensor


class _AllReachedError(Exception):
    """Raised inside a forward pass to leave it as soon as everything asked for is there."""


def activations(network: nn.Module, pictures: Tensor, names: Sequence[str]) -> dict[str, Tensor]:
    """Return what the named layers answer; the pass stops at the deepest of them.

    The answers are the caller's own: later in-place layers do not change them.
    pictures : (n, channels, height, width), float, as the network takes it
    Raises ValueError for a layer that the network does not have, or that this pass never reached.
    """
    modules = _find_modules(network, names)
    answers: dict[str, Tensor] = {}

    def keep(name: str, output: object) -> None:
        answer = first_tensor(output)
        if answer is None or name in answers:
            return
        if len(answers) + 1 == len(modules):
            answers[name] = answer
            raise _AllReachedError
        answers[name] = answer.clone()

    hooks = [
        module.register_forward_hook(lambda _module, _input, output, name=name: keep(name, output))
        for name, module in modules.items()
    ]
    try:
        with torch.inference_mode():
            network(pictures)
    except _AllReachedError:
        return answers
    finally:
        for hook in hooks:
            hook.remove()
    missed = [name for name in modules if name not in answers]
    raise ValueError(f"These layers never ran or answered with no tensor: {', '.join(missed)}.")


def _find_modules(network: nn.Module, names: Sequence[str]) -> dict[str, nn.Module]:
    """Return the modules of those names, without repeats; ValueError names the nearest for a wrong one."""
    if not names:
        raise ValueError("Name at least one layer to look at.")
    found = {}
    for name in names:
        try:
            found[name] = network.get_submodule(name)
        except AttributeError:
            known = [known for known, _ in network.named_modules() if known]
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.3)
            hint = f" The nearest are: {', '.join(near)}." if near else ""
            raise ValueError(f'The network has no layer "{name}".{hint}') from None
    return found
