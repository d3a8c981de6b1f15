"""One function over many settings, in several processes; what is finished is kept and never computed twice."""

import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import joblib
from joblib.externals.loky.process_executor import ShutdownExecutorError, TerminatedWorkerError
from joblib.parallel import get_active_backend

from nbutils.runs.store import Result, Store, Unwritable, canonical, unbound, version_of
from nbutils.runs.threads import one_thread, usable_cores

MOST_DEATHS = 3
LONGEST_NAME = 200
_LOOK_AGAIN = 0.02  # seconds between two looks at whether a run has ended
_ASK_AGAIN = 0.2  # seconds between two looks at what another process works on


@dataclass(frozen=True)
class Done:
    """One run that has ended.

    place : where its settings stand among those that were given
    result : what it found, None where it failed
    failure : why it failed, such as "ValueError: blur must be 0 to 20.", "" where it did not
    kept : whether the result lay in the store before the sweep began
    """

    place: int
    settings: Mapping[str, object]
    result: Result | None
    failure: str = ""
    kept: bool = False

    @property
    def sentence(self) -> str:
        """Return which run failed and why, for a person; "" where it did not."""
        text = canonical(self.settings)
        name = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
        return f"The run {name} failed: {self.failure}" if self.failure else ""


@dataclass(frozen=True)
class _Ending:
    """How a run ended in its worker: "kept", "busy" (another process has claimed it), "failed" or "unwritable"."""

    place: int
    word: str
    sentence: str = ""


def sweep(
    function: Callable[[dict], Result],
    settings: Sequence[Mapping[str, object]],
    folder: Path | str,
    workers: int | None = None,
    beat: float | None = None,
) -> Iterator[Done | None]:
    """Yield every run as it ends, in any order, those first that lie finished in the folder.

    function : function(settings) returns a Result; a module's function, with VERSION in its module, or a
        functools.partial of one, such as partial(train, folder=folder): a run that builds on others finds them there.
        What is bound is no part of the key. It gets settings and paths and no models: it loads what it needs, and
        keeps it with lru_cache for the next run of its worker
    settings : one dict a run, of what JSON holds
    workers : processes, each with one thread; None is as many as there are cores, or what joblib.parallel_config says
    beat : after so many seconds without a run that ended None is yielded, so that the caller may stop

    To stop, close the generator: the workers are ended, and nothing half-written stays. Several sweeps may share a
    folder: a run that another one works on is waited for. A run that raises is yielded as a failure. A worker that dies
    costs what was under way, which begins anew; a run that ended its worker three times, the last time running alone,
    is yielded as a failure. Failures are not kept.
    Raises ValueError for settings that JSON does not hold or a function without VERSION, and Unwritable where the
    folder cannot be written.
    """
    store = Store(Path(folder), version_of(function))
    waiting: dict[int, dict] = {}
    for place, wanted in enumerate(settings):
        result = store.get(wanted)
        if result is None:
            waiting[place] = dict(wanted)
        else:
            yield Done(place, wanted, result, kept=True)
    yield from _run_all(partial(_run, function, store), store, waiting, workers, beat)


def _run_all(
    run: Callable, store: Store, waiting: dict[int, dict], workers: int | None, beat: float | None
) -> Iterator[Done | None]:
    """Yield the runs that wait as they end: in rounds, for a round ends with the first worker that dies."""
    deaths: Counter[int] = Counter()
    while waiting:
        # A worker that dies takes those beside it along. Who was there all times but one runs alone for the last time:
        # only so it is known who ended the workers, and who stood beside.
        suspects = [place for place in waiting if deaths[place] >= MOST_DEATHS - 1]
        todo = {place: waiting[place] for place in suspects or waiting}
        busy, flying = set(), set()
        try:
            with closing(_round(run, todo, 1 if suspects else workers, flying, beat)) as endings:
                for ending in endings:
                    if ending is None:
                        yield None
                    elif ending.word == "busy":
                        busy.add(ending.place)
                    else:
                        yield _conclude(store, ending, waiting.pop(ending.place))
        except TerminatedWorkerError:
            deaths.update(place for place in flying if store.was_left(todo[place]))
        except RuntimeError as error:
            # joblib has one pool in a process: whoever closes another sweep takes it away from this one.
            if not isinstance(error.__context__, ShutdownExecutorError):
                raise
        finally:
            _tidy(store, [todo[place] for place in flying])
        for place in [place for place in waiting if deaths[place] >= MOST_DEATHS]:
            wanted = waiting.pop(place)
            yield Done(place, wanted, None, f"it ended its worker {MOST_DEATHS} times and is left out.")
        if busy and len(busy) == len(waiting):
            yield from _wait_for_others(store, waiting, beat)


