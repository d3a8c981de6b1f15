"""Signals that ask a long computation to stop where it can go on later."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def signals_noted(together: float = 0.0) -> Iterator[list[int]]:
    """Note a signal that asks to stop in a list for the length of a block; a second one has its usual effect.

    together : seconds after the first in which others mean the same: torchrun sends its processes once more what the
        terminal or SLURM has sent them already
    """
    noted: list[int] = []
    kinds = [getattr(signal, word) for word in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, word)]
    before = {kind: signal.getsignal(kind) for kind in kinds}
    ends = 0.0

    def note(kind: int, _frame: object) -> None:
        nonlocal ends
        if not noted:
            noted.append(kind)
            ends = time.monotonic() + together
        elif time.monotonic() >= ends:
            signal.signal(kind, signal.default_int_handler if kind == signal.SIGINT else signal.SIG_DFL)
            signal.raise_signal(kind)

    for kind in kinds:
        # A shell that starts a command with & has it ignore Ctrl-C, and nohup has it ignore SIGHUP: only the latter
        # was somebody's wish.
        if not (before[kind] == signal.SIG_IGN and kind != signal.SIGINT):
            signal.signal(kind, note)
    try:
        yield noted
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
