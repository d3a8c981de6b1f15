"""From the last answer of a network to the probabilities of its classes."""

import torch
from torch import Tensor

_SUM_OF_SHARES = 1e-3  # how far from 1 the sum of probabilities may lie by rounding


def to_shares(answer: Tensor) -> Tensor:
    """Return the probabilities of classes: (n, classes), also of a network that ends with a softmax of its own.

    answer : (n, classes), float: logits, or probabilities, known row by row by being 0 or more and adding up to 1
    """
    are_shares = (answer >= 0).all(1, keepdim=True) & ((answer.sum(1, keepdim=True) - 1).abs() < _SUM_OF_SHARES)
    return torch.where(are_shares, answer, answer.softmax(1))
