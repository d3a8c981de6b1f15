"""How people, generations and shapes are named; what comes in a link or a file may be anything."""

import re

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
