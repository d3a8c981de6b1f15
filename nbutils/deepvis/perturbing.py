"""The smallest change of a picture that changes what a network takes it for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from nbutils.zoo import Network, prepare

STEPS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Flip:
    """Whether the first guess changes when every colour of every pixel moves by a few grey levels.

    flipped : (steps,), bool: when each moves in the direction that the gradient says
    by_chance : (steps,), bool: when each moves in a direction by chance
    """

    flipped: np.ndarray
    by_chance: np.ndarray


def find_flip(network: Network, pixels: np.ndarray, steps: Sequence[int] = STEPS, seed: int = 0) -> Flip:
    """Return at which steps the first guess changes.

    One step against the sign of the gradient of the first guess's log-probability (I. Goodfellow et al., "Explaining
    and Harnessing Adversarial Examples", 2014, section 4), in whole grey levels, so that the result is a picture.

    pixels : (size, size, 3), uint8, sRGB
    steps : grey levels
    """
    first = guess(network, pixels)
    away = -find_direction(network, pixels, first)
    chance = np.random.default_rng(seed).choice(np.array([-1, 1], np.int16), pixels.shape)
    flipped = [guess(network, move(pixels, away, step)) != first for step in steps]
    by_chance = [guess(network, move(pixels, chance, step)) != first for step in steps]
    return Flip(np.array(flipped), np.array(by_chance))


def find_direction(network: Network, pixels: np.ndarray, unit: int) -> np.ndarray:
    """Return for each number of a picture whether more of it raises a class's log-probability: (size, size, 3), int16.

    pixels : (size, size, 3), uint8, sRGB
    """
    with torch.inference_mode(False), torch.enable_grad():
        given = prepare(network, pixels).clone().requires_grad_()
        torch.log_softmax(network.module(given)[0].float(), 0)[unit].backward()
    return np.sign(given.grad[0].permute(1, 2, 0).cpu().numpy()).astype(np.int16)


def move(pixels: np.ndarray, direction: np.ndarray, step: int) -> np.ndarray:
    """Return the picture with every number moved by a step, kept within 0..255: (size, size, 3), uint8.

    direction : (size, size, 3), int16, -1 to 1
    """
    return np.clip(pixels.astype(np.int16) + step * direction, 0, 255).astype(np.uint8)


def guess(network: Network, pixels: np.ndarray) -> int:
    """Return the place of the class that the network finds most probable."""
    with torch.inference_mode():
        return int(network.module(prepare(network, pixels))[0].argmax())
