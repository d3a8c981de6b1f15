"""Made-up runs for the tests of figures, tables and pages: no network was trained for them."""

import numpy as np

from nbutils.transfer.records import LAYERS, TREATMENTS, Run, RunSettings

# What each treatment has more than its base at n = 1 to 7; every run of a target differs from it by a little.
GAPS = {
    "BnB": (0.0, 0.0, -0.01, -0.03, -0.03, -0.01, 0.0),
    "AnB": (0.0, -0.01, -0.03, -0.06, -0.09, -0.16, -0.3),
    "BnB+": (0.0, 0.001, -0.001, 0.0, 0.001, 0.0, 0.001),
    "AnB+": (0.01, 0.012, 0.014, 0.016, 0.02, 0.022, 0.024),
    "random": (-0.05, -0.12, -0.2, -0.3, -0.35, -0.4, -0.45),
}
BASES = {"A": 0.9, "B": 0.78}
NOISE = 0.002


def make_run(score=0.8, best_ten=None, **settings):
    """A run with this score, and a curve that ends there."""
    epochs = np.linspace(0.5, 12, 24, dtype=np.float32)
    accuracy = (score * (1 - np.exp(-epochs / 2))).astype(np.float32)
    loss = np.exp(-epochs / 4).astype(np.float32)
    best = score - 0.001 if best_ten is None else best_ten
    facts = (score, best, 61.5, 2_600.0, "a processor", "train_one 1", "2026-01-02")
    return Run(RunSettings(**settings), *facts, epochs, accuracy, loss)


def make_grid(splits=("random-0", "random-1"), treatments=TREATMENTS, gaps=GAPS, noise=NOISE, **settings):
    """A whole grid: both directions, every n."""
    runs = []
    for place, split in enumerate(splits):
        for target, base in BASES.items():
            sign = (1 if target == "A" else -1) * (1 if place % 2 else -1)
            if "base" in treatments:
                runs.append(make_run(base, split=split, target=target, **settings))
            runs += [
                make_run(
                    base + gaps[name][n - 1] + sign * noise, split=split, target=target, treatment=name, n=n, **settings
                )
                for name in treatments
                if name != "base"
                for n in range(1, LAYERS)
            ]
    return tuple(runs)


def make_ladder(sizes=(10, 100, 1_000, 0), **settings):
    """Networks of all classes with fewer and fewer pictures of each."""
    return tuple(
        make_run(0.2 + 0.15 * place, split="all", target="A", per_class=size, **settings)
        for place, size in enumerate(sizes)
    )


def make_all():
    """All that the page draws: random halves, halves by nature, and fewer pictures."""
    return (*make_grid(), *make_grid(("nature",), ("base", "AnB", "BnB")), *make_ladder())
