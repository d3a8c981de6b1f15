"""Tell what a network makes of its own weights, whatever the picture, from what it makes of the picture."""

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakIdKeyDictionary

from nbutils.probe.calls import find_tensors


class Constants(TorchFunctionMode):
    """While active, remembers every tensor that torch functions make of the network's weights alone.

    `tensor in constants` tells whether it is one of them: a standardized kernel, a table of positions.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        weights = [*network.parameters(), *network.buffers()]
        self._made = WeakIdKeyDictionary(dict.fromkeys(weights, True))

    def __contains__(self, tensor: Tensor) -> bool:
        return tensor in self._made

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        output = function(*args, **kwargs)
        if all(part in self._made for part in find_tensors((args, kwargs))):
            for part in find_tensors(output):
                self._made[part] = True
        return output
