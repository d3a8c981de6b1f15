"""A click on Evolve as a visitor sees it: chapter 3 through Voila and Chromium, with software rendering.

The browser is given the key of somebody who was breeding a lineage, so the page goes on where that lineage stands.
"""

import io
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import click
import numpy as np
from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import TimeoutError as NeverCompleteError

from nbutils.bench import CannotMeasureError, chromium, suite
from nbutils.forms.breeding import Generation
from nbutils.forms.dashboards.breed_timing import STEPS
from nbutils.forms.drifting import drift
from nbutils.forms.findings import FOLDER, NAME
from nbutils.forms.lineages import Lineage
from nbutils.runs import records

PAGE = "/voila/render/03_forms.ipynb"
KEY = "a-lineage-that-the-bench-bred-before"
SEED, GENERATIONS, CLICKS = 1, 30, 12  # the seed of the five of `bench forms` with the middle number of faces
SEEN = ("response_ms", "first_ms", "click_to_drawn_ms", "fine_ms")
PLACES = 15
EVOLVE = re.compile("^Evolve")
PATIENCE, SHORT = 60_000, 700  # milliseconds
TRIES = 8
# Told by the stage: `data-drawn` holds a number for each place, of what was put there last, when it is on the screen.
WATCH = """
() => {
  const stage = document.querySelector(".dv-stage3");
  const puts = () => stage.dataset.drawn.split(",").map(Number);
  const told = (window.benchClick = { at: 0, before: 0 });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("button")?.textContent.trim().startsWith("Evolve")) return;
    for (const name of Object.keys(told)) delete told[name];
    Object.assign(told, { at: performance.now(), before: Math.max(...puts()) });
  }, { capture: true });
  new MutationObserver(() => {
    const now = performance.now() - told.at, fresh = puts().map((put) => put - told.before);
    if (told.at === 0) return;
    if (fresh.some((put) => put <= 0)) told.marked ??= now;
    if (fresh.some((put) => put > 0)) told.first ??= now;
    if (fresh.every((put) => put > 0)) told.drawn ??= now;
    if (fresh.every((put) => put > fresh.length)) told.fine ??= now;
  }).observe(stage, { attributes: true, attributeFilter: ["data-drawn"] });
}
"""


@dataclass
class Wire:
    """Counts what the page receives."""

    received: int = 0
    sizes: list[int] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Count the frames of all web sockets of a page."""
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload)


def measure_clicks(
    resolutions: Mapping[str, str], lineage: Sequence[Generation], clicks: int
) -> Iterator[tuple[str, dict]]:
    """Yield for each name what clicks on Evolve cost with the shapes in that resolution of the page.

    click_to_drawn_ms : until all fifteen places show new shapes; response_ms : until they are marked as being made
    first_ms : until the first new shape; fine_ms : until all are drawn as finely as was asked for
    received_bytes : all that the page receives; places_changed : how many of fifteen look different, by screenshots
    page_steps_ms : the eight steps of the thesis' Figure 3.3, as the page tells them
    Raises CannotMeasureError where the page does not do what is waited for.
    """
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'forms.sqlite'}"
        keep_lineage(database, lineage)
        with suite.served(NBUTILS_DATABASE=database) as address, chromium.started() as browser:
            for name, resolution in resolutions.items():
                try:
                    yield name, watch_clicks(browser, f"{address}{PAGE}#forms.resolution={resolution}", clicks)
                except NeverCompleteError as error:
                    raise CannotMeasureError(
                        "The notebook of chapter 3 did not show fifteen new shapes within a minute after a click."
                    ) from error


def keep_lineage(database: str, lineage: Sequence[Generation]) -> None:
    """Keep a lineage in a new store as what the bench's visitor was breeding."""
    from nbutils.forms import store

    opened = store.open_store(database)
    try:
        store.keep_breeding(opened, store.know(opened, KEY, ""), Lineage(tuple(lineage), len(lineage) - 1))
    finally:
        store.close(opened)


