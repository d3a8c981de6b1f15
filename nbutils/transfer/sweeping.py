"""A sweep over the chapter's runs that says what it does, ends at a signal and writes the table of results."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

from nbutils.commands import as_typed
from nbutils.runs.records import describe_origin
from nbutils.runs.signals import signals_noted
from nbutils.runs.sweeping import Done
from nbutils.runs.threads import usable_cores
from nbutils.transfer.grid import Plan, run_grid
from nbutils.transfer.monitoring import estimate_seconds, make_plan, read_run, require_pictures, runs_folder
from nbutils.transfer.records import RunSettings
from nbutils.transfer.results import load_results, write_results
from nbutils.transfer.wishes import Wish, list_runs, tell_line

BEAT = 0.25  # seconds between two looks at whether to stop
INTERRUPTED = 128 + signal.SIGINT
CONNECTING = 15  # seconds


class CannotSweepError(Exception):
    """The sweep cannot begin or go on; the text is a sentence."""


def follow(wish: Wish, say: Callable[..., None], run: Callable = run_grid) -> int:
    """Do what was asked for and return the exit code: 0, 1 where a run failed, 128 and more where a signal stopped it.

    say : click.echo, or what takes the same arguments
    run : run_grid, or another generator of its kind
    Raises ValueError, Unwritable, zoo.Unavailable and CannotSweepError.
    """
    wanted = list_runs(wish)
    folder = choose_folder(wish)
    plan = make_plan(wanted, folder)
    device = choose_device(wish)
    expected = estimate(plan, folder, wish.workers, device)
    for line in tell_plan(plan, expected, folder):
        say(line)
    if wish.only_plan:
        return 0
    if wish.only_table:
        write_table(wish, wanted, folder, say)
        return 0
    if plan.done < len(wanted):
        require_pictures(wanted)
    with ExitStack() as stack:
        # A signal that comes while the cluster is reached or processes start must not be lost.
        stopping = stack.enter_context(signals_noted())
        stack.enter_context(choose_cluster(wish))
        sweep = run(wanted, folder, wish.workers, BEAT, device)
        failed = report(stack.enter_context(closing(sweep)), plan, folder, expected and expected[0], stopping, say)
    if stopping:
        say(tell_stop(wish, plan, folder))
        return 128 + stopping[0]
    for done in failed:
        say(f"Failed: {name(wanted[done.place])}: {done.failure}")
    write_table(wish, wanted, folder, say)
    return 1 if failed else 0


def choose_folder(wish: Wish) -> Path:
    """Return the folder of the runs, a new one where one is to begin anew."""
    folder = (wish.folder or runs_folder()).expanduser().absolute()
    return folder.with_name(f"{folder.name}-{time.strftime('%Y%m%d-%H%M%S')}") if wish.fresh else folder


def choose_device(wish: Wish) -> str:
    """Return "cuda" where there is a card and neither a cluster nor a number of processes was asked for."""
    if wish.workers or uses_dask(wish):
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def uses_dask(wish: Wish) -> bool:
    """Say whether the runs go to a dask cluster."""
    return wish.backend == "dask" or wish.scheduler is not None


@contextmanager
def choose_cluster(wish: Wish) -> Iterator[None]:
    """Let joblib ask the cluster that was named for the length of a block, or one of this machine where none was.

    Raises CannotSweepError where there is none, or where it goes away.
    """
    if not uses_dask(wish):
        yield
        return
    import joblib

    try:
        from distributed import Client

        from nbutils.runs.clusters import ClusterLost, on_this_machine
    except ImportError as error:
        line = as_typed('pip install "dask==2026.8.0" "distributed==2026.8.0"')
        raise CannotSweepError(f"dask is not installed: {line}") from error
    with ExitStack() as stack:
        address = wish.scheduler
        if address is None:
            address = stack.enter_context(on_this_machine(wish.workers or usable_cores())).scheduler_address
        client = stack.enter_context(_connect(Client, address))
        stack.enter_context(joblib.parallel_config(backend="dask", client=client))
        try:
            yield
        except ClusterLost as error:
            raise CannotSweepError(str(error)) from error


def _connect(client: Callable[..., AbstractContextManager], address: str) -> AbstractContextManager:
    try:
        return client(address, timeout=CONNECTING)
    except (OSError, ValueError, TypeError) as error:
        raise CannotSweepError(
            f"No dask scheduler answers at {address}. Start one with `dask scheduler` and workers with `dask worker "
            f"{address} --nthreads 1`, or check the address ({type(error).__name__})."
        ) from error


def report(
    sweep: Iterator[Done | None],
    plan: Plan,
    folder: Path,
    expected: float | None,
    stopping: Sequence[int],
    say: Callable[..., None],
) -> list[Done]:
    """Say how runs end until all have or somebody stops, and return those that failed.

    On a terminal one line is kept up to date; elsewhere every run that ends has its line.
    """
    began, failed, ended = time.monotonic(), [], plan.done
    terminal, left = sys.stdout.isatty(), expected
    for done in sweep:
        if stopping:
            break
        if done is not None and not done.kept:
            ended += not done.failure
            left = _time_left(plan, folder, time.monotonic() - began, left)
            failed += [done] if done.failure else []
            if not terminal:
                say(f"{ended} of {len(plan.wanted)}: {_outcome(plan.wanted[done.place], done)}{_left(left)}")
        if terminal:
            spent = tell_time(time.monotonic() - began)
            counted = f"{ended} of {len(plan.wanted)} runs, {len(failed)} failed, {spent} so far{_left(left)}"
            say(f"\r\033[K{counted}", nl=False)
    if terminal:
        say("")
    return failed


def _time_left(plan: Plan, folder: Path, spent: float, before: float | None) -> float | None:
    """Return the seconds left as the runs of this sweep went so far."""
    remaining = make_plan(plan.wanted, folder).bases
    gone = plan.bases - remaining
    return spent * remaining / gone if gone > 0 else before


def _outcome(run: RunSettings, done: Done) -> str:
    if done.failure:
        return f"{name(run)} failed: {done.failure}"
    facts = done.result.facts
    return f"{name(run)}: {facts['score']:.1%} right after {tell_time(facts['seconds'])}"


def _left(seconds: float | None) -> str:
    return "" if seconds is None else f"; about {tell_time(seconds)} left"


def name(run: RunSettings) -> str:
    """Return the name of a run for people, such as "A3B+, random-0, seed 0"."""
    few = f", {run.per_class} of a class" if run.per_class else ""
    return f"{run.name}, {run.split}{few}, seed {run.seed}"


def estimate(plan: Plan, folder: Path, workers: int | None, device: str) -> tuple[float, str] | None:
    """Return the seconds that the rest takes by the base networks of the folder, else by the shipped ones, and where.

    device : as `choose_device` gives it; on a card only what such a card took counts, where each run's seconds are its
        share of its stack's
    None where none was measured.
    """
    here = [run for run in (read_run(one, folder) for one in plan.wanted if one.treatment == "base") if run]
    card = name_card() if device == "cuda" else ""
    for runs in (here, load_results()):
        alike = [run for run in runs if run.hardware.startswith(card)]
        found = estimate_seconds(plan, alike, 1 if card else workers or usable_cores())
        if found is not None:
            return found
    return None


def name_card() -> str:
    """Return the name of this machine's graphics card; it brings torch along."""
    import torch

    return torch.cuda.get_device_name()


