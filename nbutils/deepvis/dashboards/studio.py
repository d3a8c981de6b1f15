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
from nbutils.deepvis.dashboards.studio_files import FilesPane
from nbutils.deepvis.dashboards.studio_running import MakePane
from nbutils.deepvis.dashboards.studio_tabs import TITLES, make_tabs
from nbutils.deepvis.dashboards.studio_unit import UnitPane, check_objectives, first_objective
from nbutils.deepvis.making import Together
from nbutils.deepvis.studio_settings import StudioView
from nbutils.preferred.fields import STEERED
from nbutils.preferred.objectives import channel
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe
from nbutils.widgets import Board, ErrorLine, Job, Link, StatusLine, choice, guard, segmented, shell, switch
from nbutils.widgets.errors import dashboard

HINT = "Choose a class, or a layer and a channel, and press Start; move sliders while it runs."
COUNTS = (1, 4, 9)
STALE = "<p class='dv-stale'>What you see was made with other settings. Start makes it anew.</p>"
ALIVE = ("running", "stopping", "stopped")  # a job that goes on, or could
LONG = ("changes", "objectives", "seeds")  # what may make a link longer than an address can be
KEYS = (
    ("arrow keys on a wall", "choose another picture"),
    ("+ - 0", "larger pictures, smaller pictures, all at once"),
)


@dashboard
def studio(own: Sequence[zoo.Network] = (), **fields: object) -> ipw.Widget:
    """Return the studio; fields are those of `nbutils.preferred.recipe.Recipe`, and tab and other of `StudioView`.

    `use` and `use_unit` of what is returned take a recipe, and a unit, from elsewhere on the page.
    own : further networks to choose from, made by zoo.wrap()
    """
    made = Studio(settings.view_of(fields), own)
    made.page.use, made.page.use_unit = made.use, made.use_unit
    return made.page


