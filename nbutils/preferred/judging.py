"""What a network that never saw a picture says about it."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from nbutils.preferred.objectives import find_class
from nbutils.probe import to_shares
from nbutils.zoo import Network
from nbutils.zoo.preparing import place_of

_AT_ONCE = 16


def judge(network: Network, pictures: np.ndarray | Tensor) -> np.ndarray:
    """Return the probabilities that a network gives its classes, (n, classes), float32.

    Pictures of another size are resized to the network's, smoothed first where they shrink.
    pictures : (n, channels, height, width), float, 0..1
    Raises ValueError for a network without classes and for pictures of another number of channels.
    """
    if network.labels is None:
        raise ValueError(f"{network.title} has no classes to judge by; choose a network that has.")
    pictures = torch.as_tensor(pictures)
    if pictures.dim() != 4 or pictures.shape[1] != network.shape[0]:
        raise ValueError(
            f"{network.title} judges pictures of shape (n, {network.shape[0]}, height, width), "
            f"these are {tuple(pictures.shape)}."
        )
    device, kind = place_of(network.module)
    mean, std = (torch.tensor(values, device=device)[:, None, None] for values in (network.mean, network.std))
    spread = []
    with torch.inference_mode():
        for part in pictures.split(_AT_ONCE):
            resized = part.to(device).float()
            if resized.shape[2:] != network.shape[1:]:
                resized = F.interpolate(resized, network.shape[1:], mode="bilinear", antialias=True)
            logits = network.module(((resized - mean) / std).to(kind))
            spread.append(to_shares(logits.float()).cpu())
    return torch.cat(spread).numpy()


def find_same_class(asked: Network, maker: Network, named: str | int) -> int | None:
    """Return the number that a network has for the class that another one was asked for, None where it has none.

    Networks are compared by the names of their classes, in small letters, as numbers may differ.
    named : the class's label or number in the maker
    """
    if asked.labels is None or maker.labels is None or asked.shape[0] != maker.shape[0]:
        return None
    label = maker.labels[find_class(named, maker.labels)].lower()
    known = [other.lower() for other in asked.labels]
    return known.index(label) if label in known else None
