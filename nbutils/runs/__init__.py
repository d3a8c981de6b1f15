"""Running work: threads now; a store of finished runs and sweeps when a chapter needs them."""

from nbutils.runs.threads import threads

__all__ = ["threads"]
