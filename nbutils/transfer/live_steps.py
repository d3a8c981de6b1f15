"""How far a network has come that is trained before one's eyes; without what computes it."""

from dataclasses import dataclass, field

import numpy as np

from nbutils.transfer.records import Run, RunSettings

FROZEN, LEARNING, TESTING, DONE = STAGES = ("frozen", "learning", "testing", "done")


@dataclass(frozen=True)
class Step:
    """How far a network has come.

    stage : "frozen" (the frozen layers answer to all pictures, once), "learning", "testing" or "done"
    done : how many of the steps of all stages
    epochs, accuracy, loss : (k,), float: the curve so far, as in Run
    run : what it found, once it is done
    """

    settings: RunSettings
    stage: str
    done: int
    epochs: tuple[float, ...] = field(default=(), repr=False)
    accuracy: tuple[float, ...] = field(default=(), repr=False)
    loss: tuple[float, ...] = field(default=(), repr=False)
    run: Run | None = field(default=None, repr=False)

    @property
    def reached(self) -> Run | None:
        """Return the run as far as it has come, to be drawn among others; None where nothing is measured yet."""
        if self.run is not None or not self.accuracy:
            return self.run
        curves = [np.array(values, np.float32) for values in (self.epochs, self.accuracy, self.loss)]
        return Run(self.settings, self.accuracy[-1], max(self.accuracy), 0.0, 0.0, "", "", "", *curves)
