"""The runs of a sweep on a dask cluster.

joblib's own dask backend is asked for its client only: in joblib 1.6 it never returns when a worker dies too often
(`_collect` in joblib/_dask.py tells nobody of an error), runs in the calling process where the cluster has one core,
and gives nothing to workers that join later.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from uuid import uuid4

import dask
from distributed import Client, Future, KilledWorker, LocalCluster
from distributed.protocol import pickle

from nbutils.runs.working import Ending

_UNDER_WAY = ("pending", "lost")  # lost: with a worker that died, and computed anew
_LOOK_AGAIN = 0.05  # seconds between two looks at whether a run has ended


class ClusterLost(Exception):  # noqa: N818  the word that a person reads
    """The scheduler has gone or has forgotten what it was asked for; the text is a sentence."""


class _Ended(Exception):  # noqa: N818  no error of the suite's
    """How a run ended that was not kept: its only argument."""


def do_round(
    client: Client,
    options: Mapping[str, object],
    run: Callable,
    todo: dict[int, tuple],
    workers: int | None,
    flying: set[int],
    beat: float | None,
) -> Iterator[Ending | None]:
    """Yield how each run ended, as rounds.do_round does.

    options : of Client.submit, such as resources={"GPU": 1}
    To stop, close the generator: what waits is cancelled, what a worker has begun ends there and is kept.
    Raises ClusterLost.
    """
    ready = iter(todo.items())
    places: dict[Future, int] = {}
    # The scheduler unpickles whatever a task is made of. Packed it needs none of the modules that a run brings along.
    packed = pickle.dumps(run)

    def submit(count: int) -> None:
        for place, given in islice(ready, count):
            flying.add(place)
            key = f"run-{place}-{uuid4().hex}"
            places[client.submit(_run_or_raise, packed, place, *given, key=key, pure=False, **options)] = place

    last = time.monotonic()
    try:
        submit(workers or len(todo))
        while places:
            ended = [future for future in places if future.status not in _UNDER_WAY]
            for future in ended:
                ending = _read(future, places.pop(future))
                flying.discard(ending.place)
                submit(1)
                yield ending
            if not ended:
                time.sleep(_LOOK_AGAIN)
            if beat is not None and time.monotonic() - last >= beat:
                yield None
                last = time.monotonic()
    finally:
        with suppress(Exception):  # a cluster that has gone has nothing left to cancel
            client.cancel(list(places))


def _run_or_raise(packed: bytes, place: int, *given: object) -> None:
    """Do one run in a worker; raise _Ended where it was not kept.

    What a task returns lies with its worker and is lost with it; what it raises the scheduler keeps.
    """
    ending = pickle.loads(packed)(place, *given)
    if ending.word != "kept":
        raise _Ended(ending)


def _read(future: Future, place: int) -> Ending:
    """Return how a run ended whose future is no longer under way."""
    if future.status == "finished":
        return Ending(place, "kept")
    error = future.exception() if future.status == "error" else None
    if isinstance(error, _Ended):
        return error.args[0]
    if isinstance(error, KilledWorker):
        return Ending(place, "killed")
    if error is None:
        raise ClusterLost(
            "The dask cluster has gone or was restarted. What is finished stays: start again when it is back."
        )
    return Ending(place, "failed", f"{type(error).__name__}: {error}")


@contextmanager
def on_this_machine(workers: int, **options: object) -> Iterator[LocalCluster]:
    """Keep a dask cluster of processes with one thread each, without a web page, for the length of a block.

    options : of LocalCluster
    """
    patient = {
        # dask gives a place up whose worker has died and is not back after 15 seconds, which a busy machine may need.
        "distributed.deploy.lost-worker-timeout": "10m",
        "distributed.scheduler.worker-saturation": 1.0,  # no run waits behind another while a worker is free
    }
    with (
        dask.config.set(patient),
        LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=":0", memory_limit=0, **options
        ) as cluster,
    ):
        yield cluster
