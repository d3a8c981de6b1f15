"""Networks and examples that train in a blink, for the tests."""

import numpy as np
import torch

from nbutils.nets.examples import Examples, make_examples
from nbutils.nets.networks import Network, build
from nbutils.nets.plans import PLANS, Plan
from nbutils.nets.schedules import OneCycle
from nbutils.nets.training import Training

DEVICES = ["cpu"] + ["cuda"] * torch.cuda.is_available()
SMALL = PLANS["small_32"]
CLASSES = 3


def make_images(count: int, seed: int = 0, plan: Plan = SMALL) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures whose brighter third tells their class, and their labels."""
    chance = np.random.default_rng(seed)
    images = chance.integers(0, 120, (count, plan.size, plan.size, plan.channels), dtype=np.uint8)
    labels = np.arange(count) % CLASSES
    third = plan.size // CLASSES
    for image, label in zip(images, labels, strict=True):
        image[:, label * third : (label + 1) * third] += 120
    return images, labels


def make_tiny(count: int = 48, versions: int = 2, seed: int = 0, plan: Plan = SMALL, device: str = "cpu") -> Examples:
    return make_examples(*make_images(count, seed, plan), plan, versions, seed).to(device)


def build_tiny(seed: int = 0, plan: Plan = SMALL, device: str = "cpu", classes: int = CLASSES) -> Network:
    return build(plan, classes, seed).to(device)


def make_training(steps: int = 6, frozen: int = 0, seed: int = 0, batch: int = 16, **more: object) -> Training:
    return Training(batch, OneCycle(0.02, steps), more.pop("validate_every", 3), frozen, seed, **more)


def last_of(steps):
    *_, last = steps
    return last


def copy_parameters(network: Network) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in network.named_parameters()}


def are_equal(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)
