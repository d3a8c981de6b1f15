"""Random numbers that depend on a picture's seed and the step alone, not on its neighbours or on earlier draws.

So a batch makes the pictures that its parts make one by one, and a run that was stopped goes on as if it was not.
"""

import numpy as np
import torch


def draw_from(seed: int, step: int) -> torch.Generator:
    """Return the generator of one picture in one step; step 0 is its start."""
    mixed = np.random.SeedSequence((seed, step)).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(mixed >> np.uint64(1)))
