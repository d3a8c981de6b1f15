"""What is said and drawn of how much was bred here, beside the numbers that the thesis printed."""

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from nbutils.figures.curves import Axes, Curve, draw_curves
from nbutils.forms.dashboards.gallery_words import count

if TYPE_CHECKING:
    from nbutils.forms.store import Day, Statistics

# Section 3.5 of the thesis, as of 2015; "over" stands before the first two.
PRINTED = {"generations": "over 320,000", "organisms": "over 4,700,000", "people": "65,400", "countries": "166"}
ROWS = (
    ("generations", "generations bred"),
    ("organisms", "organisms seen"),
    ("people", "people who kept something"),
    ("shapes", "published shapes"),
    ("private", "shapes kept for oneself"),
    ("tags", "different tags"),
    ("forks", "breedings begun from a published shape"),
    ("ratings", "ratings"),
)
NOTHING = "<p class='dv-quiet'>Nothing has been bred yet: press Evolve on the Breed tab.</p>"
PROVENANCE = (
    "<p class='dv-quiet'>What is here counts the gallery that this page shows, the starter gallery with it. The "
    "thesis counts visits of a public site until 2015 (section 3.5); who looks without keeping anything leaves no "
    "trace here, and no country is known.</p>"
)
LEGEND_BELOW_TITLE = 0.88  # of the height of a figure
COUNTED = (("generations", "organisms"), ("shapes", "people", "ratings"))


def tell_numbers(found: "Statistics") -> str:
    """Return the totals as an HTML table, with the thesis' own where it printed them."""
    rows = [(title, f"{getattr(found, name):,}", PRINTED.get(name, "")) for name, title in ROWS]
    rows.append(("countries", "", PRINTED["countries"]))
    lines = "".join(
        f"<tr><th scope='row'>{title}</th><td>{here}</td><td>{printed}</td></tr>" for title, here, printed in rows
    )
    head = "<thead><tr><th></th><th>here</th><th>thesis, as printed</th></tr></thead>"
    return f"<table class='dv-table dv-timeline'>{head}<tbody>{lines}</tbody></table>"


def tell_dwelling(times: np.ndarray) -> str:
    """Return how long people looked at a screen, as HTML.

    times : (m,), seconds
    """
    if not len(times):
        return "<p class='dv-quiet'>Nobody has bred two generations in a row by hand yet, so no time can be told.</p>"
    low, middle, high = np.percentile(times, (25, 50, 75))
    return (
        f"<p>From one screen of shapes to the next: <b>{middle:.1f} s</b> in the middle, half of all between {low:.1f} "
        f"and {high:.1f} s, over {count(len(times), 'click')}. The thesis: “typical screens requesting user input take "
        "only a few seconds” (section 3.2).</p>"
    )


def draw_days(days: Sequence["Day"], names: Sequence[str], title: str) -> tuple[dict, str]:
    """Return what there was by the end of each day as a plotly figure, and the alt text."""
    first = days[0].date
    ends = [0, *((day.date - first).days + 1 for day in days)]
    totals = {name: list(accumulate((getattr(day, name) for day in days), initial=0)) for name in names}
    curves = [Curve(name, ends, total, slot) for slot, (name, total) in enumerate(totals.items())]
    figure, alt = draw_curves(curves, title, Axes(f"days since the beginning of {first:%d %B %Y}", "so far"))
    figure["layout"]["legend"]["y"] = LEGEND_BELOW_TITLE
    figure["layout"]["margin"]["t"] = 60
    return figure, alt
