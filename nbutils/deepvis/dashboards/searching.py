"""The random search: many combinations of regularizers by chance, a wall of what they make, and stars for the best."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import ipywidgets as ipw

from nbutils import zoo
from nbutils.deepvis import search_plans as plans
from nbutils.deepvis import searching, stars
from nbutils.deepvis.dashboards import searching_figures as figures
from nbutils.deepvis.dashboards.networks import Networks
from nbutils.deepvis.dashboards.searching_ranges import RangesPane
from nbutils.deepvis.dashboards.searching_running import SearchRun
from nbutils.deepvis.dashboards.studio_unit import UnitPane, check_objectives, first_objective
from nbutils.deepvis.search_plans import SearchPlan
from nbutils.deepvis.searching import Find
from nbutils.preferred.recipe import Recipe
from nbutils.widgets import ErrorLine, Job, Link, StatusLine, Wall, button, choice, guard, segmented, shell, slider
from nbutils.widgets import switch as make_switch
from nbutils.widgets.errors import dashboard

HINT = "Choose a class or a channel and press Start; click a picture to see what made it, and star what you like."
EMPTY = "Press Start: each combination appears here as soon as it is finished."
NO_STARS = "No star yet: click a picture, then press Star."
MOST_SHOWN = 600
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
        self.networks = Networks(own)
        self._given = ("own",) if own else ()
        self._published = os.environ.get("NBUTILS_PUBLISH") == "1"
        self._folder = Path(folder) if folder is not None else zoo.cache_folder() / "searches"
        self.run = SearchRun(self.networks, None if self._published else self._folder)
        self._uses: list[Use] = []
        self._setting = False
        self.shown: list[Find] = []
        self._place: int | None = None
        self.stars: set[Recipe] = set() if self._published else set(stars.read_stars(self._folder))
        self._make_parts()
        self.page = self._lay_out()
        self._connect()
        self.show(start, afresh=True)
        self._start = self.plan

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
            self._take_up()
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
        self._place = find.place
        starred = find.recipe not in self.stars
        if self.run.is_kept:
            self.stars = set(stars.set_star(self._folder, find.recipe, starred))
        else:
            self.stars = self.stars | {find.recipe} if starred else self.stars - {find.recipe}
        self._draw()

    def _take_up(self) -> None:
        """Begin with what is kept of this plan."""
        self._place = None
        self.run.take(self.plan)
        if self.run.finds:
            self.status.say(f"{len(self.run.finds)} of {self.plan.number} combinations were there already.")

    def _take(self, _new: int) -> None:
        if self._drawn != (len(self.run.finds), len(self.run.failures)):
            self._draw()

    def _chosen(self) -> Find | None:
        """Return the find that a person chose, the first one as long as nobody chose."""
        chosen = [find for find in self.shown if find.place == self._place]
        return next(iter(chosen + self.shown), None)

    def _draw(self) -> None:
        """Bring the wall and the details to what is found; the chosen tile stays chosen."""
        finds, failures = dict(self.run.finds), dict(self.run.failures)
        self._drawn = (len(finds), len(failures))
        found = searching.arrange(finds.values(), self.plan.order, self.stars if self.plan.starred else None)
        self.shown = found[:MOST_SHOWN]
        self._setting = True
        try:
            if self.shown:
                figures.fill_wall(self.wall, self.shown, self.stars)
                self.wall.selected = self.shown.index(self._chosen())
            else:
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
        starred = find.recipe in self.stars
        figures.enlarge(self.large, self.run.read_large(find), f"combination {find.place}, made for {self.unit.name()}")
        self.told.value = figures.tell_find(find, plans.ranges_of(self.plan), starred, self.run.name_networks())
        self.give.text = "Take the star away" if starred else "Star"

    def _select(self, change: dict) -> None:
        if not self._setting and change["new"] < len(self.shown):
            self._place = self.shown[change["new"]].place
            self._tell_chosen()

    def _use(self) -> None:
        find = self._chosen()
        if find is not None:
            self._place = find.place
            for use in self._uses:
                use(find.recipe)
            self.status.say(f"The studio has the recipe of combination {find.place}: press Start there.")

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
        self.job = Job(
            self.run.work, self._take, total=self.run.count_missing, noun="combination", count=lambda new: new
        )

    def _connect(self) -> None:
        guarded = guard(self.error)
        acts = {name: lambda value, name=name: self.change(**{name: value}) for name in self._parts}
        acts["network"] = self._choose_network
        acts["method"] = lambda method: self.change(method=method, ranges="")
        for name, part in self._parts.items():
            act = guarded(self._or_back(acts[name]))
            part.observe(lambda change, act=act: None if self._setting else act(change["new"]), "value")
        self.wall.observe(guarded(self._select), "selected")
        self.job.observe(lambda change: self.run.rest() if change["new"] == "stopped" else None, "state")
        self.link.on_read(guarded(lambda found: self.show(plans.from_settings(found))))

    def _lay_out(self) -> ipw.Widget:
        parts = self._parts
        view = ipw.HBox([parts["order"], parts["starred"]]).add_class("dv-row")
        frame = shell(
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
            python=lambda: plans.to_python(self.plan, self._given),
            error=self.error,
        )
        frame.panes.add_class("dv-controls-first")
        return frame
