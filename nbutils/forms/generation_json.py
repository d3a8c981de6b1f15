"""Generations as JSON, version 1, checked entry by entry when they are read: anyone may have written them."""

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields

from nbutils.forms.breeding import Generation, Organism, check_seed, check_selected, name_generation
from nbutils.neat import Changes, from_json, to_json
from nbutils.neat.settings import MOST_STRENGTH
from nbutils.runs.parsing import check_whole, read_list, read_object, show, take, without_version

VERSION = 1
LONGEST_JSON = 20_000_000
LONGEST_PACKED = 5_000_000
MOST_ORGANISMS = 100
MOST_NUMBER = 1_000_000
MOST_CHANGES = 1_000
NAME = re.compile(r"[0-9a-f]{32}")
LONGEST_SHAPE = 64
GENERATION = ("id", "parent", "number", "organisms", "selected", "seed", "strength", "begun_from")
ORGANISM = ("genome", "parents", "changes", "redrawn")
CHANGES = tuple(field.name for field in fields(Changes))


def generation_to_json(generation: Generation) -> str:
    """Return a generation as one line of canonical JSON; equal generations give equal text."""
    held = {name: getattr(generation, name) for name in GENERATION} | {
        "version": VERSION,
        "organisms": [write_organism(one) for one in generation.organisms],
    }
    return json.dumps(held, sort_keys=True, separators=(",", ":"), allow_nan=False)


def generation_from_json(text: str) -> Generation:
    """Read what `generation_to_json` wrote.

    Raises ValueError, with a sentence, for anything that is not a generation of this version, or has another's id.
    """
    held = without_version("A generation", read_object("A generation", text, LONGEST_JSON), VERSION)
    values = take("A generation", held, GENERATION)
    organisms = tuple(read_organism(one) for one in read_list("organisms", values["organisms"], MOST_ORGANISMS))
    if not organisms:
        raise ValueError("A generation has at least one organism.")
    found = read_heading(values, organisms)
    if name_generation(found) != found.id:
        raise ValueError("The id of this generation belongs to another one: it was changed after it was written.")
    return found


def read_heading(values: Mapping[str, object], organisms: tuple[Organism, ...]) -> Generation:
    """Return a generation of these organisms with what else is said of it; raise ValueError for what cannot be.

    Whether its id fits is not looked at: not all of its organisms may be here.
    """
    parent = None if values["parent"] is None else _read_name("The parent of a generation", values["parent"])
    selected = read_list("selected", values["selected"], MOST_ORGANISMS)
    return Generation(
        _read_name("The id of a generation", values["id"]),
        parent,
        check_whole("The number of a generation", values["number"], MOST_NUMBER),
        organisms,
        check_selected(selected, MOST_ORGANISMS) if parent else _read_nothing("selected", selected),
        check_seed(values["seed"]),
        _read_strength(values["strength"]),
        _read_shape(values["begun_from"]),
    )


def pack_generation(generation: Generation) -> bytes:
    """Return the JSON of a generation, compressed by zlib."""
    return zlib.compress(generation_to_json(generation).encode())


def unpack_generation(packed: bytes) -> Generation:
    """Read what `pack_generation` wrote; raise ValueError for anything else, and for what grows beyond its bound."""
    return generation_from_json(unpack_text(packed))


def unpack_text(packed: bytes) -> str:
    """Return the text that a packed generation holds; raise ValueError for what grows beyond its bound."""
    if not isinstance(packed, bytes) or len(packed) > LONGEST_PACKED:
        raise ValueError(f"A packed generation has at most {LONGEST_PACKED:,} bytes.")
    reader = zlib.decompressobj()
    try:
        text = reader.decompress(packed, LONGEST_JSON).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise ValueError("A packed generation could not be read: it is damaged or no generation.") from error
    if not reader.eof or reader.unused_data:
        raise ValueError("A packed generation could not be read: it is cut off, too large, or followed by more.")
    return text


def write_organism(organism: Organism) -> dict[str, object]:
    """Return an organism as JSON holds it."""
    return {
        "genome": json.loads(to_json(organism.genome)),
        "parents": organism.parents,
        "changes": organism.changes and asdict(organism.changes),
        "redrawn": organism.redrawn,
    }


def read_organism(held: object) -> Organism:
    """Read what `write_organism` wrote; raise ValueError for anything else."""
    values = take("An organism", held, ORGANISM)
    parents = tuple(
        check_whole("A parent", one, MOST_ORGANISMS - 1) for one in read_list("parents", values["parents"], 2)
    )
    return Organism(
        from_json(json.dumps(values["genome"])),
        parents,
        None if values["changes"] is None else _read_changes(values["changes"]),
        check_whole("redrawn", values["redrawn"], MOST_CHANGES),
    )


def _read_changes(held: object) -> Changes:
    values = take("What mutations did", held, CHANGES)
    return Changes(**{name: check_whole(name, values[name], MOST_CHANGES) for name in CHANGES})


def _read_name(what: str, value: object) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError(f"{what} is 32 hexadecimal digits, got {show(value)}.")
    return value


def _read_nothing(what: str, value: list) -> tuple[int, ...]:
    if value:
        raise ValueError(f"{what} must be empty for a first generation.")
    return ()


def _read_strength(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_STRENGTH:
        raise ValueError(f"strength must be a number from 0 to {MOST_STRENGTH:g}, got {show(value)}.")
    return float(value)


def _read_shape(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(f"[A-Za-z0-9_-]{{1,{LONGEST_SHAPE}}}", value):
        raise ValueError(f"begun_from is the id of a shape or nothing, got {show(value)}.")
    return value
