"""What can go wrong with a database, as sentences for whoever stands before the page."""

import contextlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy import exc

READ_ONLY = (
    "This page is read-only: look around, breed and download. To keep, publish or rate, open the suite on your own "
    "computer."
)
BUSY = "The gallery is busy with what others keep; nothing was changed. Try again in a moment."
FULL = "The disk that holds the gallery is full; nothing was changed. Download what you want to keep, or make room."
UNWRITABLE = (
    "The gallery can be read but not written; nothing was changed. Download what you want to keep, or set "
    "NBUTILS_DATABASE to a place that you may write to."
)
DAMAGED = (
    "The file of the gallery is damaged or no gallery. Put a copy of it back, or set NBUTILS_DATABASE to another file."
)
UNREACHABLE = (
    "The database of the gallery cannot be reached. Start its server or correct NBUTILS_DATABASE, then open the page "
    "again; what you breed meanwhile can be downloaded."
)
LACKING = "The database of the gallery lacks what this program keeps there. Run `{command}`."

# Words of SQLite's messages and codes of PostgreSQL (SQLSTATE, appendix A of its manual), the first that fits.
# 23505: two kept the same thing at once; the second one finds it kept.
BUSY_SIGNS = ("is locked", "40001", "40P01", "55P03", "23505", "queuepool")
SIGNS = (
    (BUSY_SIGNS, BUSY),
    (("disk is full", "53100"), FULL),
    (("readonly", "read-only", "25006", "42501"), UNWRITABLE),
    (("malformed", "not a database", "disk i/o error"), DAMAGED),
    (("unable to open", "connection", "57P", "08", "53300", "28"), UNREACHABLE),
)


FAILURES = (exc.SQLAlchemyError, sqlite3.Error)


class StoreError(ValueError):
    """The store refuses or fails; the text is a sentence that says what to do. Nothing is half written."""


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn what the database raises into StoreError."""
    try:
        yield
    except FAILURES as error:
        raise StoreError(explain(error)) from error


def is_busy(error: Exception) -> bool:
    """Say whether the same may well succeed in a moment: others were writing."""
    return _fits(error, BUSY_SIGNS)


def explain(error: Exception) -> str:
    """Return a sentence for what the database raised."""
    for signs, sentence in SIGNS:
        if _fits(error, signs):
            return sentence
    return f"The gallery could not do this ({_first_line(error)}); nothing was changed."


def _fits(error: Exception, signs: tuple[str, ...]) -> bool:
    state, words = str(getattr(getattr(error, "orig", None), "sqlstate", None) or ""), _first_line(error).lower()
    return any(state.startswith(sign) if sign[:2].isdigit() else sign in words for sign in signs)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0][:200]
