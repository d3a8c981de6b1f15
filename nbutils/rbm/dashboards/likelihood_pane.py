"""The likelihood of examples, estimated when it is asked for, and whether the estimate can be true."""

from collections.abc import Iterator
from math import isfinite

import ipywidgets as ipw

from nbutils.boltzmann.monitors import Watch, watch
from nbutils.rbm.examples import Source, load
from nbutils.rbm.likelihood_check import CHAINS, Likelihood, estimate_likelihood
from nbutils.rbm.running import Followed
from nbutils.widgets import Job

ASKS = (
    "<p>How likely does the machine find its examples? The sum Z over all states, by which each probability is "
    "divided, has too many terms: annealed importance sampling (AIS) estimates it. Every state that was ever visited "
    "bounds Z from below, so a mode that AIS has missed can be found out.</p>"
)
NOTHING = "There is no machine yet: press Start training."
FOREIGN = "This run comes without its examples: press Start training, and ask again."


class LikelihoodPane:
    """A button that estimates the likelihood under the machine as it is then."""

    def __init__(self) -> None:
        self._followed: Followed | None = None
        self._asked = ""
        self.told = ipw.HTML()
        self.job = Job(
            self._estimate,
            self._show,
            total=100,
            start="Estimate the likelihood (half a minute)",
            noun="percent",
            count=lambda found: round(100 * found.share),
        )
        self.box = ipw.VBox([ipw.HTML(ASKS), self.job, self.told]).add_class("dv-stack")

    def show(self, followed: Followed, beside: Followed | None = None) -> None:
        """Take a run: the next press asks about its machine as it is then, what was found of another run goes."""
        if self._followed is not None and followed.points[0] is not self._followed.points[0]:
            self.clear()
        self._followed = followed

    def clear(self) -> None:
        """Forget the run and what was found out."""
        self._followed = None
        self.job.stop()
        self.job.error.clear()
        self.told.value = ""

    def _estimate(self) -> Iterator[Likelihood]:
        followed = self._followed
        if followed is None:
            raise ValueError(NOTHING)
        self._asked = f"after {followed.snapshot.update:,} updates"
        return estimate_likelihood(followed.snapshot.machine, watch_of(followed), followed.snapshot.settings.seed)

    def _show(self, found: Likelihood) -> None:
        if found.finished:
            self.told.value = tell_likelihood(found, self._asked)


def watch_of(followed: Followed) -> Watch:
    """Return the examples that a run is measured on; a stored run is one of the thesis', of its spheres.

    Raises ValueError for another run that comes without its examples.
    """
    if followed.watch is not None:
        return followed.watch
    examples = load(Source())
    if (followed.title, followed.shape) != (examples.name, examples.shape):
        raise ValueError(FOREIGN)
    return watch(examples.train, examples.valid, examples.shape)


def tell_likelihood(found: Likelihood, when: str) -> str:
    """Return what was found, as HTML; in red, with a word, where it cannot be true."""
    estimate = (
        f"AIS, {when}: log Z = <b>{found.log_partition:,.1f}</b> nats, standard deviation "
        f"{found.standard_deviation:.2g}, effective number of chains {found.effective:.3g} of {CHAINS}."
    )
    if isfinite(found.exact):
        estimate += f" Summed up over all states, log Z = <b>{found.exact:,.1f}</b>."
    bound = found.bound
    if not bound.holds:
        return (
            f"<p class='dv-numbers'>{estimate}</p>"
            f"<div class='dv-error' role='alert'><strong>Wrong.</strong> A state that was visited has -F = "
            f"{bound.largest:,.1f}, and log Z cannot be less: AIS has missed a mode, by {bound.missing:,.1f} nats or "
            "more, however well its chains agree. No likelihood can be told.</div>"
        )
    return (
        f"<p class='dv-numbers'>{estimate}<br>The bound holds: of all states visited the largest -F is "
        f"{bound.largest:,.1f}.<br>Mean log-likelihood: <b>{found.valid:,.1f}</b> nats of examples kept back, "
        f"<b>{found.train:,.1f}</b> of those learned from.</p>"
    )
