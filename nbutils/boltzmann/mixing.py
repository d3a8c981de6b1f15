"""How fast Gibbs chains forget where they were: slow mixing is the price of good reconstruction (thesis, 4.3.5)."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Mixing:
    """How consecutive samples of chains differ.

    changed : share of chains whose visible units are not all as they were a step before, mean over steps
    moved : mean absolute difference of a visible unit from a step before; the share that flipped if units are binary
    autocorrelation : at lags 0, 1, ... steps; 1 at lag 0, about 0 where a chain has forgotten; nan if nothing varies
    autocorrelation_time : how many steps one independent sample takes, at least (integrated). It cannot tell of modes
        that no chain has reached
    """

    changed: float
    moved: float
    autocorrelation: tuple[float, ...]
    autocorrelation_time: float


def measure_mixing(samples: Tensor, lags: int) -> Mixing:
    """Return how chains mix that run beside each other.

    samples : (steps, chains, visible), float: all consecutive samples, or samples always as many steps apart, which
        then are what a lag and `autocorrelation_time` count
    lags : how many steps apart samples are compared, at most
    Raises ValueError for fewer than 2 samples, and for lags that are not 1 to the number of samples less 1.
    """
    if samples.dim() != 3 or len(samples) < 2 or not 1 <= lags < len(samples):
        raise ValueError(
            "Mixing is measured on 2 or more samples (steps, chains, visible) with lags from 1 to steps - 1, got "
            f"{tuple(samples.shape)} and {lags} lags."
        )
    differences = samples[1:] - samples[:-1]
    autocorrelation = autocorrelate(samples, lags)
    return Mixing(
        changed=float(differences.ne(0).any(2).float().mean()),
        moved=float(differences.abs().mean()),
        autocorrelation=autocorrelation,
        autocorrelation_time=integrate(autocorrelation),
    )


def autocorrelate(samples: Tensor, lags: int) -> tuple[float, ...]:
    """Return the correlation of samples 0, 1, ... lags steps apart.

    Each visible unit is taken less its mean over all chains and steps, so that chains which stay apart count as
    correlated; units count by their variance.

    samples : (steps, chains, visible), float
    """
    steps = len(samples)
    centred = samples - samples.mean((0, 1))
    variance = float(centred.square().mean())
    if not variance > 0:
        return (math.nan,) * (lags + 1)
    # Wiener-Khinchin: all lags at once, by the power spectrum of samples with as many zeros behind them.
    spectra = (torch.fft.rfft(chain, 2 * steps, dim=0).abs().square() for chain in centred.unbind(1))
    power = sum(spectrum.sum(1, dtype=torch.float64) for spectrum in spectra)
    products = torch.fft.irfft(power, 2 * steps)[: lags + 1].tolist()
    pairs = [(steps - lag) * centred[0].numel() for lag in range(lags + 1)]
    return tuple(product / number / variance for product, number in zip(products, pairs, strict=True))


def integrate(autocorrelation: tuple[float, ...]) -> float:
    """Return the integrated autocorrelation time, 1 + 2 times the sum over lags, in steps.

    Pairs of lags are summed up until the first whose sum is not positive (C. Geyer, "Practical Markov chain Monte
    Carlo", 1992, section 3.3: the initial positive sequence); before that, the lags given may end.

    autocorrelation : at lags 0, 1, ...
    """
    pairs = [sum(autocorrelation[start : start + 2]) for start in range(0, len(autocorrelation), 2)]
    if math.isnan(pairs[0]):
        return math.nan
    last = next((place for place, pair in enumerate(pairs) if pair <= 0), len(pairs))
    return 2 * sum(pairs[:last]) - 1
