"""The studio: pictures that a unit prefers, made before one's eyes by a recipe that can be turned while it runs."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

import ipywidgets as ipw

from nbutils import zoo
from nbutils.deepvis import making
from nbutils.deepvis import studio_settings as settings
from nbutils.deepvis.dashboards.networks import Networks
from nbutils.deepvis.dashboards.studio_controls import AS_SET, RecipeControls
from nbutils.deepvis.dashboards.studio_running import MakePane
from nbutils.deepvis.dashboards.studio_unit import UnitPane, check_objectives, first_objective
from nbutils.deepvis.making import Together
from nbutils.deepvis.studio_settings import StudioView
from nbutils.preferred.fields import STEERED
from nbutils.preferred.recipe import Recipe
from nbutils.widgets import Board, ErrorLine, Job, Link, StatusLine, choice, guard, segmented, shell
from nbutils.widgets.errors import dashboard

HINT = "Choose a class, or a layer and a channel, and press Start; move sliders while it runs."
COUNTS = (1, 4, 9)
STALE = "<p class='dv-stale'>What you see was made with other settings. Start makes it anew.</p>"


@dashboard
def studio(own: Sequence[zoo.Network] = (), **fields: object) -> ipw.Widget:
    """Return the studio; fields are those of `nbutils.preferred.recipe.Recipe`, and tab and other of `StudioView`.

    The method `use` of what is returned takes a recipe from elsewhere.
    own : further networks to choose from, made by zoo.wrap()
    """
    made = Studio(settings.view_of(fields), own)
    made.page.use = made.use
    return made.page


class Studio:
    """What is set becomes a view; Start makes the pictures of its recipe; what is made is drawn."""

    def __init__(self, start: StudioView, own: Sequence[zoo.Network] = ()) -> None:
        self.networks, self._judges = Networks(own), Networks()
        self.view = self.start = start
        self._published = os.environ.get("NBUTILS_PUBLISH") == "1"
        self._photos = tuple(photo.name for photo in zoo.photos())
        self._given = ("own",) if own else ()
        self._steered: dict[str, float] = {}
        self._setting = False
        self._make_parts()
        self.page = self._lay_out()
        self._connect()
        self.show(start)
        self.start = self.view

    @property
    def network(self) -> zoo.Network:
        """The network that pictures are made with."""
        return self.networks.find(self.view.recipe.network)[0]

    @property
    def recipe(self) -> Recipe:
        """The recipe of what is seen, with the changes made on the way; of what Start would make where they differ."""
        made = self.pane.made
        return self.view.recipe if made is None or self.is_stale else made.snapshot.recipe

    @property
    def is_stale(self) -> bool:
        """Whether what is seen was made by another recipe than is set now."""
        made, now = self.pane.made, self.view.recipe
        if made is None:
            return False
        was = made.snapshot.recipe
        return was != now and replace(was.at(made.snapshot.step), changes=()) != now

    def show(self, wanted: StudioView) -> None:
        """Bring every part to this view; an impossible one raises ValueError and changes nothing."""
        if self._published:
            wanted = replace(wanted, recipe=settings.bound(wanted.recipe))
        if wanted.recipe.network not in self.networks.names:
            known = ", ".join(self.networks.names)
            raise ValueError(f'network must be one of {known}, got "{wanted.recipe.network[:40]}".')
        network, known = self.networks.find(wanted.recipe.network)
        check_objectives(wanted.recipe.objectives, network, known)
        self.view = wanted
        self._set_controls()
        self._tell()

    def use(self, recipe: Recipe) -> None:
        """Take a recipe from elsewhere, such as one that a search has found."""
        self.show(replace(self.view, recipe=recipe, tab="make"))
        self.status.say("The recipe is set. Press Start.")

    def change(self, name: str, value: object) -> None:
        """Set one field of the recipe; while pictures are made, what can act from the next step on does."""
        if name in STEERED and self.job.state in ("running", "stopping", "stopped"):
            self._steered[name] = value
        recipe = replace(self.view.recipe, changes=())
        self.show(replace(self.view, recipe=settings.change_field(recipe, name, value, self._photos)))

    def reset(self) -> None:
        """Go back to the view that the studio began with, and to an empty wall."""
        self.job.stop()
        self.job.wait(5)
        self.pane.clear()
        for name in ("objective", "probability"):
            self.board.remove(name)
        self.show(self.start)

    def _make(self) -> Iterator[Together]:
        """Yield what is made of the recipe that is set when Start is pressed."""
        self._steered.clear()
        return making.make_together([self.network], [self.view.recipe], self._judge, lambda: dict(self._steered))

    def _judge(self, network: zoo.Network) -> zoo.Network | None:
        """Return a network that never saw what this one makes; None where there is none to ask."""
        name = making.judge_of(network.name)
        return self._judges.find(name)[0] if network.labels and zoo.is_ready(name) else None

    def _take(self, together: Together) -> None:
        made = together[0]
        other = self._judge(self.network)
        self.pane.draw(made, (self.network.title, other.title if other else ""), self.unit.name())
        self.pane.draw_curves(self.board, made.snapshot.finished or self.job.state != "running")
        self._tell()

    def _tell(self) -> None:
        """Say whether what is seen is what is set, and write the link."""
        self.pane.stale.value = STALE if self.is_stale else ""
        view = replace(self.view, recipe=self.recipe)
        try:
            self.link.write(settings.to_settings(view))
        except ValueError:
            self.link.write(settings.to_settings(replace(view, recipe=replace(view.recipe, changes=()))))
            self.status.say("So many changes do not fit into a link: save the picture, which holds them all.")

    def _set_controls(self) -> None:
        """Bring the controls to the view without answering to them."""
        recipe = self.view.recipe
        network, known = self.networks.find(recipe.network)
        self._setting = True
        try:
            self.choose_network.value = recipe.network
            self.controls.show(recipe)
            self.unit.show(network, known, recipe.objectives)
            counts = sorted({*COUNTS, recipe.pictures} - ({9} if self._published else set()))
            self.seeds.offer([(str(count), count) for count in counts], recipe.pictures)
        finally:
            self._setting = False
        self.pane.name(self.unit.name(), network.title)

    def _choose_network(self, name: str) -> None:
        network, known = self.networks.find(name)
        recipe = replace(self.view.recipe, network=name, changes=())
        try:
            check_objectives(recipe.objectives, network, known)
        except ValueError:
            recipe = replace(recipe, objectives=(first_objective(network, known),), seeds=recipe.seeds)
        self.show(replace(self.view, recipe=recipe))

    def _choose_preset(self, name: str) -> None:
        if name != AS_SET:
            self.show(replace(self.view, recipe=settings.take_preset(self.view.recipe, name)))

    def _choose_count(self, count: int) -> None:
        first = self.view.recipe.seeds[0]
        seeds = tuple(range(first, first + count))
        recipe = replace(self.view.recipe, seeds=seeds, objectives=self.view.recipe.objectives[:1], changes=())
        self.show(replace(self.view, recipe=recipe))

    def _choose_objectives(self, objectives: tuple[str, ...]) -> None:
        seeds = self.view.recipe.seeds
        if len(objectives) > 1 and len(seeds) != len(objectives):
            seeds = seeds[:1]
        recipe = replace(self.view.recipe, objectives=objectives, seeds=seeds, changes=())
        self.show(replace(self.view, recipe=recipe))

    def _make_parts(self) -> None:
        self.link, self.status, self.error = Link("studio"), StatusLine(), ErrorLine()
        guarded = guard(self.error)
        titles = self.networks.titles
        self.choose_network = choice("Network", [(title, name) for name, title in titles.items()])
        self.seeds = segmented("Pictures", [(str(count), count) for count in COUNTS], COUNTS[0])
        self.unit = UnitPane(guarded(self._choose_objectives))
        self.controls = RecipeControls(self._photos, guarded(self.change))
        self.pane = MakePane()
        self.board = Board(columns=1, height=220, empty="The curves appear here.")
        self.job = Job(self._make, self._take, total=lambda: making.count_passes([self.view.recipe]), noun="pass")

    def _connect(self) -> None:
        guarded = guard(self.error)
        for part, act in (
            (self.choose_network, self._choose_network),
            (self.seeds, self._choose_count),
            (self.controls.preset, self._choose_preset),
        ):
            act = guarded(act)
            part.observe(
                lambda change, act=act: None if self._setting or self.controls.setting else act(change["new"]), "value"
            )
        self.pane.wall.observe(lambda _change: self.pane.say(), "columns")
        self.link.on_read(guarded(lambda found: self.show(settings.from_settings(found))))

    def _lay_out(self) -> ipw.Widget:
        frame = shell(
            "Studio: which picture would a neuron like best?",
            HINT,
            stage=[self.job, self.pane.stage],
            controls=[*self.unit.parts, self.seeds, *self.controls.folds.values()],
            number="6",
            details=[self.board, self.pane.details],
            header=(self.choose_network, self.unit.layer, self.controls.preset),
            status=self.status,
            reset=self.reset,
            link=self.link,
            python=lambda: settings.to_python(replace(self.view, recipe=self.recipe), self._given),
            error=self.error,
        )
        frame.panes.add_class("dv-controls-first")
        return frame
