"""What a random search has found so far, and the work of finding the rest."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from nbutils.deepvis import search_plans as plans
from nbutils.deepvis import searching
from nbutils.deepvis.dashboards.networks import Networks
from nbutils.deepvis.search_plans import SearchPlan
from nbutils.deepvis.searching import Failure, Find
from nbutils.deepvis.view import NETWORKS

BEAT = 0.2  # seconds: so soon Stop is seen


class SearchRun:
    """The finds and failures of one plan, by their places.

    folder : where finds are kept; with None, as for networks that are not of the zoo, they are in memory only, and are
        made in this process
    """

    def __init__(self, networks: Networks, folder: Path | None) -> None:
        self._networks, self._judges, self._folder = networks, Networks(), folder
        self._sweep: Iterator | None = None
        self._new = 0
        self.plan, self.judge, self.is_kept = SearchPlan(), "", False
        self.finds: dict[int, Find] = {}
        self.failures: dict[int, Failure] = {}

    def take(self, plan: SearchPlan) -> None:
        """Begin with nothing but what the folder holds of a plan."""
        self.plan = plan
        self.judge = searching.choose_judge(plans.base_of(plan))
        self.is_kept = self._folder is not None and plan.network in NETWORKS
        self.finds, self.failures, self._new = {}, {}, 0
        if self.is_kept:
            kept = searching.read_kept(plans.recipes_of(plan), self._folder, self.judge)
            self.finds = {find.place: find for find in kept}

    def work(self) -> Iterator[int]:
        """Yield how many combinations were worked off since the start, at least five times a second."""
        self._new, self.failures = 0, {}
        if not self.is_kept:
            self.finds = {}
        # To rest ends the workers. Whoever goes on begins another sweep, of the plan of then; what is kept comes first.
        while len(self.finds) + len(self.failures) < self.plan.number:
            self._sweep = self._search()
            try:
                yield from self._collect(self._sweep)
            finally:
                self._sweep.close()

    def rest(self) -> None:
        """End the workers; `work` may be gone on with."""
        if self._sweep is not None:
            self._sweep.close()

    def count_missing(self) -> int:
        """Return how many combinations `work` has before it."""
        return self.plan.number - (len(self.finds) if self.is_kept else 0)

    def read_large(self, find: Find) -> np.ndarray:
        """Return the whole picture of a find : (height, width, 3), uint8."""
        return searching.read_large(find, self._folder, self.judge) if self.is_kept else find.large

    def name_networks(self) -> tuple[str, str]:
        """Return the titles of the network that makes pictures and of the judge, "" without one."""
        return self._networks.titles[self.plan.network], self._judges.titles.get(self.judge, "")

    def _search(self) -> Iterator[Find | Failure | None]:
        """Yield what the plan finds: with several processes where it is kept, else in this one."""
        plan = self.plan
        if self.is_kept:
            base, ranges = plans.base_of(plan), plans.ranges_of(plan)
            return searching.search(base, ranges, plan.number, plan.seed, self._folder, self.judge, beat=BEAT)
        missing = {place: one for place, one in enumerate(plans.recipes_of(plan)) if place not in self.finds}
        judge = self._judges.find(self.judge)[0] if self.judge else None
        return searching.search_here(self._networks.find(plan.network)[0], missing, judge)

    def _collect(self, found: Iterator[Find | Failure | None]) -> Iterator[int]:
        for one in found:
            if one is not None and one.place not in self.finds and one.place not in self.failures:
                (self.failures if isinstance(one, Failure) else self.finds)[one.place] = one
                self._new += 1
            yield self._new
