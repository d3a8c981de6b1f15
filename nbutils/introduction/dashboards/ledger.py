"""The ledger on a page, with a filter by chapter and state."""

import ipywidgets as ipw

from nbutils.figures import ledger
from nbutils.widgets import Link, StatusLine, choice, shell
from nbutils.widgets.errors import ErrorLine, dashboard, guard

HINT = "Choose a chapter, or a state such as: not yet."
ALL = "all"
LEGEND = """<h3>What "ours" may say</h3>
<p><b>not yet</b>: waits for its chapter</p>
<p><b>shown</b>: there is something to look at, and where</p>
<p><b>measured</b>: there is a number of our own, and where</p>
<p><b>not here</b>: it cannot be shown, and why says the reason</p>
<h3>What an id begins with</h3>
<p><b>F</b> figure, <b>T</b> table, <b>E</b> equation, <b>C</b> claim, <b>S</b> system or protocol</p>"""


@dashboard
def ledger_page(chapter: str = ALL, state: str = ALL) -> ipw.Widget:
    """Return the ledger with a filter; chapter is a notebook's name, state one of ledger.STATES, or "all"."""
    rows = ledger.read()
    chapters = choice("Chapter", [ALL, *dict.fromkeys(row.chapter for row in rows)], chapter)
    states = choice("State", [ALL, *ledger.STATES], state)
    table, link, status, error = ipw.HTML(), Link("ledger"), StatusLine(), ErrorLine()

    def show(_change: object = None) -> None:
        wanted = {"chapter": chapters.value, "state": states.value}
        found = ledger.choose(rows, **{name: "" if value == ALL else value for name, value in wanted.items()})
        table.value = ledger.table(found)
        status.say(f"{len(found)} of {len(rows)} rows")
        link.write({name: value for name, value in wanted.items() if value != ALL})

    def choose(settings: dict[str, str]) -> None:
        chapters.value = settings.get("chapter", ALL)
        states.value = settings.get("state", ALL)

    for control in (chapters, states):
        control.observe(guard(error)(show), "value")
    link.on_read(guard(error)(choose))
    show()
    return shell(
        "The ledger",
        HINT,
        stage=table,
        controls=ipw.HTML(LEGEND),
        number="1",
        header=(chapters, states),
        status=status,
        reset=lambda: choose({"chapter": chapter, "state": state}),
        link=link,
        python=lambda: f"ledger_page({chapters.value!r}, {states.value!r})",
        error=error,
    )
