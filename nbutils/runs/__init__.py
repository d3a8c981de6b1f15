"""Running work: threads now; a store of finished runs and sweeps when a chapter needs them."""

from nbutils.runs.threads import live_threads, threads

__all__ = ["live_threads", "threads"]
