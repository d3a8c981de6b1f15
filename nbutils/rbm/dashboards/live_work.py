"""What the dashboard's job works at: the run of a view, what is turned in it, and the epoch after which it rests."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from nbutils.boltzmann.settings import Training
from nbutils.rbm import running
from nbutils.rbm.examples import Examples, Source
from nbutils.rbm.running import Followed
from nbutils.rbm.view import TrainingView


class Work:
    """One run at a time; `newest` is how far it has come, `steered` what was set while it trains or rests.

    load : load(source, own) returns examples
    rest : called where the work is to rest before its end
    """

    def __init__(self, load: Callable[[Source, bool], Examples], rest: Callable[[], object]) -> None:
        self._load, self._rest = load, rest
        self.view: TrainingView | None = None
        self.newest: Followed | None = None
        self.steered: dict[str, float] = {}
        self._examples: Examples | None = None
        self._start: Followed | None = None
        self._until: int | None = None

    def begin(self, view: TrainingView) -> int:
        """Make the run of a view ready and return how many updates it has, those made before included.

        Raises what loading examples raises, and ValueError where a machine cannot learn from them.
        """
        self.steered.clear()
        examples = self._load(view.source, view.own)
        running.check_fit(view.training, examples)
        self.view, self._examples = view, examples
        return running.count_updates(view.training, len(examples.train))

    def follow(self) -> Iterator[Followed]:
        """Yield the run that was made ready."""
        settings, start = self.view.training, self._start
        self._start = None
        if start is not None:
            settings = replace(start.snapshot.settings, epochs=settings.epochs)
        steps = running.follow(self._examples, settings, start, lambda: dict(self.steered), running.IMAGES)
        for followed in steps:
            self.newest = followed
            snapshot = followed.snapshot
            if self._until is not None and snapshot.epoch >= self._until and not snapshot.finished:
                self._rest()
            yield followed

    def rest_after(self, epoch: int | None) -> None:
        """Rest when so many epochs are finished, or at the end alone."""
        self._until = epoch

    def go_on(self) -> None:
        """Let the next run go on from where the newest one has ended."""
        self._start = self.newest

    def differs(self, view: TrainingView, own: Examples | None) -> bool:
        """Return whether the newest of the run was trained otherwise than a view says.

        own : the examples that a view means where it does not name its source
        """
        if (view.source, view.own) != (self.view.source, self.view.own) or (view.own and own is not self._examples):
            return True
        settings = self.newest.snapshot.settings
        in_force = replace(settings.at(self.newest.snapshot.update), changes=(), **self.steered)
        return view.training not in (settings, in_force)

    def record(self) -> Training | None:
        """Return the settings with the changes made on the way; None while one of them has not acted yet."""
        snapshot = self.newest.snapshot
        at = snapshot.settings.at(snapshot.update)
        waits = any(getattr(at, name) != value for name, value in self.steered.items())
        return None if waits else snapshot.settings
