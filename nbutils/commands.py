"""Commands for people to type, as they work where these people stand."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]


def as_typed(words: str) -> str:
    """Return the line that runs a module of the Python in use, such as "nbutils doctor" or "pip check".

    `make` puts that Python into the repository, where nothing else calls it "python".
    """
    return f"{_python()} -m {words}"


def _python() -> str:
    """Return the path of the Python in use where it lies in the current folder or in the repository, else "python"."""
    used = Path(sys.executable)
    for folder in (Path.cwd(), CHECKOUT):
        if used.is_relative_to(folder):
            return str(used.relative_to(folder))
    return "python"
