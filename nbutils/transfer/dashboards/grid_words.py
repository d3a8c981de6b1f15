"""What is told of a grid of runs: its plan before it begins, what failed, and one run of it."""

from collections.abc import Sequence
from html import escape

from nbutils.commands import as_typed
from nbutils.runs.watching import State
from nbutils.transfer.dashboards.telling import tell, tell_hardware
from nbutils.transfer.records import RunSettings
from nbutils.widgets.job import readable_time

SHIPPED, SELF_TEST = "shipped", "self-test"
QUIET = "<p class='dv-quiet'>{}</p>"
PRESS = QUIET.format("Press a square: what that network is made of, how it learned, or why it failed.")
CURVE = "Of a network that is done, its curve stands here."
SHOWN_ONLY = (
    "This page shows and starts nothing. On a computer of your own, <code>{}</code> trains all of it: it says first "
    "how long that takes, can be stopped at any time, and goes on where it was."
)
SELF = (
    "One pass through the pictures each: enough to see the machinery at work, too little to learn anything of layers "
    "from."
)
STARTS_NOTHING = "No network is trained from here: on a computer of your own, choose another grid to train."
MOST_FAILURES = 12


def tell_plan(runs: int, done: int, seconds: tuple[float, str] | None, cores: int) -> str:
    """Return the plan of a grid before it begins.

    seconds : how long the rest may take, and on which processor that was measured
    """
    told = f"{runs} networks: {done} trained, {runs - done} left"
    if runs == done:
        return f"<p>{told}. There is nothing to do.</p>"
    if seconds is None:
        return f"<p>{told}.</p>"
    left, hardware = seconds
    count = "one core" if cores == 1 else f"{cores} cores"
    return (
        f"<p>{told}, which takes about <b>{readable_time(left)}</b> on {count}, as fast as those measured on "
        f"{escape(tell_hardware(hardware))}.</p>"
    )


def tell_shipped(runs: int, done: int, *, can_train: bool) -> str:
    """Return what the runs that ship are, and how to train what is missing where that can be done."""
    told = f"{runs} networks belong to these experiments; {done} of them were trained and come with the suite."
    more = " To train networks of your own, choose another grid above." if can_train else ""
    return f"<p>{told}{more}</p>"


def tell_failures(runs: Sequence[RunSettings], states: Sequence[State]) -> str:
    """Return which runs failed and why; "" where none did."""
    failed = [(run, state) for run, state in zip(runs, states, strict=True) if state.word == "failed"]
    if not failed:
        return ""
    rows = "".join(
        f"<li><b>{escape(tell(run))}</b>: {escape(state.sentence)}</li>" for run, state in failed[:MOST_FAILURES]
    )
    more = f"<li>and {len(failed) - MOST_FAILURES} more</li>" if len(failed) > MOST_FAILURES else ""
    return f"<h3>Failed</h3><ul>{rows}{more}</ul><p class='dv-quiet'>Start tries them again.</p>"


def tell_log(lines: Sequence[str]) -> str:
    """Return what happened, the last line first."""
    if not lines:
        return ""
    return f"<h3>What happened</h3><pre class='dv-log' tabindex='0'>{escape(chr(10).join(reversed(lines)))}</pre>"


def tell_state(run: RunSettings, state: State | None) -> str:
    """Return where a run stands that has no result."""
    title = f"<h3>{escape(tell(run))}</h3>"
    if state is None or state.word == "waiting":
        after = f" It copies layers of {run.base.name}, so that one is trained first." if run.base else ""
        return f"{title}<p>It waits.{after}</p>"
    if state.word == "running":
        return f"{title}<p>It is being trained on {escape(state.machine)}.</p>"
    return f"{title}<p class='dv-fault'>It failed: {escape(state.sentence)}</p>"


def tell_command(words: str) -> str:
    """Return what a page that starts nothing says."""
    return QUIET.format(SHOWN_ONLY.format(escape(as_typed(words))))
