"""What the browser of galleries says: headings, captions, recipes, and where the pictures come from."""

from collections.abc import Mapping, Sequence
from html import escape

from nbutils.deepvis.best_photos import BestPhoto, BestPhotos
from nbutils.deepvis.galleries import Gallery, Hung
from nbutils.deepvis.montages import Row
from nbutils.preferred.recipe import Recipe, to_json

SILENT = "silent: nothing raises it"


def name_unit(hung: Hung, one: int, labels: Sequence[str]) -> str:
    """Return a unit in words: its number, and the class that it stands for.

    labels : of the classes, empty where the units stand for none
    """
    return f"{one} {labels[one]}" if labels else f"{hung.part.title} · channel {one}"


def hover_names(hung: Hung, labels: Sequence[str]) -> list[str]:
    """Return what is told of each tile beside its place."""
    told = []
    for place, one in enumerate(hung.made):
        named = labels[one] if labels else f"channel {one}"
        reached = SILENT if one in hung.silent else f"answers {hung.objectives[place]:.3g}"
        told.append(f"{named} · {reached}")
    return told


def heading(gallery: Gallery, hung: Hung) -> str:
    """Return the heading over a wall, as HTML; it says how many units have no picture yet."""
    noun = "classes" if hung.part.is_classes else "channels"
    count, all_of = len(hung.made), hung.part.units
    made = f"{all_of} {noun}" if count == all_of else f"{count} of {all_of} {noun}; the others are not made yet"
    silent = f"; {len(hung.silent)} silent" if hung.silent else ""
    return f"<h3>{escape(gallery.title)}: {escape(hung.part.title)} <small>{made}{silent}</small></h3>"


def compared(rows: Sequence[Row]) -> str:
    """Return the heading over a comparison, as HTML: what each row is."""
    told = "; ".join(f"{escape(row.title)} {row.side} px" for row in rows)
    return f"<h3>Layers compared <small>each picture as large as what its unit sees; from the top: {told}</small></h3>"


def caption(hung: Hung, one: int, title: str) -> str:
    """Return what stands under the large picture, as HTML."""
    place = hung.place_of(one)
    if place is None:
        return f"<h3>{escape(title)}</h3><p class='dv-quiet'>It has no picture yet.</p>"
    lines = [f"answers with <b>{hung.objectives[place]:.3g}</b>"]
    if hung.probabilities is not None:
        lines.append(f"probability of the class <b>{hung.probabilities[place]:.2f}</b>")
    if one in hung.silent:
        lines.append(f"<em>{SILENT}</em>")
    return f"<h3>{escape(title)}</h3><p class='dv-numbers'>{'<br>'.join(lines)}</p>"


def recipe(made_by: Recipe) -> str:
    """Return how a picture is made again, folded, as HTML."""
    held = escape(to_json(made_by))
    steps = f"{made_by.steps} steps at {made_by.size} pixels"
    return (
        f"<details><summary>Its recipe: {escape(made_by.objectives[0])}, {steps}</summary>"
        f"<pre style='white-space: pre-wrap; overflow-wrap: anywhere'>{held}</pre></details>"
    )


def origin(provenance: Mapping[str, object]) -> str:
    """Return by which command and when a gallery was made, as HTML."""
    told = f"{escape(str(provenance.get('date', '')))}, <code>{escape(str(provenance.get('command', '')))}</code>"
    return f"<details><summary>Where these pictures come from</summary><p>{told}</p></details>"


def standing(photo: BestPhoto, between: str = " · ") -> str:
    """Return a photograph's answer, and how many percent of the photographs answer less."""
    return f"{photo.value:.3g}{between}{photo.percentile:.1f}%"


def score(photo: BestPhoto, between: str = " · ") -> str:
    """Return the same of one of the strongest; one that shows little of the unit is told as such."""
    return standing(photo, between) + ("" if photo.good else f"{between}weak")


def no_example(best: BestPhotos) -> str:
    """Return why no photograph is shown."""
    first = best.strongest[0] if best.strongest else None
    reached = "" if first is None else f" The strongest answer, to {first.name}, is {first.value:.3g}."
    return f"No good example here: none of the {best.photographs} photographs shows what it likes.{reached}"
