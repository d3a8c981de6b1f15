"""The lines of an exported gallery, checked one by one when they are read: anyone may have written them.

The file is gzip; its first line says what it is, every other one holds a person, a generation, a shape, a rating or an
innovation as JSON. So nobody has to parse all of it at once.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO

from nbutils.forms.generation_json import LONGEST_JSON
from nbutils.forms.store import ids, shapes, sparse, texts
from nbutils.forms.store.engine import now
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.ratings import MOST_STARS
from nbutils.neat import SPACE, from_json, to_json
from nbutils.neat.innovations import MOST_COPIES, MOST_NUMBER, Structure, number_structure
from nbutils.runs.parsing import check_whole, read_list, read_object, show, take, without_version

WHAT = "A gallery"
VERSION = 1
LARGEST = 1_000_000_000  # bytes of the file
LARGEST_UNPACKED = 8_000_000_000
MOST_LINES = 5_000_000
LATEST = 2**53 - 1

SHAPE = (
    *("id", "person", "name", "description", "tags", "genome", "thumbnail", "created", "published", "hidden"),
    *("generation", "place", "forked_from"),
)


def write_lines(records: Iterator[tuple[str, object]]) -> bytes:
    """Return a gallery as a file; the same records give the same bytes."""
    file = BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
        for kind, record in (("gallery", {"version": VERSION}), *records):
            packed.write(json.dumps({kind: record}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return file.getvalue()


def read_lines(data: bytes, trusted: bool) -> Iterator[tuple[str, object]]:
    """Yield what a gallery holds as (kind, row); raise StoreError, which names the line, for what it cannot hold.

    trusted : the file is our own; its genomes and pictures are not looked into
    """
    lines = _unpack(data)
    _check_first(next(lines, ""))
    for number, line in enumerate(lines, start=2):
        if number > MOST_LINES:
            raise StoreError(f"{WHAT} has at most {MOST_LINES:,} lines; this one has more.")
        try:
            kind, held = _split(line)
            if kind not in READERS:
                raise ValueError(f"no gallery holds {show(kind)}.")
            row = READERS[kind](held, trusted)
        except ValueError as error:
            raise StoreError(f"Line {number:,} of this gallery cannot be read: {error}") from error
        yield kind, row


def _unpack(data: bytes) -> Iterator[str]:
    if not isinstance(data, bytes) or len(data) > LARGEST:
        raise StoreError(f"{WHAT} is a file of at most {LARGEST:,} bytes.")
    total = 0
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as packed:
            while line := packed.readline(LONGEST_JSON):
                total += len(line)
                if total > LARGEST_UNPACKED or not line.endswith(b"\n"):
                    raise StoreError("This gallery has a line without an end, or grows beyond what is read here.")
                yield line.decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise StoreError("This file is no exported gallery, or it is cut off or damaged.") from error


def _check_first(line: str) -> None:
    try:
        kind, held = _split(line)
        if kind != "gallery":
            raise ValueError("its first line does not say so.")
        take(WHAT, without_version(WHAT, held, VERSION), ())
    except ValueError as error:
        raise StoreError(f"This file is no exported gallery that can be read here: {error}") from error


def _split(line: str) -> tuple[str, dict]:
    held = read_object("A line of a gallery", line, LONGEST_JSON)
    if len(held) != 1:
        raise StoreError("A line of a gallery holds one thing.")
    kind, value = next(iter(held.items()))
    if not isinstance(value, dict):
        raise StoreError(f"A line of a gallery holds a JSON object, got {show(value)}.")
    return kind, value


def _read_person(held: dict, _trusted: bool) -> dict:
    values = take("A person", held, ("id", "name", "created"))
    return {
        "id": ids.check_id("A person", values["id"], ids.PERSON),
        "name": texts.clean_line("A person's name", values["name"], texts.LONGEST_AUTHOR),
        "created": _read_time(values["created"]),
    }


def _read_generation(values: dict, trusted: bool) -> dict:
    take("A generation of a gallery", values, ("person", "created", "bred"))
    held = sparse.read(values["bred"])
    if not trusted:
        sparse.check(held)
    heading = held.heading
    return {
        "id": heading.id,
        "parent": heading.parent,
        "begun_from": heading.begun_from and ids.check_id("A shape", heading.begun_from, ids.SHAPE),
        "number": heading.number,
        "organisms": held.count,
        "body": sparse.pack_object(values["bred"]),
        "person": ids.check_id("A person", values["person"], ids.PERSON),
        "created": _read_time(values["created"]),
    }


def _read_shape(held: dict, trusted: bool) -> dict:
    values = take("A shape", held, SHAPE)
    genome = from_json(json.dumps(values["genome"]))
    if genome.ends != SPACE:
        raise ValueError("the network of a shape has other inputs or outputs.")
    if not isinstance(values["hidden"], bool):
        raise ValueError(f"a shape is hidden or not: true or false is wanted, got {show(values['hidden'])}.")
    shapes.check_origin(values["generation"], values["place"], values["forked_from"])
    return {
        "id": ids.check_id("A shape", values["id"], ids.SHAPE),
        "person": ids.check_id("A person", values["person"], ids.PERSON),
        "name": texts.clean_name("The name", values["name"], texts.LONGEST_NAME),
        "description": texts.clean_paragraphs("The description", values["description"], texts.LONGEST_DESCRIPTION),
        "tags": texts.clean_tags(read_list("tags", values["tags"], texts.MOST_TAGS)),
        "genome": to_json(genome),
        "thumbnail": _read_thumbnail(values["thumbnail"]) if trusted else shapes.draw_thumbnail(genome),
        "created": _read_time(values["created"]),
        "published": None if values["published"] is None else _read_time(values["published"]),
        "hidden": values["hidden"],
        **{name: values[name] for name in ("generation", "place", "forked_from")},
    }


def _read_rating(held: dict, _trusted: bool) -> dict:
    values = take("A rating", held, ("shape", "person", "stars", "changed"))
    stars = check_whole("stars", values["stars"], MOST_STARS)
    if not stars:
        raise ValueError("a rating has one star at least.")
    return {
        "shape": ids.check_id("A shape", values["shape"], ids.SHAPE),
        "person": ids.check_id("A person", values["person"], ids.PERSON),
        "stars": stars,
        "changed": _read_time(values["changed"]),
    }


def _read_innovation(held: dict, _trusted: bool) -> Structure:
    values = take("An innovation", held, ("number", "source", "target", "copy"))
    source, target = (check_whole(name, values[name], MOST_NUMBER) for name in ("source", "target"))
    copy = None if values["copy"] is None else check_whole("copy", values["copy"], MOST_COPIES)
    found = Structure(source, target, copy)
    if number_structure(found) != values["number"]:
        raise ValueError(f"{show(values['number'])} is not the number of this innovation.")
    return found


def _read_thumbnail(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("a picture is text in base 64.")
    return base64.b64decode(value, validate=True)


def _read_time(value: object) -> int:
    # Nothing was kept tomorrow: what says so would stay the newest for ever.
    return min(check_whole("A time", value, LATEST), now())


READERS: dict[str, Callable[[dict, bool], object]] = {
    "person": _read_person,
    "generation": _read_generation,
    "shape": _read_shape,
    "rating": _read_rating,
    "innovation": _read_innovation,
}