class Studio:
    """What is set becomes a view; Start makes the pictures of its recipes; what is made is drawn."""

    def __init__(self, start: StudioView, own: Sequence[zoo.Network] = ()) -> None:
        self.networks, self._judges = Networks(own), Networks()
        self.view = self.start = start
        self._published = os.environ.get("NBUTILS_PUBLISH") == "1"
        self._photos = tuple(photo.name for photo in zoo.photos())
        self._given = ("own",) if own else ()
        self._steered: dict[str, float] = {}
        self._making = "make"  # the tab that the job works for
        self._where = ""  # what the status line says of another tab
        self._setting = False
        self._make_parts()
        self.page = self._lay_out()
        self._connect()
        self.show(start)
        self.start = self.view

    @property
    def recipe(self) -> Recipe:
        """The recipe of what is seen, with the changes made on the way; of what Start would make where they differ."""
        made = self.pane.made
        if (
            made is None
            or self.is_stale
            or any(
                getattr(made.snapshot.recipe.at(made.snapshot.step), name) != value
                for name, value in self._steered.items()
            )
        ):
            return self.view.recipe
        return made.snapshot.recipe

    @property
    def is_stale(self) -> bool:
        """Whether what is seen was made by another recipe than is set now."""
        made, now = self.pane.made, self.view.recipe
        if made is None or made.snapshot.recipe == now:
            return False
        in_force = made.snapshot.recipe.at(made.snapshot.step)
        return replace(in_force, changes=(), **self._steered) != now

    def show(self, wanted: StudioView) -> None:
        """Bring every part to this view; an impossible one raises ValueError and changes nothing."""
        if self._published:
            wanted = replace(wanted, recipe=settings.bound(wanted.recipe))
        if wanted.recipe.network not in self.networks.names:
            known = ", ".join(self.networks.names)
            raise ValueError(f'network must be one of {known}, got "{wanted.recipe.network[:40]}".')
        network, known = self.networks.find(wanted.recipe.network)
        check_objectives(wanted.recipe.objectives, network, known)
        before, self.view = self.view, wanted
        try:
            self._set_controls()
        except Exception:
            self.view = before
            self._set_controls()
            raise
        self._open_tab(curves=before.tab != wanted.tab)
        self._tell()

    def use(self, recipe: Recipe) -> None:
        """Take a recipe from elsewhere, such as one that a search has found."""
        self.show(replace(self.view, recipe=recipe, tab="make"))
        self.status.say("The recipe is set. Press Start.")

    def use_unit(self, network: str, layer: str, number: int) -> None:
        """Make pictures for that channel or unit next, such as the one that is selected in the toolbox."""
        recipe = replace(self.view.recipe, network=network, objectives=(str(channel(layer, number)),), changes=())
        self.show(replace(self.view, recipe=recipe, tab="make"))

    def change(self, name: str, value: object) -> None:
        """Set one field of the recipe; while pictures are made, what can act from the next step on does."""
        recipe = replace(self.view.recipe, changes=())
        wanted = settings.change_field(recipe, name, value, self._photos)
        if name in STEERED and self._making == "make" and self.job.state in ALIVE:
            also = (each for each in STEERED if getattr(wanted, each) != getattr(recipe, each))
            self._steered |= {each: getattr(wanted, each) for each in (name, *also)}
        self.show(replace(self.view, recipe=wanted))

    def reset(self) -> None:
        """Go back to the view that the studio began with, and to empty walls."""
        self.job.stop()
        self.job.wait(2)
        self._steered.clear()
        for pane in self.panes.values():
            pane.clear()
        for name in ("objective", "probability"):
            self.board.remove(name)
        self.show(self.start)

    def _recipes(self) -> list[Recipe]:
        """Return what Start makes on the open tab, and make its walls ready for it."""
        self._making = self.view.tab
        self._steered.clear()
        return self.panes[self._making].plan()

    def _make(self) -> Iterator[Together]:
        """Yield what is made of the recipes of the tab that was open when Start was pressed."""
        recipes = self.panes[self._making].recipes
        networks = [self.networks.find(recipe.network)[0] for recipe in recipes]
        steer = (lambda: dict(self._steered)) if self._making == "make" else None
        return making.make_together(networks, recipes, self._judge, steer)

    def _judge(self, network: zoo.Network) -> zoo.Network | None:
        """Return a network that never saw what this one makes; None where there is none to ask."""
        name = making.judge_of(network.name)
        return self._judges.find(name)[0] if network.labels and zoo.is_ready(name) else None

    def _take(self, together: Together) -> None:
        """Draw what there is now; where another tab is open, say where it can be seen."""
        pane = self.panes[self._making]
        network = self.networks.find(pane.recipes[0].network)[0]
        other = self._judge(network)
        pane.draw(together, (network.title, other.title if other else ""))
        if self.view.tab == self._making:
            pane.draw_curves(self.board, self.job.state != "running" or _is_finished(together))
        self._tell_where()
        self._tell()

    def _tell_where(self) -> None:
        """Say which tab the job works for, as long as another one is open."""
        told = {
            "running": f"Pictures are being made: see “{TITLES[self._making]}”.",
            "stopped": f"Continue goes on with “{TITLES[self._making]}”; Start makes what is seen here.",
        }.get(self.job.state, "")
        if self._making == self.view.tab:
            told = ""
        if told or self.status.message == self._where:
            self.status.say(told)
        self._where = told

    def _tell(self) -> None:
        """Say whether what is seen is what is set, and write the link."""
        self.pane.stale.value = STALE if self.is_stale else ""
        texts = settings.to_settings(replace(self.view, recipe=self.recipe))
        for left_out in ("", *LONG):
            texts.pop(left_out, None)
            try:
                self.link.write(texts)
                break
            except ValueError:
                self.status.say("This recipe is too long for a link: save it as a file, which holds all of it.")

    def _set_controls(self) -> None:
        """Bring the controls to the view without answering to them."""
        recipe = self.view.recipe
        network, known = self.networks.find(recipe.network)
        self._setting = True
        try:
            self.choose_network.value, self.tabs.value = recipe.network, self.view.tab
            self.other.value = self.view.other
            self.controls.show(recipe)
            self.unit.show(network, known, recipe.objectives, recipe.seeds[0])
            counts = sorted({*COUNTS, recipe.pictures} - ({9} if self._published else set()))
            self.count.offer([(str(count), count) for count in counts], recipe.pictures)
        finally:
            self._setting = False
        self.pane.name(self.unit.name(), network.title)

    def _open_tab(self, curves: bool) -> None:
        """Show the open tab, with its curves where they are not there yet; walls are there before anything is made."""
        for name, pane in self.panes.items():
            pane.stage.layout.display = None if name == self.view.tab else "none"
        self.pane.details.layout.display = None if self.view.tab == "make" else "none"
        pane = self.panes[self.view.tab]
        if not (self._making == self.view.tab and self.job.state in ALIVE):
            pane.prepare()
        self.board.height = 300 if self.view.tab in ("presets", "sweeps") else 220  # their legends have four lines
        if curves:
            pane.draw_curves(self.board, at_once=True)
            self._tell_where()

    def _choose_network(self, name: str) -> None:
        network, known = self.networks.find(name)
        recipe = replace(self.view.recipe, network=name, changes=())
        try:
            check_objectives(recipe.objectives, network, known)
        except ValueError:
            recipe = replace(recipe, objectives=(first_objective(network, known),))
        self.show(replace(self.view, recipe=recipe))

    def _choose_preset(self, name: str) -> None:
        if name != AS_SET:
            self.show(replace(self.view, recipe=settings.take_preset(self.view.recipe, name)))

    def _choose_count(self, count: int) -> None:
        self._choose_seeds(self.view.recipe.seeds[0], count)

    def _choose_seeds(self, first: int, count: int) -> None:
        now = self.view.recipe
        recipe = replace(now, seeds=tuple(range(first, first + count)), objectives=now.objectives[:1], changes=())
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
        self.count = segmented("Pictures", [(str(count), count) for count in COUNTS], COUNTS[0])
        self.tabs = segmented("What to make", [(title, name) for name, title in TITLES.items()])
        self.stretch = switch("Spread faint colours")
        self.other = choice("With", list(PRESETS))
        self.unit = UnitPane(
            guarded(self._choose_objectives),
            guarded(lambda seed: self._choose_seeds(seed, len(self.view.recipe.seeds))),
        )
        self.controls = RecipeControls(self._photos, guarded(self.change))
        self.pane = MakePane(lambda: self.view.recipe, self.unit.name, lambda: self.stretch.value)
        self.panes = {
            "make": self.pane,
            **make_tabs(
                lambda: self.view, self._published, self.use, self.error, self.other, lambda: self.stretch.value
            ),
        }
        self.files = FilesPane(lambda: self.panes[self.view.tab].choose(), lambda: self.recipe, self.use)
        self.board = Board(columns=1, height=220, empty="The curves appear here.")
        self.job = Job(self._make, self._take, total=lambda: making.count_passes(self._recipes()), noun="step")

    def _connect(self) -> None:
        guarded = guard(self.error)

        def on(part: ipw.Widget, act: object) -> None:
            act = guarded(act)
            part.observe(lambda change: None if self._setting or self.controls.setting else act(change["new"]), "value")

        on(self.choose_network, self._choose_network)
        on(self.count, self._choose_count)
        on(self.controls.preset, self._choose_preset)
        on(self.tabs, lambda tab: self.show(replace(self.view, tab=tab)))
        on(self.other, lambda other: self.show(replace(self.view, other=other)))
        self.stretch.observe(guarded(lambda _change: [pane.redraw() for pane in self.panes.values()]), "value")
        self.pane.wall.observe(lambda _change: self.pane.say(), "columns")
        self.link.on_read(guarded(lambda found: self.show(settings.from_settings(found))))

    def _lay_out(self) -> ipw.Widget:
        frame = shell(
            "Studio",
            HINT,
            stage=[self.tabs, self.job, self.stretch, *(pane.stage for pane in self.panes.values())],
            controls=[*self.unit.parts, self.count, *self.controls.folds.values(), self.unit.fold],
            number="6",
            details=[self.board, self.pane.details, self.files.box],
            header=(self.choose_network, self.unit.layer, self.controls.preset),
            status=self.status,
            reset=self.reset,
            keys=KEYS,
            link=self.link,
            python=lambda: settings.to_python(replace(self.view, recipe=self.recipe), self._given),
            error=self.error,
        )
        frame.panes.add_class("dv-controls-first")
        return frame


def _is_finished(together: Together) -> bool:
    return all(made is not None and made.snapshot.finished for made in together)
