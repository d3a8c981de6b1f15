"""Running work: a store of what is finished, sweeps over many settings, and the number of threads."""

from nbutils.runs.store import Result, Store, Unwritable, version_of
from nbutils.runs.sweeping import Done, sweep
from nbutils.runs.threads import live_threads, threads

__all__ = ["Done", "Result", "Store", "Unwritable", "live_threads", "sweep", "threads", "version_of"]
