"""A wall to practise on: one photograph, and what filters of every direction find in it."""

import base64
import io
from dataclasses import replace

import ipywidgets as ipw
import numpy as np
from PIL import Image

from nbutils.figures.palette import lookup
from nbutils.introduction import edges, practice
from nbutils.introduction.practice import Practice
from nbutils.widgets import Link, StatusLine, choice, shell, slider
from nbutils.widgets.errors import ErrorLine, dashboard, guard
from nbutils.widgets.wall import Wall

HINT = "Click a tile, then walk on with the arrow keys."
KEYS = (
    ("arrow keys on the wall", "the next tile"),
    ("Home, End", "the first or the last tile"),
    ("+ - 0", "larger tiles, smaller tiles, all tiles at once"),
    ("?", "these keys"),
)
COMPASS = ("right", "lower right", "bottom", "lower left", "left", "upper left", "top", "upper right")


@dashboard
def practice_wall(**settings: object) -> ipw.Widget:
    """Return the practice wall; settings are the fields of `nbutils.introduction.practice.Practice`."""
    return PracticeWall(practice.check(Practice(**settings))).page


class PracticeWall:
    """Connects the parts: what is set becomes a record, the record is drawn."""

    def __init__(self, start: Practice) -> None:
        self.shown = start
        self.photo = edges.photograph()
        self.answers = edges.find_edges(self.photo, start.directions)
        self.directions = slider("Directions", start.directions, practice.FEWEST_DIRECTIONS, edges.MOST_DIRECTIONS, 1)
        self.contrast = slider("Contrast", start.contrast, *practice.CONTRASTS, 1, unit="times")
        self.colours = choice("Colours", practice.COLOURS, start.colours)
        self.wall = Wall(height=420, noun="filter", label="what each filter finds in the photograph")
        self.enlarged = Wall(height=280, selected=-1, noun="filter", label="the selected filter's answer, enlarged")
        self.caption = ipw.HTML()
        self.link, self.status, self.error = Link("practice"), StatusLine(), ErrorLine()
        self._setting = False
        self.page = self._lay_out(reset_to=start)
        self._connect()
        self.show(start)

    def show(self, wanted: Practice) -> None:
        """Bring every part to this record."""
        if wanted.directions != len(self.answers):
            self.answers = edges.find_edges(self.photo, wanted.directions)
        self.shown = wanted
        self._set_controls()
        self._draw()
        self.link.write(practice.to_settings(wanted))

    def change(self, **fields: object) -> None:
        """Show the record with these fields changed; the selected tile stays within the wall."""
        wanted = replace(self.shown, **fields)
        self.show(practice.check(replace(wanted, tile=min(wanted.tile, wanted.directions - 1))))

    def _draw(self) -> None:
        self._draw_wall()
        tile = self.answers[self.shown.tile]
        self.enlarged.show(self._grey(tile[None]))
        angle = edges.angles(self.shown.directions)[self.shown.tile]
        towards = COMPASS[round(angle / 45) % 8]
        self.caption.value = (
            f"<h3>filter {self.shown.tile}: {angle:.0f}°</h3>"
            f"<p>It answers where the picture brightens towards the {towards}: "
            f"at {np.mean(tile > 0):.0%} of the pixels, by {tile.max():.2f} a pixel at most.</p>"
        )

    def _draw_wall(self) -> None:
        room = self.wall.tile_room(self.shown.directions)
        names = [f"{angle:.0f}°" for angle in edges.angles(self.shown.directions)]
        highest = self.answers.max((1, 2))
        ranges = np.stack([np.zeros_like(highest), highest], 1)
        self.wall.show(self._grey(edges.shrink(self.answers, room)), ranges, names)

    def _grey(self, answers: np.ndarray) -> np.ndarray:
        bright = answers * (255 * self.shown.contrast / self.answers.max())
        return np.clip(np.round(bright), 0, 255).astype(np.uint8)

    def _set_controls(self) -> None:
        """Bring the controls to the record without answering to them."""
        self._setting = True
        try:
            self.directions.value, self.contrast.value = self.shown.directions, self.shown.contrast
            self.colours.value = self.shown.colours
            self.wall.table = self.enlarged.table = lookup(self.shown.colours).tobytes()
            self._draw_wall()
            self.wall.selected = self.shown.tile
        finally:
            self._setting = False

    def _connect(self) -> None:
        guarded = guard(self.error)
        fields = (("directions", "value"), ("contrast", "value"), ("colours", "value"), ("wall", "selected"))
        for part, trait in fields:
            field = "tile" if part == "wall" else part
            act = guarded(lambda change, field=field: self.change(**{field: change["new"]}))
            getattr(self, part).observe(lambda change, act=act: None if self._setting else act(change), trait)
        self.wall.observe(guarded(lambda _change: self._draw_wall()), ["room", "zoom"])
        self.link.on_read(guarded(lambda settings: self.show(practice.from_settings(settings))))

    def _lay_out(self, reset_to: Practice) -> ipw.Widget:
        return shell(
            "A wall to practise on",
            HINT,
            stage=self.wall,
            controls=[_picture(self.photo), self.directions, self.contrast, self.colours],
            number="1",
            details=[self.caption, self.enlarged],
            status=self.status,
            reset=lambda: self.show(reset_to),
            keys=KEYS,
            link=self.link,
            python=lambda: practice.to_python(self.shown),
            error=self.error,
        )


def _picture(photo: np.ndarray) -> ipw.HTML:
    """Return the photograph as part of the page: (height, width), float, 0 to 1."""
    file = io.BytesIO()
    Image.fromarray(np.uint8(255 * photo)).save(file, "PNG")
    source = base64.b64encode(file.getvalue()).decode()
    alt = "photograph of a man in a dark coat who looks through a camera on a tripod, a lawn and towers behind him"
    return ipw.HTML(
        f'<img width="256" height="256" style="max-width: 100%" alt="{alt}" src="data:image/png;base64,{source}">'
    )
