"""Errors for the people who see them: a sentence, details folded away, and a page that lives on."""

import os
import traceback
from collections.abc import Callable
from functools import wraps

import anywidget
import ipywidgets
import traitlets as T

from nbutils.widgets import foreign, page

LONGEST_SENTENCE = 600
LONGEST_DETAILS = 20_000


class ErrorLine(anywidget.AnyWidget):
    """A place for one error: nothing while all is well, else a sentence and folded details."""

    _esm = page.script("errors.js")
    _style = page.Style()
    sentence = T.Unicode().tag(sync=True)
    details = T.Unicode().tag(sync=True)

    def show(self, exception: BaseException) -> None:
        """Show what went wrong as a sentence, announced at once, with details to unfold."""
        self.details = detail(exception)
        self.sentence = describe(exception)

    def clear(self) -> None:
        """Take the error away."""
        self.sentence = self.details = ""

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: it only shows."""
        super().set_state(foreign.accept(sync_data))


def describe(exception: BaseException) -> str:
    """Return one sentence for the person who sees it.

    A message that ends as a sentence does is taken to be one; another ("division by zero") gets its type in front.
    """
    message = str(exception).strip()
    kind = type(exception).__name__
    if not message:
        message = f"This did not work ({kind}); there was no further word on why."
    elif isinstance(exception, KeyError) or not message.endswith((".", "?", "!")):
        message = f"This did not work: {kind}: {message}."
    return message[:LONGEST_SENTENCE]


def detail(exception: BaseException) -> str:
    """Return what a developer wants to know: the traceback, or on published pages only type and message."""
    if os.environ.get("NBUTILS_PUBLISH") == "1":
        lines = traceback.format_exception_only(exception)
    else:
        lines = traceback.format_exception(exception)
    return "".join(lines)[-LONGEST_DETAILS:]


def guard(error_line: ErrorLine, clears: bool = True) -> Callable[[Callable], Callable]:
    """Return a decorator for callbacks: an exception is shown in error_line, a success clears it.

    The callback's result is passed on; after an exception it is None.
    clears : False for what happens by itself, such as a change of size: it must not wipe away what a person
        has not read yet
    """

    def decorate(callback: Callable) -> Callable:
        @wraps(callback)
        def guarded(*arguments: object, **named: object) -> object:
            try:
                result = callback(*arguments, **named)
            except Exception as error:  # noqa: BLE001  whatever it was, the page must live on
                error_line.show(error)
                return None
            if clears and error_line.sentence:
                error_line.clear()
            return result

        return guarded

    return decorate


def dashboard(build: Callable[..., ipywidgets.Widget]) -> Callable[..., ipywidgets.Widget]:
    """Decorate a dashboard's builder: when it fails, a sentence stands in its place and the notebook goes on."""

    @wraps(build)
    def guarded(*arguments: object, **named: object) -> ipywidgets.Widget:
        try:
            return build(*arguments, **named)
        except Exception as error:  # noqa: BLE001  under Voila nothing after a failing cell would run
            line = ErrorLine()
            line.show(error)
            return line

    return guarded
