"""What a small binary machine does on average, from tables over all of its states, in numpy."""

import numpy as np

from tests.boltzmann.brute_force import states


def parts_of(machine):
    return tuple(part.double().numpy() for part in machine.parameters)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def joint(machine):
    """p(v, h) as a table: rows are visible states, columns hidden ones."""
    weights, b, c = parts_of(machine)
    v, h = states(machine.visible), states(machine.hidden)
    table = np.exp((v @ b)[:, None] + h @ c + v @ weights @ h.T)
    return table / table.sum()


def chances(means):
    """The probability of each state of independent units, for each row of their means."""
    kinds = states(means.shape[1])
    return np.prod(np.where(kinds[None] == 1, means[:, None], 1 - means[:, None]), axis=2)


def transition(machine):
    """T[v, w]: the probability that a Gibbs step leads from v to w."""
    weights, b, c = parts_of(machine)
    up = chances(logistic(states(machine.visible) @ weights + c))
    down = chances(logistic(states(machine.hidden) @ weights.T + b))
    return up @ down


def statistics(machine, shares):
    """The means of v p(h|v), v and p(h|v) where visible states have the given shares."""
    weights, _, c = parts_of(machine)
    v = states(machine.visible)
    p = logistic(v @ weights + c)
    return (v * shares[:, None]).T @ p, shares @ v, shares @ p


def gradients(machine, data, model):
    """What an update by the sum over one example adds: statistics of the data minus those of the model's shares."""
    return tuple(one - two for one, two in zip(statistics(machine, data), statistics(machine, model), strict=True))


def places(visible):
    """Which row of `states` each of (n, visible) is."""
    return (np.asarray(visible) @ 2 ** np.arange(visible.shape[1])[::-1]).astype(int)


def chi_square(visible, shares):
    """The p-value of Pearson's test that samples come from states with these shares."""
    from scipy import stats

    counts = np.bincount(places(visible), minlength=len(shares))
    return stats.chisquare(counts, shares / shares.sum() * len(visible)).pvalue
