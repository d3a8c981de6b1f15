"""How the learning rate goes over the steps of a training."""

from dataclasses import dataclass

FIRST_PART, FIRST_SHARE, LAST_SHARE = 0.2, 0.04, 1e-4  # of one cycle: how long it rises, where it begins and ends


@dataclass(frozen=True)
class Dropping:
    """A rate that is divided by ten every `every` steps."""

    start: float
    every: int
    steps: int

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        return self.start * 0.1 ** (step // self.every)


@dataclass(frozen=True)
class OneCycle:
    """A rate that rises to `top` along a line and falls to nearly nothing along another (Smith and Topin 2018)."""

    top: float
    steps: int

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        risen = step / max(1.0, FIRST_PART * self.steps)
        if risen < 1:
            return self.top * (FIRST_SHARE + (1 - FIRST_SHARE) * risen)
        left = (self.steps - step) / max(1.0, (1 - FIRST_PART) * self.steps)
        return self.top * max(LAST_SHARE, left)


Schedule = Dropping | OneCycle

THESIS = Dropping(0.01, 100_000, 450_000)  # section 5.6
FAST = Dropping(0.0125, 64_000, 200_000)  # section 5.7
