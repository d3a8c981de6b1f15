"""What in a still picture a unit answers to, by methods that take their time: Grad-CAM, integrated gradients."""

from collections.abc import Iterator

import numpy as np
import torch
from torch.nn import functional as F

from nbutils.probe import Layer, Unit, draw_backward, find_layer, grad_cam, integrate_gradients
from nbutils.zoo import Network, prepare

WEIGHED = ("convolution", "linear", "attention")
FAINTEST = 0.2  # how much of the picture is left where Grad-CAM finds nothing, so that one sees where one is


def attribute(
    network: Network, known: tuple[Layer, ...], pixels: np.ndarray, unit: Unit, method: str, shown: str
) -> Iterator[np.ndarray]:
    """Yield the picture of "grad_cam" or "integrated" gradients: (height, width, 3), uint8, of what the network sees.

    Integrated gradients come in many steps, each with the picture so far.
    pixels : (size, size, 3), uint8, sRGB, at the network's own size
    shown : one of nbutils.probe.SHOWN; Grad-CAM knows places but no colours and lights up the picture instead
    Raises ValueError where Grad-CAM has no maps to weigh.
    """
    pictures = prepare(network, pixels)
    if method == "grad_cam":
        below = maps_below(known, unit)
        height, width = network.shape[1:]
        top, left = (network.size - height) // 2, (network.size - width) // 2
        seen = pixels[top : top + height, left : left + width]
        yield light_up(seen, grad_cam(network.module, pictures, unit, below.name)[0].float().cpu().numpy())
        return
    for so_far in integrate_gradients(network.module, pictures, unit):
        yield draw_backward(so_far, shown)


def maps_below(known: tuple[Layer, ...], unit: Unit) -> Layer:
    """Return the layer whose maps the unit's own weights read, the nearest with more than one place a map.

    Raises ValueError for a unit so near to the picture that there is none.
    """
    end = known.index(find_layer(known, unit.layer))
    weighed = [place for place in range(end + 1) if known[place].kind in WEIGHED]
    for layer in reversed(known[: weighed[-1]] if weighed else ()):
        if layer.is_spatial and layer.shape[1] * layer.shape[2] > 1:
            return layer
    raise ValueError(
        f"Grad-CAM weighs the maps below {known[end].title}, and below it is only the picture: "
        "choose a deeper layer or another method."
    )


def light_up(pixels: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Return the picture, dark where the heat is small: (height, width, 3), uint8.

    pixels : (height, width, 3), uint8, sRGB
    heat : (rows, columns), float32, 0 or more
    """
    size = pixels.shape[:2]
    wide = F.interpolate(torch.from_numpy(heat)[None, None], size, mode="bilinear", align_corners=False)[0, 0].numpy()
    share = FAINTEST + (1 - FAINTEST) * np.clip(wide / max(float(wide.max()), 1e-12), 0, 1)
    return np.round(pixels * share[..., None]).astype(np.uint8)
