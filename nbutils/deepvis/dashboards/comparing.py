"""A picture that is kept, so that the wall can show what changed since."""

import ipywidgets as ipw
import numpy as np
from torch import Tensor

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.probe import Layer
from nbutils.widgets import Wall, button

SMALL_HEIGHT = 96


class KeptPane:
    """The kept picture, small, and what each layer answers to it."""

    def __init__(self) -> None:
        self.keep = button("Keep this picture")
        self.forget = button("Forget it")
        self.caption = ipw.HTML().add_class("dv-whole")
        self.small = Wall(height=SMALL_HEIGHT, pickable=False).add_class("dv-whole")
        self.parts = (self.keep, self.forget, self.small, self.caption)
        self.pixels: np.ndarray | None = None
        self._answers: dict[tuple[str, str], Tensor] = {}
        self.clear()

    def hold(self, pixels: np.ndarray, name: str) -> None:
        """Keep this picture in place of another.

        pixels : (height, width, 3), uint8, sRGB
        """
        self.pixels = pixels.copy()
        self._answers.clear()
        self.small.label = f"the kept picture: {name}"
        self.small.show(self.pixels[None])
        self.caption.value = "<p class='dv-quiet'>Kept. <b>Difference</b> over the wall shows what changed since.</p>"
        self._set_shown(True)

    def clear(self) -> None:
        """Keep no picture."""
        self.pixels = None
        self._answers.clear()
        self._set_shown(False)

    def answer(self, network: zoo.Network, layer: Layer) -> Tensor | None:
        """Return what the layer answers to the kept picture, (channels, height, width) or (units,); None for none."""
        if self.pixels is None:
            return None
        key = (network.name, layer.name)
        if key not in self._answers:
            self._answers.clear()
            pixels = looking.fit_picture(self.pixels, network)
            self._answers[key] = looking.answer_of(network, layer, pixels)
        return self._answers[key]

    def _set_shown(self, shown: bool) -> None:
        for widget in (self.forget, self.caption, self.small):
            widget.layout.display = None if shown else "none"
