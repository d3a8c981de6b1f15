"""neat-python's recurrent network, which the bench compares with, too: each value computed point by point."""

from nbutils.bench.forms_peers import SCALARS, answer

__all__ = ["SCALARS", "answer"]
