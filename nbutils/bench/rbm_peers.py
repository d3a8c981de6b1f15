"""Other ways to do one update of contrastive divergence, to compare ours with: each a function of one mini-batch."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.util import find_spec

import numpy as np
import torch
from torch import Tensor

from nbutils.bench import CannotMeasureError
from nbutils.commands import as_typed

RATE, WEIGHT_RANGE = 0.001, 0.022
Update = Callable[[int], object]  # what to do with the mini-batch of that number


def numpy_float32(batches: Tensor, hidden: int, rate: float = RATE) -> Update:
    """Return contrastive divergence as a student writes it in numpy, with numbers of 32 bits.

    batches : (n, batch, visible), float32
    What is returned makes an update and returns its reconstructions, (batch, visible), 0 or 1.
    """
    examples = batches.numpy()
    rate = np.float32(rate)
    random = np.random.default_rng(0)
    visible = examples.shape[2]
    weights = random.uniform(-WEIGHT_RANGE, WEIGHT_RANGE, (visible, hidden)).astype(np.float32)
    visible_bias, hidden_bias = np.zeros(visible, np.float32), np.zeros(hidden, np.float32)

    def squash(values: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-values))

    def draw(probabilities: np.ndarray) -> np.ndarray:
        return (random.random(probabilities.shape, np.float32) < probabilities).astype(np.float32)

    def update(number: int) -> np.ndarray:
        nonlocal weights, visible_bias, hidden_bias
        data = examples[number % len(examples)]
        share = rate / np.float32(len(data))
        expected = squash(data @ weights + hidden_bias)
        model = draw(squash(draw(expected) @ weights.T + visible_bias))
        expected_model = squash(model @ weights + hidden_bias)
        weights += share * (data.T @ expected - model.T @ expected_model)
        visible_bias += share * (data - model).sum(0)
        hidden_bias += share * (expected - expected_model).sum(0)
        return model

    return update


def textbook_torch(batches: Tensor, hidden: int, rate: float = RATE) -> Update:
    """Return contrastive divergence as textbooks write it in torch: every result a new tensor.

    batches : (n, batch, visible), float32
    """
    visible = batches.shape[2]
    weights = torch.empty(visible, hidden).uniform_(-WEIGHT_RANGE, WEIGHT_RANGE)
    visible_bias, hidden_bias = torch.zeros(visible), torch.zeros(hidden)

    def update(number: int) -> Tensor:
        nonlocal weights, visible_bias, hidden_bias
        data = batches[number % len(batches)]
        expected = torch.sigmoid(data @ weights + hidden_bias)
        model = torch.bernoulli(torch.sigmoid(torch.bernoulli(expected) @ weights.t() + visible_bias))
        expected_model = torch.sigmoid(model @ weights + hidden_bias)
        weights = weights + rate * (data.t() @ expected - model.t() @ expected_model) / len(data)
        visible_bias = visible_bias + rate * (data - model).mean(0)
        hidden_bias = hidden_bias + rate * (expected - expected_model).mean(0)
        return model

    return update


def sklearn_partial_fit(batches: Tensor, hidden: int, rate: float = RATE) -> Update:
    """Return scikit-learn's update, persistent contrastive divergence, given examples of 32 bits; its weights have 64.

    batches : (n, batch, visible), float32
    """
    from sklearn.neural_network import BernoulliRBM

    examples = batches.numpy()
    machine = BernoulliRBM(hidden, learning_rate=rate, batch_size=examples.shape[1], random_state=0)

    def update(number: int) -> object:
        machine.partial_fit(examples[number % len(examples)])
        return machine

    return update


def hold_to_one_thread() -> AbstractContextManager:
    """Hold the matrix library of numpy and scikit-learn to one thread, as torch is, until the block ends.

    Raises CannotMeasureError where scikit-learn, which brings what this needs, is not installed.
    """
    if find_spec("sklearn") is None:
        command = as_typed("pip install scikit-learn==1.9.1")
        raise CannotMeasureError(f"scikit-learn, which ours is compared with, must be installed: {command}")
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def matrix_products(batch: int, visible: int, hidden: int) -> dict[str, tuple[Update, int]]:
    """Return the matrix products of one update, each by itself, and how often an update needs it.

    Up from the data and from the reconstruction, down once, and the statistics of both phases in one product: with the
    same library nothing that learns by contrastive divergence takes less.
    """
    weights, statistics = torch.rand(visible, hidden), torch.empty(visible, hidden)
    data, units = torch.rand(batch, visible), torch.rand(batch, hidden)
    up, down = torch.empty(batch, hidden), torch.empty(batch, visible)
    both_data, both_units = torch.rand(2 * batch, visible), torch.rand(2 * batch, hidden)
    return {
        "up": (lambda _number: torch.mm(data, weights, out=up), 2),
        "down": (lambda _number: torch.mm(units, weights.T, out=down), 1),
        "statistics": (lambda _number: torch.mm(both_data.T, both_units, out=statistics), 1),
    }


PEERS = {
    "sklearn_partial_fit": sklearn_partial_fit,
    "numpy_float32": numpy_float32,
    "textbook_torch": textbook_torch,
}
