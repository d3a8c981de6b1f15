"""Opened pages with made-up runs, and what a person does on them."""

from nbutils.transfer.dashboards.page import TransferPage
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.results import key_of
from nbutils.transfer.view import View
from tests.transfer.made_up import make_all


def open_page(runs=None, **settings):
    """The page with these runs, or with all that is made up."""
    return TransferPage(View(**settings), Session(make_all() if runs is None else runs, read_only=False))


def tab(page, name="curves"):
    """A tab that has been seen."""
    return page._made[name]


def figure(page, name="curves", board="curves"):
    """The figure of that name as Python sees it."""
    import json

    panes = tab(page, board).board.panes
    return json.loads(next(pane for pane in panes if pane.name == name).figure)


def place_of(drawn, key):
    """The trace and the point that bring a key."""
    return next((trace, keys.index(key)) for trace, keys in drawn.keys.items() if key in keys)


def send(page, event, key, name="curves", board="curves"):
    """Click or rest on the point of a key, as a browser tells it."""
    board = tab(page, board)
    drawn = board._drawn if name == "curves" else board.pointing._drawn[name]
    trace, point = place_of(drawn, key)
    content = {"event": event, "name": name, "trace": trace, "point": point, "x": 1, "y": 1}
    board.board._handle_custom_msg(content, [])


def press(markup, part):
    """Press a part of a drawing or a table, as a browser tells it."""
    markup._handle_custom_msg({"event": "press", "part": part}, [])


def find_run(page, **settings):
    """The first of the measured runs with these settings."""
    return next(
        run
        for run in page.session.runs
        if all(getattr(run.settings, name) == value for name, value in settings.items())
    )


def find_key(page, **settings):
    """Its key."""
    return key_of(find_run(page, **settings).settings)
