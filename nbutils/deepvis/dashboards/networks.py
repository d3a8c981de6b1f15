"""The networks that can be chosen in the live toolbox: those of the zoo and one's own."""

from collections.abc import Sequence

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.deepvis.view import NETWORKS
from nbutils.probe import Layer
from nbutils.probe.costs import count_multiplications
from nbutils.runs import live_threads, threads

TITLES = {
    "mobilenet_v2": "MobileNetV2",
    "efficientnet_lite0": "EfficientNet-Lite0",
    "alexnet": "AlexNet",
    "vgg16": "VGG16",
}
LARGEST_PICTURE, USUAL_PICTURE = 512, 224


class Networks:
    """Finds networks and their layers by name; those of the zoo are loaded when they are first asked for.

    own : further networks, made by zoo.wrap(); ValueError where two have one name
    """

    def __init__(self, own: Sequence[zoo.Network] = ()) -> None:
        names = [network.name for network in own]
        twice = sorted({name for name in names if name in NETWORKS or names.count(name) > 1})
        if twice:
            raise ValueError(f'Two networks are called "{twice[0]}": give each its own name, zoo.wrap(..., name=...).')
        self.titles = {**{name: TITLES[name] for name in NETWORKS}, **{network.name: network.title for network in own}}
        self._own = {network.name: network for network in own}
        self._known: dict[str, tuple[zoo.Network, tuple[Layer, ...]]] = {}
        self._left_out: dict[str, tuple[str, ...]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all networks that can be asked for."""
        return tuple(self.titles)

    def find(self, name: str) -> tuple[zoo.Network, tuple[Layer, ...]]:
        """Return the network of that name and its layers in execution order; ValueError where it has none."""
        if name not in self._known:
            network = self._own[name] if name in self._own else zoo.load(name)
            known = looking.list_layers(network)
            if not known:
                raise ValueError(f"{network.title} runs no layer that could be seen: there is nothing to look at.")
            self._known[name] = (network, known)
        return self._known[name]

    def list_left_out(self, name: str) -> tuple[str, ...]:
        """Return what of the network of that name cannot be seen among its layers."""
        if name not in self._left_out:
            self._left_out[name] = looking.list_left_out(self.find(name)[0])
        return self._left_out[name]

    def use_threads(self, *names: str) -> int:
        """Use as many threads as the heaviest of these networks needs to be live, and return how many."""
        found = [self.find(name) for name in names]
        return threads(live_threads(max(count_multiplications(network.module, known) for network, known in found)))

    def picture_size(self, *names: str) -> int:
        """Return the side at which pictures are kept: as the largest of these networks takes them, within bounds."""
        return min(max(USUAL_PICTURE, *(self.find(name)[0].size for name in names)), LARGEST_PICTURE)
