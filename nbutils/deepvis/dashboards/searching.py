"""The random search: many combinations of regularizers by chance, a wall of what they make, and stars for the best."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import ipywidgets as ipw

from nbutils import zoo
from nbutils.deepvis import search_plans as plans
from nbutils.deepvis import searching, stars
from nbutils.deepvis.dashboards import searching_figures as figures
from nbutils.deepvis.dashboards.networks import Networks
from nbutils.deepvis.dashboards.searching_ranges import RangesPane
from nbutils.deepvis.dashboards.studio_unit import UnitPane, check_objectives, first_objective
from nbutils.deepvis.search_plans import SearchPlan
from nbutils.deepvis.searching import Failure, Find
from nbutils.preferred.recipe import Recipe
from nbutils.widgets import ErrorLine, Job, Link, StatusLine, Wall, button, choice, guard, segmented, shell, slider
from nbutils.widgets import switch as make_switch
from nbutils.widgets.errors import dashboard

HINT = "Choose a class or a channel and press Start; click a picture to see what made it, and star what you like."
EMPTY = "Press Start: each combination appears here as soon as it is finished."
NO_STARS = "No star yet: click a picture, then press Star."
MOST_SHOWN = 600
BEAT = 0.2
ORDERS = {"judge": "the judge's verdict", "objective": "the objective", "drawn": "as drawn"}
METHODS = {"modern": "this page's", "published": "as the published tool"}
MOST_NUMBER = 1_000

Use = Callable[[Recipe], object]


@dashboard
def random_search(
    own: Sequence[zoo.Network] = (),
    on_use: Use | None = None,
    folder: Path | str | None = None,
    **settings: object,
) -> ipw.Widget:
    """Return the random search; settings are the fields of `nbutils.deepvis.search_plans.SearchPlan`.

    The method `on_use` of what is returned names who takes a recipe when "Use this recipe" is pressed.
    own : further networks to choose from, made by zoo.wrap(); these are searched in this process and not kept
    on_use : on_use(recipe), such as the method `use` of a studio
    folder : where what is found is kept; a folder of the user's cache where it is None
    """
    made = RandomSearch(SearchPlan(**settings), own, folder)
    made.page.on_use = made.on_use
    if on_use is not None:
        made.on_use(on_use)
    return made.page


class RandomSearch:
    """What is set becomes a plan; Start works it off; what is found stands on the wall."""

    def __init__(self, start: SearchPlan, own: Sequence[zoo.Network] = (), folder: Path | str | None = None) -> None:
        self.plan = self._start = start
        self.networks, self._judges = Networks(own), Networks()
        self._own = {network.name for network in own}
        self._published = os.environ.get("NBUTILS_PUBLISH") == "1"
        self._folder = Path(folder) if folder is not None else zoo.cache_folder() / "searches"
        self._uses: list[Use] = []
        self._setting = False
        self._sweep: Iterator = iter(())
        self._forget()
        self.stars: set[Recipe] = set() if self._published else set(stars.read_stars(self._folder))
        self._make_parts()
        self.page = self._lay_out()
        self._connect()
        self.show(start, afresh=True)
        self._start = self.plan

    @property
    def is_kept(self) -> bool:
        """Whether what is found is kept in the folder and found by several processes."""
        return not self._published and self.plan.network not in self._own

    def on_use(self, callback: Use) -> None:
        """Call callback(recipe) when "Use this recipe" is pressed; the button is there from then on."""
        self._uses.append(callback)
        self.use.layout.display = None

    def show(self, wanted: SearchPlan, afresh: bool = False) -> None:
        """Bring every part to this plan; an impossible one raises ValueError and changes nothing."""
        if self._published:
            wanted = plans.bound(wanted)
        if wanted.network not in self.networks.names:
            raise ValueError(f'network must be one of {", ".join(self.networks.names)}, got "{wanted.network[:40]}".')
        network, known = self.networks.find(wanted.network)
        check_objectives((wanted.objective,), network, known)
        differs = afresh or not plans.is_same_search(wanted, self.plan)
        if differs and self.job.state in ("running", "stopping"):
            raise ValueError("A search is running: press Stop before you change it.")
        self.plan = wanted
        self._set_controls()
        if differs:
            self._recall()
        self._draw()
        self.link.write(plans.to_settings(wanted))

    def change(self, **fields: object) -> None:
        """Show the plan with these fields changed."""
        self.show(replace(self.plan, **fields))

    def reset(self) -> None:
        """Stop and go back to the plan that the page began with."""
        self.job.stop()
        self.job.wait(5)
        self.show(self._start, afresh=True)

    def star(self) -> None:
        """Give the chosen find a star, or take it away."""
        find = self._chosen()
        if find is None:
            return
        starred = find.recipe not in self.stars
        if self.is_kept:
            self.stars = set(stars.set_star(self._folder, find.recipe, starred))
        else:
            self.stars = self.stars | {find.recipe} if starred else self.stars - {find.recipe}
        self._draw()

    def _forget(self) -> None:
        """Forget all that was found; what is kept in the folder stays there."""
        self.finds: dict[int, Find] = {}
        self.failures: dict[int, Failure] = {}
        self.shown: list[Find] = []
        self._new = 0
        self._place: int | None = None

    def _recall(self) -> None:
        """Begin with what the folder holds of this plan."""
        self._forget()
        if self.is_kept:
            kept = searching.read_kept(plans.recipes_of(self.plan), self._folder, self._judge_name())
            self.finds = {find.place: find for find in kept}
            if self.finds:
                self.status.say(f"{len(self.finds)} of {self.plan.number} combinations were there already.")

    def _judge_name(self) -> str:
        return searching.choose_judge(plans.base_of(self.plan))

    def _work(self) -> Iterator[int]:
        """Yield how many combinations this run has worked off, at least five times a second."""
        self._new, self.failures = 0, {}
        if not self.is_kept:
            self.finds = {}
        # Stop ends the workers. Whoever continues begins another sweep, of what is set then; what is kept comes first.
        while len(self.finds) + len(self.failures) < self.plan.number:
            self._sweep = self._search()
            try:
                yield from self._collect(self._sweep)
            finally:
                self._sweep.close()

    def _search(self) -> Iterator[Find | Failure | None]:
        """Yield what the plan finds: with several processes where it is kept, else in this one."""
        plan, judge = self.plan, self._judge_name()
        if self.is_kept:
            base, ranges = plans.base_of(plan), plans.ranges_of(plan)
            return searching.search(base, ranges, plan.number, plan.seed, self._folder, judge, beat=BEAT)
        network = self.networks.find(plan.network)[0]
        missing = {place: one for place, one in enumerate(plans.recipes_of(plan)) if place not in self.finds}
        return searching.search_here(network, missing, self._judges.find(judge)[0] if judge else None)

    def _collect(self, found: Iterator[Find | Failure | None]) -> Iterator[int]:
        for one in found:
            if one is not None and one.place not in self.finds and one.place not in self.failures:
                (self.failures if isinstance(one, Failure) else self.finds)[one.place] = one
                self._new += 1
            yield self._new

    def _rest(self, change: dict) -> None:
        """End the workers when the job rests."""
        if change["new"] == "stopped":
            self._sweep.close()

    def _count(self) -> int:
        """Return how many combinations Start will work off."""
        if not self.is_kept:
            return self.plan.number
        return self.plan.number - len(self.finds)

    def _take(self, new: int) -> None:
        if self._drawn != (len(self.finds), len(self.failures)):
            self._draw()

    def _chosen(self) -> Find | None:
        return self.finds.get(self._place) if self._place is not None else None

    def _draw(self) -> None:
        """Bring the wall and the details to what is found; the chosen tile stays chosen."""
        finds, failures = dict(self.finds), dict(self.failures)
        self._drawn = (len(finds), len(failures))
        found = searching.arrange(finds.values(), self.plan.order, self.stars if self.plan.starred else None)
        self.shown = found[:MOST_SHOWN]
        self._setting = True
        try:
            if self.shown:
                places = [find.place for find in self.shown]
                if self._place not in places:
                    self._place = places[0]
                figures.fill_wall(self.wall, self.shown, self.stars)
                self.wall.selected = places.index(self._place)
            else:
                self._place = None
                self.wall.clear(NO_STARS if self.plan.starred and finds else EMPTY)
        finally:
            self._setting = False
        self.wall.label = f"{len(self.shown)} pictures of {self.unit.name()}, by {ORDERS[self.plan.order]}"
        self.failed.value = figures.tell_failures(list(failures.values()))
        self._tell_chosen()

    def _tell_chosen(self) -> None:
        find = self._chosen()
        self.give.disabled = self.use.disabled = find is None
        if find is None:
            self.large.clear("Click a picture on the wall.")
            self.told.value, self.give.text = "", "Star"
            return
        starred, judge = find.recipe in self.stars, self._judge_name()
        titles = (self.networks.titles[self.plan.network], self._judges.titles.get(judge, ""))
        picture = searching.read_large(find, self._folder, judge)
        figures.enlarge(self.large, picture, f"combination {find.place}, made for {self.unit.name()}")
        self.told.value = figures.tell_find(find, plans.ranges_of(self.plan), starred, titles)
        self.give.text = "Take the star away" if starred else "Star"

    def _select(self, change: dict) -> None:
        if not self._setting and change["new"] < len(self.shown):
            self._place = self.shown[change["new"]].place
            self._tell_chosen()

    def _use(self) -> None:
        find = self._chosen()
        if find is not None:
            for use in self._uses:
                use(find.recipe)
            self.status.say(f"The recipe of combination {find.place} is handed over.")

    def _choose_network(self, name: str) -> None:
        network, known = self.networks.find(name)
        objective = self.plan.objective
        try:
            check_objectives((objective,), network, known)
        except ValueError:
            objective = first_objective(network, known)
        self.change(network=name, objective=objective)

    def _set_controls(self) -> None:
        """Bring the controls to the plan without answering to them."""
        plan = self.plan
        network, known = self.networks.find(plan.network)
        self._setting = True
        try:
            for name, part in self._parts.items():
                value = getattr(plan, name)
                if name in ("number", "seed", "size", "steps"):
                    part.max = max(part.max, value)
                part.value = value
            self.unit.show(network, known, (plan.objective,), plan.noise)
            self.ranges.show(plans.ranges_of(plan))
        finally:
            self._setting = False

    def _or_back(self, act: Callable) -> Callable:
        """Return a callback that brings the controls back to the plan where it fails."""

        def tried(value: object) -> None:
            try:
                act(value)
            except Exception:
                self._set_controls()
                raise

        return tried

    def _make_parts(self) -> None:
        self.link, self.status, self.error = Link("search"), StatusLine(), ErrorLine()
        guarded = guard(self.error)
        self._parts = {
            "network": choice("Network", [(title, name) for name, title in self.networks.titles.items()]),
            "method": segmented("Method", [(words, name) for name, words in METHODS.items()]),
            "number": slider("Combinations", 1, 1, MOST_NUMBER, 1, wait=True),
            "seed": slider("Seed", 0, 0, 999, 1, wait=True),
            "size": slider("Size", 128, *plans.SIZES, 1, unit="pixels", wait=True),
            "steps": slider("Steps", 48, plans.STEPS[0], 300, 1, wait=True),
            "order": choice("Sorted by", [(words, name) for name, words in ORDERS.items()]),
            "starred": make_switch("Starred only"),
        }
        self.unit = UnitPane(
            guarded(self._or_back(lambda objectives: self.change(objective=objectives[0]))),
            guarded(self._or_back(lambda noise: self.change(noise=noise))),
        )
        self.ranges = RangesPane(guarded(self._or_back(lambda ranges: self.show(plans.with_ranges(self.plan, ranges)))))
        self.wall = Wall(height=560, least=56, noun="combination", empty=EMPTY)
        self.large = Wall(height=280, pickable=False)
        self.told, self.failed = ipw.HTML(), ipw.HTML()
        self.give = button("Star", guarded(self.star))
        self.use = button("Use this recipe", guarded(self._use), first=True)
        self.use.layout.display = "none"
        self.job = Job(self._work, self._take, total=self._count, noun="combination", count=lambda new: new)

    def _connect(self) -> None:
        guarded = guard(self.error)
        acts = {name: lambda value, name=name: self.change(**{name: value}) for name in self._parts}
        acts["network"] = self._choose_network
        acts["method"] = lambda method: self.change(method=method, ranges="")
        for name, part in self._parts.items():
            act = guarded(self._or_back(acts[name]))
            part.observe(lambda change, act=act: None if self._setting else act(change["new"]), "value")
        self.wall.observe(guarded(self._select), "selected")
        self.job.observe(self._rest, "state")
        self.link.on_read(guarded(lambda found: self.show(plans.from_settings(found))))

    def _lay_out(self) -> ipw.Widget:
        parts = self._parts
        view = ipw.Box([parts["order"], parts["starred"]]).add_class("dv-group")
        return shell(
            "Random search: regularizers by chance",
            HINT,
            stage=[self.job, view, self.wall, self.failed],
            controls=[
                *self.unit.parts,
                *(parts[name] for name in ("method", "number", "seed", "size", "steps")),
                self.ranges.fold,
                self.unit.fold,
            ],
            details=[self.large, ipw.Box([self.give, self.use]).add_class("dv-group"), self.told],
            number="6",
            header=(parts["network"], self.unit.layer),
            status=self.status,
            reset=self.reset,
            link=self.link,
            python=lambda: plans.to_python(self.plan, ("own",) if self._own else ()),
            error=self.error,
        )
