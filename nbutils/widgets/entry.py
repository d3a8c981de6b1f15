"""A field to write in: a line, a text, or tags; what is typed reaches Python while it is typed."""

from collections.abc import Callable, Sequence

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page

KINDS = ("line", "text", "tags")
LONGEST, MOST_TAGS = 10_000, 40


class Entry(anywidget.AnyWidget):
    """A labelled field with the length that is left.

    kind : "line", "text" (several lines), or "tags" (a comma or Enter ends one)
    longest : letters that fit, of a tag where these are tags
    most : how many tags
    `value` is the text, `values` are the tags; `problem` is a sentence under the field, which goes when one types.
    Raises ValueError for another kind and for bounds out of range.
    """

    _esm = page.script("entry.js")
    _css = (page.HERE / "entry.css").read_text()
    _style = page.Style()
    kind = T.Enum(KINDS, "line").tag(sync=True)
    name = T.Unicode().tag(sync=True)
    longest = T.Int(200).tag(sync=True)
    most = T.Int(8).tag(sync=True)
    help = T.Unicode().tag(sync=True)
    problem = T.Unicode().tag(sync=True)
    disabled = T.Bool(False).tag(sync=True)
    value = T.Unicode().tag(sync=True, echo_update=False)
    values = T.List(T.Unicode()).tag(sync=True, echo_update=False)

    def __init__(self, name: str, kind: str = "line", longest: int = 200, most: int = 8, **traits: object) -> None:
        if kind not in KINDS:
            raise ValueError(f'an entry is one of {", ".join(KINDS)}, got "{kind}".')
        if not 1 <= longest <= LONGEST or not 1 <= most <= MOST_TAGS:
            raise ValueError(
                f'the entry "{name}" takes 1 to {LONGEST:,} letters and 1 to {MOST_TAGS} tags, '
                f"got {longest} and {most}."
            )
        super().__init__(name=name, kind=kind, longest=longest, most=most, **traits)
        self.on_msg(self._receive)

    def on_change(self, callback: Callable[[str | tuple[str, ...]], object]) -> None:
        """Call callback(text), or callback(tags), whenever it changes."""
        if self.kind == "tags":
            self.observe(lambda change: callback(tuple(change["new"])), "values")
        else:
            self.observe(lambda change: callback(change["new"]), "value")

    def clear(self) -> None:
        """Empty the field."""
        self.value, self.values, self.problem = "", [], ""

    def set_state(self, sync_data: object) -> None:
        """Take from the page what was typed, if it fits."""
        if self.kind == "tags":
            taken = foreign.accept(sync_data, values=lambda value: clean_tags(value, self.longest, self.most))
        else:
            breaks = "\n\t" if self.kind == "text" else ""
            taken = foreign.accept(sync_data, value=lambda value: foreign.typed(value, self.longest, breaks))
        before = self.value, self.values
        super().set_state(taken)
        if (self.value, self.values) != before:
            self.problem = ""

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        """Take what was typed: a trait that changed would wait while Python works, and a press would overtake it."""
        if foreign.event(content) == "typed":
            self.set_state({name: content[name] for name in ("value", "values") if name in content})


def clean_tags(values: object, longest: int, most: int) -> list[str]:
    """Return tags without spaces around them; ValueError for too many, empty, doubled or overlong ones."""
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        raise TypeError(f"tags are a list, got {type(values).__name__}.")
    if len(values) > most:
        raise ValueError(f"at most {most} tags are taken, got {len(values)}.")
    tags = [foreign.typed(value, longest).strip() for value in values]
    if not all(tags) or any("," in tag for tag in tags):
        raise ValueError("a tag has at least one letter and no comma.")
    if len({tag.lower() for tag in tags}) < len(tags):
        raise ValueError("each tag is there once.")
    return tags
