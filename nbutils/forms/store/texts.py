"""Names, descriptions and tags as people type them: any script, any emoji, nothing that is no text."""

import unicodedata
from collections.abc import Iterable

from nbutils.forms.store.errors import StoreError

LONGEST_NAME = 60
LONGEST_DESCRIPTION = 2_000
LONGEST_TAG = 30
MOST_TAGS = 12
LONGEST_REASON = 500
LONGEST_AUTHOR = 40

# Letters of right-to-left scripts need none of these; they turn round the text that stands beside them
# (Unicode Standard Annex 9, sections 2.1 to 2.5).
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = ("C", "Z")  # general categories: control, format, unassigned; spaces
REFUSED = ("Cc", "Cs", "Zl", "Zp")


def clean_line(what: str, text: object, longest: int) -> str:
    """Return one line of text in its composed form (NFC), without spaces at its ends; "" is allowed.

    Raises StoreError for text that is too long and for characters that are no text.
    """
    return _clean(what, text, longest, allowed="")


def clean_name(what: str, text: object, longest: int) -> str:
    """Return one line that has something to see; raise StoreError for anything else."""
    cleaned = clean_line(what, text, longest)
    if not any(_is_seen(character) for character in cleaned):
        raise StoreError(f"{what} is missing: write 1 to {longest} characters, at least one that can be seen.")
    return cleaned


def clean_paragraphs(what: str, text: object, longest: int) -> str:
    """Return text that may have several lines; raise StoreError as `clean_line` does."""
    if isinstance(text, str):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _clean(what, text, longest, allowed="\n")


def clean_tags(tags: Iterable[object]) -> tuple[str, ...]:
    """Return tags in lower case, each once, in the order given, without empty ones.

    Raises StoreError for more than MOST_TAGS, and for tags that are no line of text.
    """
    if isinstance(tags, str) or not isinstance(tags, Iterable):
        raise StoreError(f"Tags are a list of words, got {type(tags).__name__}.")
    found: dict[str, None] = {}
    for tag in tags:
        cleaned = clean_tag(tag)
        if cleaned:
            found[cleaned] = None
        if len(found) > MOST_TAGS:
            raise StoreError(f"A shape has at most {MOST_TAGS} tags; leave some out.")
    return tuple(found)


def clean_tag(tag: object) -> str:
    """Return a tag as it is compared: in lower case, with single spaces; "" where nothing can be seen."""
    cleaned = unicodedata.normalize("NFC", " ".join(clean_line("A tag", tag, LONGEST_TAG).lower().split()))
    return cleaned if any(_is_seen(character) for character in cleaned) else ""


def fold(text: str) -> str:
    """Return text as it is searched: without differences of case and of width (NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _clean(what: str, text: object, longest: int, allowed: str) -> str:
    if not isinstance(text, str):
        raise StoreError(f"{what} is text, got {type(text).__name__}.")
    if len(text) <= 4 * longest:  # else not worth composing
        text = unicodedata.normalize("NFC", text).strip()
    if len(text) > longest:
        raise StoreError(f"{what} has at most {longest:,} characters, got {len(text):,}; shorten it.")
    for character in text:
        if character in allowed:
            continue
        if character in TURNING or unicodedata.category(character) in REFUSED:
            raise StoreError(f"{what} holds a character that is no text (U+{ord(character):04X}); leave it out.")
    return text


def _is_seen(character: str) -> bool:
    # Emoji may be newer than the tables of this Python, which then calls them unassigned.
    category = unicodedata.category(character)
    return category == "Cn" or category[0] not in UNSEEN
