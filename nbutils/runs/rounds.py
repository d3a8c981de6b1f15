"""How the runs of a sweep come to workers: processes of this machine, or whatever joblib.parallel_config says."""

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import joblib
from joblib._parallel_backends import LokyBackend
from joblib.externals.loky import get_reusable_executor
from joblib.parallel import get_active_backend

from nbutils.runs.threads import usable_cores
from nbutils.runs.working import Ending

_LOOK_AGAIN = 0.02  # seconds between two looks at whether a run has ended


def do_round(
    run: Callable, todo: dict[int, tuple], workers: int | None, flying: set[int], beat: float | None
) -> Iterator[Ending | None]:
    """Yield how each run ended, in any order, and None in between; `flying` holds what is under way.

    run : run(place, *todo[place]) returns an Ending
    workers : how many runs at a time; None is as many as there are workers
    """
    backend, configured = get_active_backend()
    client = getattr(backend, "client", None)
    if client is None:
        yield from _do_by_joblib(run, todo, workers or configured or usable_cores(), flying, beat)
        return
    from nbutils.runs import clusters

    yield from clusters.do_round(client, backend.submit_kwargs, run, todo, workers, flying, beat)


def _do_by_joblib(
    run: Callable, todo: dict[int, tuple], wide: int, flying: set[int], beat: float | None
) -> Iterator[Ending | None]:
    backend, _ = get_active_backend()
    if backend.supports_inner_max_num_threads and backend.inner_max_num_threads is None:
        backend.inner_max_num_threads = 1

    run_here = partial(_work_for, os.getpid(), run) if isinstance(backend, LokyBackend) else run

    def feed() -> Iterator[tuple]:
        for place, given in todo.items():
            flying.add(place)
            yield joblib.delayed(run_here)(place, *given)

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


def end_workers() -> None:
    """End the processes of joblib's pool, which would wait for more work for five minutes."""
    backend, _ = get_active_backend()
    if isinstance(backend, LokyBackend):
        get_reusable_executor(reuse=True).shutdown(kill_workers=True)


def _work_for(parent: int, run: Callable, place: int, *given: object) -> Ending:
    """Do one run in a process of joblib's pool, whose life is its parent's to end."""
    with suppress(ValueError):  # not in the main thread
        # Ctrl-C reaches every process of a terminal: the parent decides what becomes of a run.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    ending = run(place, *given)
    if os.getppid() != parent:
        os._exit(0)  # the parent was killed: the pool would wait for more work for five minutes
    return ending


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