def _round(
    run: Callable, todo: dict[int, dict], workers: int | None, flying: set[int], beat: float | None
) -> Iterator[_Ending | None]:
    """Yield how each run ended, in any order, and None in between; `flying` holds what is under way."""
    backend, configured = get_active_backend()
    if backend.supports_inner_max_num_threads and backend.inner_max_num_threads is None:
        backend.inner_max_num_threads = 1
    wide = workers or configured or usable_cores()

    def feed() -> Iterator[tuple]:
        for place, wanted in todo.items():
            flying.add(place)
            yield joblib.delayed(run)(place, wanted)

    # With one job joblib would run in this process, where a run that ends its process would end us all.
    parallel = joblib.Parallel(
        n_jobs=wide if wide < 0 else max(wide, 2),
        backend=backend,
        return_as="generator_unordered",
        batch_size=1,
        pre_dispatch="n_jobs" if wide < 0 else wide,
    )
    endings = parallel(feed())
    try:
        for taken in range(len(todo)):
            if beat is not None:
                yield from _beats(parallel, taken, beat)
            ending = next(endings)
            flying.discard(ending.place)
            yield ending
    finally:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning, module="joblib")
            endings.close()


def _beats(parallel: joblib.Parallel, taken: int, beat: float) -> Iterator[None]:
    """Yield None every `beat` seconds until a run has ended or a worker has died: the next one comes without delay."""
    if joblib.effective_n_jobs(parallel.n_jobs) == 1:
        return
    last = time.monotonic()
    # _aborting: joblib has no public word for a worker that died.
    while parallel.n_completed_tasks <= taken and not parallel._aborting:
        time.sleep(_LOOK_AGAIN)
        if time.monotonic() - last >= beat:
            yield None
            last = time.monotonic()


def _run(function: Callable, store: Store, place: int, settings: dict) -> _Ending:
    """Do one run in a worker and keep what it found."""
    try:
        with store.claimed(settings) as mine:
            if not mine:
                return _Ending(place, "busy")
            if store.get(settings) is None:
                one_thread()
                _compute(function, store, settings)
    except Unwritable as error:
        return _Ending(place, "unwritable", str(error))
    except Exception as error:  # noqa: BLE001  whatever it was, the other runs go on
        return _Ending(place, "failed", f"{type(error).__name__}: {error}")
    return _Ending(place, "kept")


def _compute(function: Callable, store: Store, settings: dict) -> None:
    result = function(settings)
    if not isinstance(result, Result):
        raise TypeError(f"{unbound(function).__qualname__} must return a Result, got {type(result).__name__}.")
    store.put(settings, result.arrays, result.facts)


def _conclude(store: Store, ending: _Ending, settings: dict) -> Done:
    """Return what became of a run; raise Unwritable where no other run could be kept either."""
    if ending.word == "unwritable":
        raise Unwritable(ending.sentence)
    if ending.word == "failed":
        return Done(ending.place, settings, None, ending.sentence)
    result = store.get(settings)
    if result is None:
        return Done(ending.place, settings, None, "what it found was removed before it was read.")
    return Done(ending.place, settings, result)


def _wait_for_others(store: Store, waiting: dict[int, dict], beat: float | None) -> Iterator[Done | None]:
    """Yield what other processes finish of the runs that wait, until one of these is free to be run here."""
    last = time.monotonic()
    while waiting:
        for place, settings in list(waiting.items()):
            with store.claimed(settings) as free:
                result = store.get(settings)
            if result is not None:
                yield Done(place, waiting.pop(place), result)
            elif free:
                return
        time.sleep(_ASK_AGAIN)
        if beat is not None and time.monotonic() - last >= beat:
            yield None
            last = time.monotonic()


def _tidy(store: Store, left: list[dict]) -> None:
    """Remove what ended workers had half written."""
    for settings in left:
        with suppress(Unwritable), store.claimed(settings):
            pass