def watch_clicks(browser: Browser, address: str, clicks: int) -> dict:
    """Return the medians over so many clicks on one page, without the first one, before which nothing is warm."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.add_init_script(f"localStorage.setItem('nbutils.forms.key', '{KEY}')")
    page, wire = context.new_page(), Wire()
    wire.listen(page)
    try:
        page.goto(address, timeout=PATIENCE)
        stage = page.locator(".dv-stage3").first
        page.get_by_text("Here is what you were breeding").wait_for(state="attached", timeout=PATIENCE)
        page.get_by_role("button", name="Where the time goes").click()
        settle(page)
        page.evaluate(WATCH)
        # From there down all fifteen places are in sight.
        page.get_by_role("button", name=EVOLVE).evaluate("button => button.scrollIntoView({ block: 'start' })")
        pictures: list[np.ndarray] = []
        rows = []
        for number in range(clicks + 1):
            choose(stage, number % PLACES)
            if number == 1:
                pictures.append(photograph(page, stage))
            rows.append(click_evolve(page, wire))
            if number == 1:
                pictures.append(photograph(page, stage))
                changed = count_changed(stage, *pictures)
    finally:
        context.close()
    return sum_up(rows[1:]) | {"places_changed": changed}


def settle(page: Page) -> None:
    """Return when all places are drawn and nothing has been drawn for half a second."""
    page.wait_for_function(
        """() => {
          const drawn = document.querySelector(".dv-stage3")?.dataset.drawn ?? "";
          const now = performance.now();
          if (window.benchSeen?.drawn !== drawn) window.benchSeen = { drawn, since: now };
          const full = drawn.split(",").length === 15 && drawn.split(",").every(Number);
          return full && now - window.benchSeen.since > 500;
        }""",
        timeout=PATIENCE,
    )


def choose(stage: Locator, place: int) -> None:
    """Click one shape until it is chosen: while the text above still comes in, a click may miss."""
    option = stage.get_by_role("option").nth(place)
    for _ in range(TRIES):
        box = option.bounding_box()
        stage.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        stage.page.wait_for_timeout(SHORT)
        if option.get_attribute("aria-selected") == "true":
            return
    raise CannotMeasureError(f"Shape {place + 1} was clicked {TRIES} times and is not chosen.")


def click_evolve(page: Page, wire: Wire) -> dict[str, float]:
    """Click Evolve and return the milliseconds until each thing was seen, what was received, and the steps."""
    before = wire.received
    page.get_by_role("button", name=EVOLVE).click()
    page.wait_for_function("window.benchClick.drawn > 0", timeout=PATIENCE)
    settle(page)
    told = page.evaluate("window.benchClick")
    cells = page.locator("table", has_text="The last Evolve").locator("tbody td:last-child").all_text_contents()
    if len(cells) != len(STEPS):
        raise CannotMeasureError("The page does not tell where the time goes.")
    steps = {name: float(cell.replace(",", "")) for name, cell in zip(STEPS, cells, strict=True) if cell.strip(" –")}
    return {
        "click_to_drawn_ms": told["drawn"],
        "response_ms": told.get("marked", told["first"]),
        "first_ms": told["first"],
        "fine_ms": told.get("fine", told["drawn"]),
        "received_bytes": wire.received - before,
        "page_steps_ms": steps,
    }


def sum_up(rows: Sequence[Mapping]) -> dict:
    """Return the medians of rows of numbers and of numbers in mappings."""
    found = {}
    for name, value in rows[0].items():
        if isinstance(value, Mapping):
            found[name] = sum_up([{key: row[name].get(key, 0.0) for key in value} for row in rows])
        else:
            found[name] = float(median(row[name] for row in rows))
    return found


def photograph(page: Page, stage: Locator) -> np.ndarray:
    """Return what a stage looks like: (height, width, 3), uint8."""
    from PIL import Image

    page.mouse.move(5, 5)
    return np.asarray(Image.open(io.BytesIO(stage.screenshot())).convert("RGB"))


def count_changed(stage: Locator, before: np.ndarray, after: np.ndarray) -> int:
    """Return in how many places two pictures of a stage differ; CannotMeasureError where a place stays empty."""
    frame, changed = stage.bounding_box(), 0
    for option in stage.get_by_role("option").all():
        part = middle_of(option.bounding_box(), frame)
        if not np.ptp(after[part], axis=(0, 1)).any():
            raise CannotMeasureError("A place of the stage says that its shape is drawn, and shows none.")
        changed += bool((before[part] != after[part]).any())
    return changed


def middle_of(box: Mapping[str, float], frame: Mapping[str, float]) -> tuple[slice, slice]:
    """Return the middle of a place, without its label and its frame, as rows and columns of a picture of the stage."""
    left, top = box["x"] - frame["x"] + box["width"] / 4, box["y"] - frame["y"] + box["height"] / 4
    return slice(int(top), int(top + box["height"] / 2)), slice(int(left), int(left + box["width"] / 2))


@click.command()
def main() -> None:
    """Measure the ledger's rows S3-09 and S3-10 and keep them in data/forms."""
    lineage = list(drift(SEED, GENERATIONS))
    found = dict(measure_clicks({"thesis": "thesis", "fine": "fine"}, lineage, CLICKS))
    origin = records.describe_origin("python -m nbutils.bench.forms_page", SEED)
    steps = {name: row["page_steps_ms"] | {"all": row["click_to_drawn_ms"]} for name, row in found.items()}
    seen = {name: {key: row[key] for key in SEEN} for name, row in found.items()}
    rows = {"S3-09": steps, "S3-10": seen}
    path = records.keep(NAME, {row: {"result": result, "provenance": origin} for row, result in rows.items()}, FOLDER)
    click.echo(f"kept in {path}")


if __name__ == "__main__":
    main()
