"""Jobs without a browser: states, order of events, errors, and what happens at awkward moments."""

import gc
import subprocess
import sys
import threading
from itertools import count
from time import monotonic, sleep

import pytest

from nbutils.widgets import Job
from nbutils.widgets.job import check_total, readable_time


class Steps:
    """A generator's stand-in that takes one step at each permission; tests need no clock."""

    def __init__(self, number=None):
        self.number, self.permissions, self.closed = number, threading.Semaphore(0), False

    def make(self):
        try:
            for step in count(1):
                self.permissions.acquire()
                if self.number is not None and step > self.number:
                    return
                yield step
        finally:
            self.closed = True


def until(condition, seconds=10):
    """Wait until condition() holds."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.005)


def press(job, event):
    job.bar._handle_custom_msg({"event": event}, [])


def ran(job):
    press(job, "start")
    assert job.wait(10)
    return job


def test_a_job_begins_idle_and_ends_done():
    shown = []
    job = Job(lambda: iter([1, 2, 3]), shown.append, total=3)
    assert (job.state, job.bar.report["done"]) == ("idle", 0)
    ran(job)
    assert (job.state, shown[-1]) == ("done", 3)
    assert job.bar.report["line"].startswith("Done: step 3 of 3, ")


def test_states_come_in_order():
    states = []
    job = Job(lambda: iter([1]), lambda snapshot: None)
    job.observe(lambda change: states.append(change["new"]), "state")
    ran(job)
    assert states == ["running", "done"]


def test_stop_is_said_at_once_and_rests_after_the_step():
    steps, shown = Steps(), []
    job = Job(steps.make, shown.append, total=100)
    press(job, "start")
    steps.permissions.release(3)
    until(lambda: job._done == 3)
    press(job, "stop")
    assert (job.state, job.bar.report["line"]) == ("stopping", "Stopping after this step.")
    steps.permissions.release()
    assert job.wait(10)
    assert (job.state, job.bar.report["line"], shown[-1]) == ("stopped", "Stopped: step 4 of 100.", 4)


def test_continue_goes_on_with_the_same_generator():
    steps, shown = Steps(6), []
    job = Job(steps.make, shown.append)
    press(job, "start")
    press(job, "stop")
    steps.permissions.release()
    assert job.wait(10)
    steps.permissions.release(9)
    press(job, "continue")
    assert job.wait(10)
    assert (job.state, shown[0], shown[-1], job.bar.report["done"]) == ("done", 1, 6, 6)


def test_start_after_stop_begins_anew_and_closes_the_old_generator():
    made = []

    def make():
        made.append(Steps(2))
        return made[-1].make()

    job = Job(make, lambda snapshot: None)
    press(job, "start")
    until(lambda: made)
    press(job, "stop")
    made[0].permissions.release()
    assert job.wait(10)
    press(job, "start")
    until(lambda: len(made) == 2)
    assert made[0].closed
    made[1].permissions.release(3)
    assert job.wait(10)
    assert (job.state, job.bar.report["done"]) == ("done", 2)


def test_start_twice_is_harmless():
    steps, made = Steps(1), []
    job = Job(lambda: made.append(1) or steps.make(), lambda snapshot: None)
    press(job, "start")
    press(job, "start")
    press(job, "continue")
    steps.permissions.release(2)
    assert job.wait(10)
    assert (job.state, len(made)) == ("done", 1)


@pytest.mark.parametrize("event", ["stop", "continue", "wait", "close", "", None, ["start"]])
def test_presses_that_mean_nothing_now_do_nothing(event):
    job = Job(lambda: iter([1]), lambda snapshot: None)
    press(job, event)
    assert job.state == "idle"


def test_an_error_is_a_sentence_and_start_is_offered_again():
    fail = [True]

    def make():
        yield 1
        if fail.pop():
            raise ValueError("The rate is too large: choose one under 1.")

    job = ran(Job(make, lambda snapshot: None))
    assert (job.state, job.error.sentence) == ("failed", "The rate is too large: choose one under 1.")
    fail.append(False)
    ran(job)
    assert (job.state, job.error.sentence) == ("done", "")


def test_an_error_in_make_show_or_total_is_shown_too():
    def fail(*_anything):
        raise ValueError("It cannot be made.")

    for job in (Job(fail, print), Job(lambda: iter([1]), fail), Job(lambda: iter([]), print, total=fail)):
        ran(job)
        assert (job.state, job.error.sentence) == ("failed", "It cannot be made.")


def test_a_failed_job_cannot_continue():
    def make():
        yield 1
        raise ValueError("It broke in the middle.")

    job = ran(Job(make, lambda snapshot: None))
    press(job, "continue")
    assert job.state == "failed"


def test_no_snapshots_is_done():
    assert ran(Job(lambda: iter([]), lambda snapshot: None, total=0)).state == "done"


def test_snapshots_in_between_are_dropped_and_the_last_is_shown():
    shown, began = [], monotonic()
    ran(Job(lambda: iter(range(20_000)), shown.append, total=20_000))
    assert len(shown) <= (monotonic() - began) * 15 + 2
    assert shown[-1] == 19_999
    assert shown == sorted(shown)


def test_slow_showing_takes_at_most_half_of_the_time():
    spent = []

    def work():
        for step in range(60):
            sleep(0.01)
            yield step

    def show(_step):
        begun = monotonic()
        sleep(0.15)
        spent.append(monotonic() - begun)

    begun = monotonic()
    ran(Job(work, show))
    # The last snapshot is always shown, however short before another was.
    assert sum(spent[:-1]) < (monotonic() - begun) / 2 + max(spent)
    assert len(spent) < 10


def test_total_may_be_a_function_asked_at_start():
    total = [2]
    job = Job(lambda: iter([1, 2]), lambda snapshot: None, total=lambda: total[0])
    assert ran(job).bar.report["total"] == 2
    total[0] = 7
    assert ran(job).bar.report["total"] == 7


@pytest.mark.parametrize("total", [-1, 2.5, "3", True])
def test_a_total_that_is_no_count_is_refused(total):
    with pytest.raises(ValueError, match="number of snapshots"):
        check_total(total)


def test_snapshots_may_say_how_much_is_done():
    lines, job = [], None
    job = Job(lambda: iter([0, 0, 2, 5]), lambda _: None, total=5, noun="run", count=lambda snapshot: snapshot)
    job.bar.observe(lambda change: lines.append(change["new"]["line"]), "report")
    ran(job)
    assert lines[1] == "run 0 of 5, under 1 s so far."
    assert lines[-1].startswith("Done: run 5 of 5, ")


def test_the_time_left_is_told_once_it_is_known():
    job = Job(lambda: iter([]), lambda snapshot: None)
    job._expected = 128
    assert told(job, 9.0, 0) == "step 0 of 128, 9 s so far."
    assert told(job, 10.0, 1) == "step 1 of 128, 10 s so far."
    assert told(job, 10.1, 2) == "step 2 of 128, 10 s so far.", "both waited for the start, and neither tells how fast"
    assert told(job, 15.0, 11) == "step 11 of 128, 58 s left."
    job._expected = None
    assert told(job, 15.0, 11) == "step 11, 15 s."


def told(job, spent, done):
    """Return the line of a job that has done so much after so many seconds."""
    job._done, job._spent = done, spent
    job._pace.note(spent, done)
    return job._progress()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "under 1 s"), (4.4, "4 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7_500, "2 h 5 min")],
)
def test_durations_are_readable(seconds, words):
    assert readable_time(seconds) == words


def test_two_jobs_share_nothing():
    first, second, steps = Job(lambda: steps.make(), print), Job(lambda: iter([1]), lambda step: None), Steps(0)
    press(first, "start")
    ran(second)
    assert (first.state, second.state) == ("running", "done")
    steps.permissions.release()
    assert first.wait(10)


def test_closing_stops_the_worker_and_nothing_is_shown_any_more():
    steps, shown = Steps(), []
    job = Job(steps.make, shown.append)
    press(job, "start")
    steps.permissions.release()
    until(lambda: shown)
    job.close()
    steps.permissions.release()
    assert job.wait(10)
    assert shown == [1]
    gc.collect()
    assert steps.closed
    job.start()
    assert not job._thread.is_alive()


def test_a_job_does_not_keep_a_process_alive():
    program = """
from threading import Event
from nbutils.widgets import Job
def wait_for_ever():
    Event().wait()
    yield
Job(wait_for_ever, print).start()
"""
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
