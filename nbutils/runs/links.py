"""Values of settings as the text of a link, and back."""

import json


def write_value(value: object) -> str:
    """Return a value as text: words as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def read_value(name: str, text: str, new: object) -> object:
    """Return one value of a link as the kind that its field has, a word where `new` is one.

    new : what a new record has in that field
    Raises ValueError for a text that is neither a word nor JSON; what JSON held is for the record to check.
    """
    if isinstance(new, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(f'{name} cannot be read from "{text[:40]}".') from None
