"""Which unit pictures are made for: a layer, a class by its name or a unit by its number, or a line of one's own."""

from collections.abc import Callable, Iterator

import ipywidgets as ipw

from nbutils.deepvis import looking
from nbutils.deepvis.dashboards.telling import group_layers
from nbutils.preferred.objectives import (
    Objective,
    channel,
    class_of,
    find_class,
    layer,
    layers_of,
    logit,
    parse,
    probability,
    resolve,
    unit,
)
from nbutils.probe import Layer, find_layer
from nbutils.widgets.controls import choice, search, slider, typed
from nbutils.widgets.fold import Fold
from nbutils.zoo import Network

CLASSES = ""  # stands for the network's last answer in the list of layers
OF_CLASS = {"logit": "its score (logit)", "probability": "its probability"}
OF_LAYER = {"channel": "the whole map of a channel", "unit": "the neuron in the centre", "layer": "the whole layer"}
LONGEST = 2_000
SEPARATOR = ";"
LINE_HELP = (
    "<p class='dv-quiet'>logit, probability, unit, channel, direction and layer, with numbers, + - * and parentheses: "
    '<code>logit("gorilla") - 0.1 * channel("conv1", 3)</code></p>'
)


class UnitPane:
    """The controls that an objective is put together with.

    changed : changed(objectives) is called with new ones
    seeded : seeded(seed) is called with a new first seed
    """

    def __init__(self, changed: Callable[[tuple[str, ...]], object], seeded: Callable[[int], object]) -> None:
        self._changed = changed
        self._setting = False
        self._network: Network | None = None
        self._known: tuple[Layer, ...] = ()
        self._objectives: tuple[str, ...] = ()
        self.layer = choice("Layer", [("none", CLASSES)], CLASSES).add_class("dv-layer")
        self.kind = choice("What is raised", [(words, word) for word, words in OF_CLASS.items()])
        self.label = search("Class, by name", [("none", 0)], 0)
        self.number = slider("Unit, by number", 0, 0, 1, 1, wait=True)
        self.line = typed("Objectives, with ; between several", longest=LONGEST)
        self.seed = slider("First seed", 0, 0, 1000, 1, wait=True)
        self.parts = (self.label, self.number, self.kind)
        self.fold = Fold("Objective as a line, seed", [self.line, ipw.HTML(LINE_HELP), self.seed])
        for part, act in (
            (self.layer, self._choose_layer),
            (self.kind, self._build),
            (self.label, lambda: self._set_number(self.label.value)),
            (self.number, self._build),
            (self.line, self._read_line),
            (self.seed, lambda: seeded(int(self.seed.value))),
        ):
            part.observe(lambda _change, act=act: None if self._setting else act(), "value")

    def show(self, network: Network, known: tuple[Layer, ...], objectives: tuple[str, ...], seed: int) -> None:
        """Bring the controls to the objectives; those that they cannot show stand in the line alone."""
        chosen = simplest(objectives, network)
        self._objectives = objectives
        self._setting = True
        try:
            if network is not self._network:
                self._offer(network, known)
            self.seed.max = max(self.seed.max, seed)
            self.seed.value = seed
            self.line.value = f"{SEPARATOR} ".join(objectives)[:LONGEST]
            if chosen is not None:
                self._show_unit(chosen)
        finally:
            self._setting = False

    def name(self) -> str:
        """Return the unit in words."""
        chosen = simplest(self._objectives, self._network)
        if chosen is None:
            return self.line.value
        if chosen.word in OF_CLASS:
            return self._network.labels[chosen.parts[0]] if self._network.labels else f"class {chosen.parts[0]}"
        title = find_layer(self._known, chosen.parts[0]).title
        return title if chosen.word == "layer" else f"{title} · channel {chosen.parts[1]}"

    def _offer(self, network: Network, known: tuple[Layer, ...]) -> None:
        self._network, self._known = network, known
        classes = {"answer": [(f"classes · {len(network.labels)}", CLASSES)]} if network.labels else {}
        self.layer.offer({**classes, **group_layers(known)})
        if network.labels:
            self.label.offer([(label, number) for number, label in enumerate(network.labels)])

    def _show_unit(self, objective: Objective) -> None:
        is_class = objective.word in OF_CLASS
        self.layer.value = CLASSES if is_class else objective.parts[0]
        self._fit_to_layer()
        self.kind.value = objective.word
        if objective.word != "layer":
            self.number.value = objective.parts[0 if is_class else 1]
        if is_class and self._network.labels:
            self.label.value = self.number.value

    def _fit_to_layer(self) -> None:
        """Offer what can be raised in the chosen layer, and as many numbers as it has."""
        is_class = self.layer.value == CLASSES
        self.label.layout.display = None if is_class else "none"
        words = OF_CLASS if is_class else OF_LAYER
        kept = self.kind.value if self.kind.value in words else None
        self.kind.offer([(text, word) for word, text in words.items()], kept)
        count = len(self._network.labels) if is_class else find_layer(self._known, self.layer.value).channels
        self.number.max = max(1, count - 1)

    def _choose_layer(self) -> None:
        self._setting = True
        try:
            self._fit_to_layer()
            self.number.value = min(self.number.value, int(self.number.max))
        finally:
            self._setting = False
        self._build()

    def _set_number(self, number: int) -> None:
        self.number.value = number

    def _build(self) -> None:
        """Tell of the objective that the controls stand for."""
        number, name = int(self.number.value), self.layer.value
        if self.kind.value in OF_CLASS:
            labels = self._network.labels
            named = labels[number] if labels.count(labels[number]) == 1 else number
            made = {"logit": logit, "probability": probability}[self.kind.value](named)
        elif self.kind.value == "layer":
            made = layer(name)
        else:
            made = {"channel": channel, "unit": unit}[self.kind.value](name, number)
        self._changed((str(made),))

    def _read_line(self) -> None:
        lines = [part.strip() for part in self.line.value.split(SEPARATOR) if part.strip()]
        self._changed(tuple(lines))


def simplest(objectives: tuple[str, ...], network: Network) -> Objective | None:
    """Return the one objective as the controls can show it, its class by number; None for anything else."""
    objective = parse(objectives[0])
    if len(set(objectives)) > 1 or objective.word not in (*OF_CLASS, *OF_LAYER):
        return None
    if objective.word == "unit" and len(objective.parts) > 2:
        return None
    return resolve(objective, network.labels) if objective.word in OF_CLASS else objective


def check_objectives(objectives: tuple[str, ...], network: Network, known: tuple[Layer, ...]) -> None:
    """Raise ValueError for a class, layer or channel that the network does not have."""
    for line in dict.fromkeys(objectives):
        objective = parse(line)
        if (named := class_of(objective)) is not None:
            find_class(named, network.labels)
        for name in layers_of(objective) - {CLASSES}:
            find_layer(known, name)
        for name, number in _channels_of(objective):
            channels = find_layer(known, name).channels
            if number >= channels:
                raise ValueError(f'"{name}" has the channels 0 to {channels - 1}, got {number}.')


def _channels_of(objective: Objective) -> Iterator[tuple[str, int]]:
    """Yield the layer and the number of each channel that an objective is made of."""
    if objective.word in ("unit", "channel"):
        yield objective.parts[:2]
    for part in objective.parts:
        if isinstance(part, Objective):
            yield from _channels_of(part)


def first_objective(network: Network, known: tuple[Layer, ...]) -> str:
    """Return an objective that a network has: its first class, or the first channel of its last convolution."""
    if network.labels:
        return str(logit(network.labels[0]))
    return str(channel(looking.last_convolution(known).name, 0))