def tell_plan(plan: Plan, expected: tuple[float, str] | None, folder: Path) -> Iterator[str]:
    """Yield what there is to do, in lines."""
    left = len(plan.wanted) - plan.done
    yield f"{len(plan.wanted)} runs: {plan.done} are finished already, {left} are left. They are kept in {folder}."
    if left and expected is None:
        yield "How long they take shows when the first has ended."
    elif left:
        seconds, hardware = expected
        yield f"They take about {tell_time(seconds)}, as base networks took that were trained on {hardware}."


def tell_stop(wish: Wish, plan: Plan, folder: Path) -> str:
    """Return the sentence at the end of a sweep that was stopped."""
    finished = make_plan(plan.wanted, folder).done
    cluster = " What the cluster has begun it ends and keeps." if wish.scheduler else ""
    return f"Stopped. {finished} of {len(plan.wanted)} runs are finished and stay; the same line goes on.{cluster}"


def tell_time(seconds: float) -> str:
    """Return a time for people: "40 s", "12 min", "3 h 20 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def write_table(wish: Wish, wanted: Sequence[RunSettings], folder: Path, say: Callable[..., None]) -> None:
    """Write the table of all finished runs, and say where it lies."""
    out = wish.results or folder / "results"
    runs = write_results(folder, wanted, out, origin=describe_origin(tell_line(wish), 0))
    say(f"{len(runs)} runs stand in {os.path.relpath(out)}.")
