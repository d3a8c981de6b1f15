"""Galleries from the command line: what is made, said line by line, and where it is put."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from nbutils import zoo
from nbutils.commands import as_typed
from nbutils.deepvis.galleries import gallery_folder, read_gallery
from nbutils.deepvis.gallery_making import make_pictures, open_store, read_units
from nbutils.deepvis.gallery_page import build_page
from nbutils.deepvis.gallery_plans import plan_gallery
from nbutils.deepvis.gallery_writing import adopt, write_gallery
from nbutils.deepvis.records import describe_origin
from nbutils.runs.store import write_whole


def render(
    network: str,
    command: str,
    layers: str | None = None,
    units: str = "all",
    preset: str = "default",
    work: Path | None = None,
    out: Path | None = None,
) -> Iterator[str]:
    """Make what is missing of a gallery and put it in its folder, saying in lines how far it is.

    command : as it was typed, for the record
    Raises ValueError for what there is not, FloatingPointError for a recipe that breaks, runs.Unwritable where nothing
    can be kept and zoo.Unavailable for a network that was not fetched.
    """
    loaded = zoo.load(network)
    folder = out or gallery_folder(network)
    there = read_gallery(network, folder)
    names: Sequence[str] = tuple(layers.split(",")) if layers else ()
    parts = plan_gallery(loaded, names, preset)
    store, wanted = open_store(work), read_units(units)
    done = None
    whole = adopt(parts, there)
    for step in make_pictures(loaded, whole[: len(parts)], store, wanted, there):
        if done not in (None, step.done):
            minutes = f"{step.seconds_left / 60:.0f} minutes left"
            yield f"{step.layer}: {step.done} of {step.total} pictures, {minutes}"
        done = step.done
    index = write_gallery(loaded, whole, store, folder, describe_origin(command, 0), there)
    made = sum(len(part["made"]) for part in index["parts"])
    yield f"{made} of {sum(part['units'] for part in index['parts'])} pictures in {folder}"


def write_page(network: str, path: Path, folder: Path | None = None) -> str:
    """Write the gallery that is there as one HTML page, and return a line that says so.

    Raises ValueError where there is none.
    """
    found = read_gallery(network, folder)
    if found is None:
        raise ValueError(
            f'There is no gallery of "{network}" yet: run `{as_typed(f"nbutils render gallery --network {network}")}`.'
        )
    page = build_page(found, zoo.load(network).labels or ())
    write_whole(path, page)
    return f"{path}: {len(page) / 1e6:.1f} MB"
