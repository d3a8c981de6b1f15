"""One run of a sweep, as its worker does it, and how it may end."""

from collections.abc import Callable
from dataclasses import dataclass

from nbutils.runs.notes import count_deaths, noted
from nbutils.runs.store import Result, Store, Unwritable, unbound, version_of
from nbutils.runs.threads import one_thread


@dataclass(frozen=True)
class Ending:
    """How a run ended.

    word : "kept"; "busy", another process has claimed it; "failed"; "unwritable"; "died", it ended so many workers that
        it was not begun once more; "killed", the cluster has given it up
    deaths : with "died", how many
    """

    place: int
    word: str
    sentence: str = ""
    deaths: int = 0


def work(function: Callable, store: Store, sweep: str, place: int, settings: dict, allowed: int) -> Ending:
    """Do one run in a worker and keep what it found.

    sweep : the name of the sweep, under which deaths are counted
    allowed : with so many deaths a run is not begun again
    """
    try:
        return Ending(place, *_claim_and_work(function, store, sweep, settings, allowed))
    except Unwritable as error:
        return Ending(place, "unwritable", str(error))
    except Exception as error:  # noqa: BLE001  whatever it was, the other runs go on
        return Ending(place, "failed", f"{type(error).__name__}: {error}")


def _claim_and_work(function: Callable, store: Store, sweep: str, settings: dict, allowed: int) -> tuple:
    if version_of(function) != store.version:
        return "failed", (
            f"its worker has {version_of(function)}, the sweep {store.version}: install the same suite on all machines."
        )
    with store.claimed(settings) as mine:
        if not mine:
            return ("busy",)
        if store.get(settings) is not None:
            return ("kept",)
        deaths = count_deaths(store, settings, sweep)
        if deaths >= allowed:
            return "died", "", deaths
        with noted(store, settings, sweep, deaths):
            one_thread()
            result = function(settings)
            if not isinstance(result, Result):
                raise TypeError(f"{unbound(function).__qualname__} must return a Result, got {type(result).__name__}.")
            store.put(settings, result.arrays, result.facts)
        return ("kept",)
