"""A painter's network as a text that fits into a link: letters, digits, - and _ only."""

import base64
import binascii
import json
import zlib

from nbutils.forms.painting import DECIMALS
from nbutils.neat import FUNCTIONS, PLANE, Genome, Link, Node
from nbutils.neat.genome import MOST_LINKS, MOST_NODES, check_weight
from nbutils.neat.innovations import MOST_NUMBER, number_link
from nbutils.runs.parsing import check_whole, read_list, read_object, take

LONGEST_TEXT = 1_800  # a link of the page holds 2,000 characters
LONGEST_JSON = 20_000
WHAT = "The network of this link"
NAMES = tuple(FUNCTIONS)


def to_text(genome: Genome) -> str:
    """Return a painter's network as a short text, its weights to three decimals.

    Raises ValueError for a network of other inputs or outputs, and for one that is too large for a link.
    """
    if genome.ends != PLANE:
        raise ValueError("A link holds only networks that paint x and y in red, green and blue.")
    places = {number: place for place, number in enumerate(_list_numbers(genome))}
    held = {
        "nodes": [[node.number, NAMES.index(node.function)] for node in genome.nodes],
        "links": [
            [places[link.source], places[link.target], round(link.weight, DECIMALS), int(link.enabled)]
            for link in genome.links
        ],
    }
    packed = zlib.compress(json.dumps(held, separators=(",", ":")).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"This network is too large for a link: {len(text):,} characters, {LONGEST_TEXT:,} fit.")
    return text


def from_text(text: str) -> Genome:
    """Read what `to_text` wrote; raise ValueError, with a sentence, for anything else."""
    held = take(WHAT, read_object(WHAT, _unpack(text), LONGEST_JSON), ("nodes", "links"))
    rows = [_read_row("A node", row, 2) for row in read_list("nodes", held["nodes"], MOST_NODES)]
    nodes = tuple(
        Node(
            check_whole("The number of a node", number, MOST_NUMBER),
            NAMES[check_whole("A function", function, len(NAMES) - 1)],
        )
        for number, function in rows
    )
    numbers = [*range(len(PLANE.inputs)), *(node.number for node in nodes)]
    links = [_read_link(row, numbers) for row in read_list("links", held["links"], MOST_LINKS)]
    return Genome(PLANE, nodes, tuple(sorted(links, key=lambda link: link.innovation)))


def _list_numbers(genome: Genome) -> list[int]:
    return [*range(len(genome.ends.inputs)), *(node.number for node in genome.nodes)]


def _unpack(text: object) -> str:
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise ValueError(f"{WHAT} is a text of at most {LONGEST_TEXT:,} characters.")
    reader = zlib.decompressobj()
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        found = reader.decompress(packed, LONGEST_JSON).decode()
    except (ValueError, binascii.Error, zlib.error) as error:
        raise ValueError(f"{WHAT} could not be read: was all of the address copied?") from error
    if not reader.eof:
        raise ValueError(f"{WHAT} could not be read: it is cut off or too large.")
    return found


def _read_row(what: str, row: object, length: int) -> list:
    values = read_list(what, row, length)
    if len(values) != length:
        raise ValueError(f"{what} has {length} numbers, got {len(values)}.")
    return values


def _read_link(row: object, numbers: list[int]) -> Link:
    source, target, weight, enabled = _read_row("A link", row, 4)
    ends = [numbers[check_whole("An end of a link", end, len(numbers) - 1)] for end in (source, target)]
    return Link(number_link(*ends), *ends, check_weight(weight), bool(check_whole("enabled", enabled, 1)))
