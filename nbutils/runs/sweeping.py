"""One function over many settings, in several processes; what is finished is kept and never computed twice."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

from joblib.externals.loky.process_executor import ShutdownExecutorError, TerminatedWorkerError

from nbutils.runs.notes import forget_begun, note_failed, read_begun
from nbutils.runs.rounds import do_round, end_workers
from nbutils.runs.store import Result, Store, Unwritable, canonical, version_of
from nbutils.runs.working import Ending, work

MOST_DEATHS = 3
LONGEST_NAME = 200
LONGEST_DELAY = 3.0  # seconds until a shared folder shows what another machine has put there
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

    To stop, close the generator: the workers are ended, and nothing half-written stays. Where this process is killed,
    its workers end after the run that they are at, and keep it. Several sweeps may share a
    folder: a run that another one works on is waited for. A run that raises is yielded as a failure. A worker that dies
    costs what was under way, which begins anew; a run that ended its worker three times, the last time running alone,
    is yielded as a failure. Failures are tried again by the next sweep; until then watch() tells of them.
    In `with joblib.parallel_config(backend="dask")` the runs go to the workers of a dask cluster, which share the
    folder; one that a sweep is stopped in goes on with what it has begun and keeps it.
    Raises ValueError for settings that JSON does not hold or a function without VERSION, Unwritable where the folder
    cannot be written, and ClusterLost where the cluster goes away.
    """
    store = Store(Path(folder).absolute(), version_of(function))  # a worker elsewhere stands in another folder
    waiting: dict[int, dict] = {}
    try:
        for place, wanted in enumerate(settings):
            result = store.get(wanted)
            if result is None:
                waiting[place] = dict(wanted)
            else:
                yield Done(place, wanted, result, kept=True)
        yield from _run_all(partial(work, function, store, uuid4().hex), store, waiting, workers, beat)
    except GeneratorExit:
        end_workers()  # joblib ends those at work; others, whose runs have just ended, wait for the next ones
        raise


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
        busy: set[int] = set()
        for ending in _run_round(run, store, todo, deaths, 1 if suspects else workers, beat):
            if ending is None:
                yield None
            elif ending.word == "busy":
                busy.add(ending.place)
            else:
                yield _conclude(store, ending, waiting.pop(ending.place))
        for place in [place for place in waiting if deaths[place] >= MOST_DEATHS]:
            yield _fail(store, place, waiting.pop(place), f"it ended its worker {MOST_DEATHS} times and is left out.")
        if busy and len(busy) == len(waiting):
            yield from wait_for_others(store, waiting, beat)


def _run_round(
    run: Callable, store: Store, todo: dict[int, dict], deaths: Counter[int], workers: int | None, beat: float | None
) -> Iterator[Ending | None]:
    """Yield how runs ended until all have or a worker dies, and None in between; deaths are counted, not yielded."""
    flying: set[int] = set()
    given = {place: (wanted, max(1, MOST_DEATHS - 1 - deaths[place])) for place, wanted in todo.items()}
    try:
        with closing(do_round(run, given, workers, flying, beat)) as endings:
            for ending in endings:
                if ending is not None and ending.word in ("died", "killed"):
                    note = read_begun(store, todo[ending.place])
                    deaths[ending.place] += ending.deaths or (note.deaths + 1 if note else 1)
                    _tidy(store, [todo[ending.place]])
                else:
                    yield ending
    except TerminatedWorkerError:
        deaths.update(place for place in flying if read_begun(store, todo[place]))
    except RuntimeError as error:
        # joblib has one pool in a process: whoever closes another sweep takes it away from this one.
        if not isinstance(error.__context__, ShutdownExecutorError):
            raise
    finally:
        _tidy(store, [todo[place] for place in flying])


def _conclude(store: Store, ending: Ending, settings: dict) -> Done:
    """Return what became of a run; raise Unwritable where no other run could be kept either."""
    if ending.word == "unwritable":
        raise Unwritable(ending.sentence)
    if ending.word == "failed":
        return _fail(store, ending.place, settings, ending.sentence)
    result = _await(store, settings)
    if result is None:
        failure = (
            f"what it found does not lie in {store.folder}: it was removed, or its worker is on a computer that does "
            "not share this folder."
        )
        return Done(ending.place, settings, None, failure)
    return Done(ending.place, settings, result)


def _await(store: Store, settings: dict) -> Result | None:
    """Return a result that a worker has kept, as soon as the file system shows it, None where it does not."""
    until = time.monotonic() + LONGEST_DELAY
    while (result := store.get(settings)) is None and time.monotonic() < until:
        with suppress(OSError):
            list(store.folder.iterdir())  # a network file system asks its server anew when a folder is opened
        time.sleep(_ASK_AGAIN)
    return result


def _fail(store: Store, place: int, settings: dict, failure: str) -> Done:
    note_failed(store, settings, failure)
    return Done(place, settings, None, failure)


def wait_for_others(store: Store, waiting: dict[int, dict], beat: float | None) -> Iterator[Done | None]:
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
        with suppress(Unwritable), store.claimed(settings) as mine:
            if mine:
                forget_begun(store, settings)
