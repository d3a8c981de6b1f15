"""A gallery as one HTML page that needs no kernel and no other address: sheets, names and facts are in it."""

import base64
import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from nbutils.deepvis.best_photos import read_best
from nbutils.deepvis.galleries import Gallery, Hung
from nbutils.deepvis.gallery_sheets import A_SHEET, COLUMNS
from nbutils.preferred.recipe import to_json

HERE = Path(__file__).parent
MOST_BYTES = 48_000_000  # what a page can hand over at once
PHOTOGRAPHS = 3  # named of each unit; they themselves are other people's and stay out
# Nothing may be loaded from anywhere, whatever a name in the page should hold.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def build_page(gallery: Gallery, labels: Sequence[str] = ()) -> bytes:
    """Return the page.

    labels : the names of the network's classes
    Raises ValueError for a damaged sheet, and where the page would be larger than a browser is handed over.
    """
    layers = [_tell_layer(gallery, hung, labels if hung.part.is_classes else ()) for hung in gallery.layers]
    facts = {"title": gallery.title, "columns": COLUMNS, "a_sheet": A_SHEET, "layers": layers}
    sheets = "".join(
        f"<style>.{_name_sheet(place, number)} {{ background-image: url({_to_uri(gallery, name)}); }}</style>"
        for place, hung in enumerate(gallery.layers)
        for number, name in enumerate(hung.sheets)
    )
    page = _fill((HERE / "gallery_page.html").read_text("utf-8"), _parts_of(gallery, facts, sheets)).encode()
    if len(page) > MOST_BYTES:
        raise ValueError(f"The page would hold {len(page):,} bytes, and a browser is handed over {MOST_BYTES:,}.")
    return page


def _parts_of(gallery: Gallery, facts: Mapping, sheets: str) -> dict[str, str]:
    provenance = gallery.provenance
    return {
        "policy": escape(POLICY, quote=True),
        "title": escape(f"{gallery.title}: preferred pictures"),
        "origin": escape(f"{provenance.get('date', '')}: {provenance.get('command', '')}"),
        "style": (HERE / "gallery_page.css").read_text("utf-8"),
        "sheets": sheets,
        "facts": to_script(facts),
        "script": (HERE / "gallery_page.js").read_text("utf-8"),
    }


def _fill(frame: str, parts: Mapping[str, str]) -> str:
    """Return the frame with each {{name}} replaced, in one pass: what a part holds is never looked into."""
    pieces = frame.split("{{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}}")
        filled += [parts[name], rest]
    return "".join(filled)


def to_script(facts: Mapping) -> str:
    """Return JSON that may stand inside a script element, whatever its texts hold."""
    text = json.dumps(facts, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _tell_layer(gallery: Gallery, hung: Hung, labels: Sequence[str]) -> dict:
    """Return what the page knows of one layer."""
    return {
        "title": hung.part.title,
        "noun": "class" if hung.part.is_classes else "channel",
        "units": hung.part.units,
        "tile": hung.part.tile,
        "side": hung.part.box[2] - hung.part.box[0],
        "recipe": to_json(hung.part.recipe),
        "made": list(hung.made),
        "names": [labels[one] for one in hung.made] if labels else [],
        "objectives": list(hung.objectives),
        "probabilities": None if hung.probabilities is None else list(hung.probabilities),
        "silent": sorted(hung.silent),
        "photographs": [_name_photos(gallery, hung, one) for one in hung.made],
    }


def _name_photos(gallery: Gallery, hung: Hung, one: int) -> str:
    """Return the strongest photographs of a unit in words, by name and answer; empty where none is known."""
    best = read_best(gallery.network, hung.part.layer, one, hung.objectives[hung.place_of(one)])
    if best is None:
        return ""
    if not best.has_good_example:
        return f"No good example among {best.photographs} photographs."
    named = [f"{photo.name} ({photo.value:.3g})" for photo in best.strongest[:PHOTOGRAPHS] if photo.good]
    return f"Strongest of {best.photographs} photographs: {', '.join(named)}."


def _name_sheet(layer: int, number: int) -> str:
    return f"s{layer}-{number}"


def _to_uri(gallery: Gallery, name: str) -> str:
    try:
        held = (gallery.folder / name).read_bytes()
    except OSError as error:
        raise ValueError(f"The sheet {name} of a gallery is not there: get it from the repository.") from error
    return f"data:image/webp;base64,{base64.b64encode(held).decode()}"
