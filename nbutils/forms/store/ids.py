"""How people, generations and shapes are named; what comes in a link or a file may be anything."""

import re
from hashlib import sha256

from nbutils.forms.store.errors import StoreError
from nbutils.runs.parsing import show

PERSON = re.compile("[0-9a-f]{64}")
GENERATION = re.compile("[0-9a-f]{32}")
SHAPE = re.compile("[0-9a-f]{16}")


def check_id(what: str, value: object, form: re.Pattern) -> str:
    """Return an id; raise StoreError for anything else."""
    if not isinstance(value, str) or not form.fullmatch(value):
        raise StoreError(f"{what} is named by {form.pattern[-3:-1]} hexadecimal digits, got {show(value)}.")
    return value


def check_shape(value: object) -> str:
    """Return the id of a shape; raise StoreError for anything else."""
    return check_id("A shape", value, SHAPE)


def check_generation(value: object) -> str:
    """Return the id of a generation; raise StoreError for anything else."""
    return check_id("A generation", value, GENERATION)


def name_shape(person: str, genome: str, name: str, copy: int = 0) -> str:
    """Return the id of a shape, which follows from who made it, its genome as JSON and its name.

    copy : how many other shapes had that id before they were given another name
    """
    return sha256(f"{person}\n{genome}\n{name}\n{copy}".encode()).hexdigest()[:16]
