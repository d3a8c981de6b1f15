"""The pictures and words of the random search."""

import io
from collections.abc import Collection, Sequence
from html import escape

import numpy as np
from PIL import Image

from nbutils.deepvis.searching import Failure, Find, to_python
from nbutils.preferred.fields import FIELDS
from nbutils.preferred.recipe import Recipe
from nbutils.widgets import Wall

QUALITY = 88
STAR = "★ "


def fill_wall(wall: Wall, finds: Sequence[Find], starred: Collection[Recipe]) -> None:
    """Put finds on their wall, all in one JPEG, brought down to the room that they get."""
    height, width = finds[0].picture.shape[:2]
    share = min(1.0, wall.tile_room(len(finds), width / height) / max(height, width))
    height, width = (max(1, round(side * share)) for side in (height, width))
    across = max(1, round(len(finds) ** 0.5))
    sheet = Image.new("RGB", (across * width, -(-len(finds) // across) * height))
    for place, find in enumerate(finds):
        tile = Image.fromarray(find.picture).resize((width, height), Image.Resampling.BOX)
        sheet.paste(tile, (place % across * width, place // across * height))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=QUALITY)
    names = [name_find(find, find.recipe in starred) for find in finds]
    wall.show_atlas(out.getvalue(), len(finds), height, width, across, names)
    wall.marked = [place for place, find in enumerate(finds) if find.recipe in starred]


def name_find(find: Find, starred: bool) -> str:
    """Return what is told of a tile: its place, its star and its numbers."""
    judged = "" if find.verdict is None else f", the judge gives {find.verdict:.2f}"
    return f"{STAR if starred else ''}combination {find.place}: objective {find.objective:.3g}{judged}"


def tell_find(find: Find, drawn: Collection[str], starred: bool, titles: tuple[str, str]) -> str:
    """Return the numbers and settings of a find, as HTML.

    drawn : the fields that the search draws
    titles : of the network that made the picture and of the judge
    """
    numbers = {"objective": f"{find.objective:.4g}"}
    if find.probability is not None:
        numbers[f"{titles[0]} says"] = f"{find.probability:.1%}"
    if find.verdict is not None:
        numbers[f"{titles[1]}, which never saw it, says"] = f"{find.verdict:.1%}"
    fields = {name: getattr(find.recipe, name) for name in FIELDS if name in drawn}
    used = {FIELDS[name].title: f"{value:g} {FIELDS[name].unit}".strip() for name, value in fields.items() if value}
    absent = [FIELDS[name].title for name, value in fields.items() if not value]
    told = [f"<h3>{STAR if starred else ''}Combination {find.place}</h3>", _list(numbers), _list(used)]
    if absent:
        told.append(f"<p class='dv-quiet'>Left out: {escape(', '.join(absent))}.</p>")
    if find.silent:
        told.append("<p class='dv-quiet'>Silent: nothing said how to change this picture.</p>")
    told.append(f"<details><summary>As Python</summary><pre>{escape(to_python(find.recipe))}</pre></details>")
    return "".join(told)


def tell_failures(failures: Sequence[Failure]) -> str:
    """Return which combinations made no picture, and why, as HTML; "" where there are none."""
    if not failures:
        return ""
    rows = "".join(f"<li>Combination {one.place}: {escape(one.reason)}</li>" for one in failures[:50])
    more = f"<li>and {len(failures) - 50} more</li>" if len(failures) > 50 else ""
    title = f"{len(failures)} combination{'s' * (len(failures) > 1)} made no picture"
    return f"<details><summary>{title}</summary><ul>{rows}{more}</ul></details>"


def enlarge(wall: Wall, picture: np.ndarray, label: str) -> None:
    """Show one picture on a wall of its own."""
    wall.show(picture[None])
    wall.label = label


def _list(rows: dict[str, str]) -> str:
    told = "<br>".join(f"{escape(name)} <b>{escape(value)}</b>" for name, value in rows.items())
    return f"<p class='dv-numbers'>{told}</p>"
