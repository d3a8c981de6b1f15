"""Whether the live toolbox keeps its memory: minutes of camera with layers changing, kernel and page measured."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import psutil
from playwright.sync_api import Browser, CDPSession, Page

from nbutils.bench import CannotMeasureError, chromium, serve
from nbutils.commands import as_typed

MINUTES = 10.0
# Until each layer was shown once, buffers still grow to the largest that any layer needs.
SETTLING = 0.2
SECONDS_BETWEEN = 1.0
MEASURES = 40
WALL = ".dv-channels .dv-wall"
FRAGMENT = "toolbox.source=camera&toolbox.network=alexnet"


@dataclass(frozen=True)
class Memory:
    """What kernel and page hold at one moment."""

    seconds: float  # since the camera began
    kernel_mb: float  # resident set of the kernel, in 2**20 bytes
    page_mb: float  # JavaScript objects alive after garbage collection, in 2**20 bytes
    painted: int  # how often the wall was painted until then


def measure(say: Callable[[str], None], minutes: float = MINUTES) -> dict:
    """Return how many megabytes a minute kernel and page grow by, what they hold at the end, and frames a second."""
    from nbutils import zoo

    if not zoo.is_ready("alexnet"):
        raise CannotMeasureError(f"alexnet must be fetched first: {as_typed('nbutils data fetch alexnet')}")
    with chromium.started(camera="fps=60") as browser:
        return look(browser, minutes, say)


def look(browser: Browser, minutes: float, say: Callable[[str], None]) -> dict:
    """Do what measure() says, in a browser that has a camera."""
    with serve.started() as server:
        serve.wait(lambda: server.warm() == 2, "two warm kernels")
        before = server.kernels()
        page = browser.new_context(viewport={"width": 1400, "height": 900}, permissions=["camera"]).new_page()
        page.goto(f"{server.url}/voila/render/{serve.COLD}#{FRAGMENT}", timeout=120_000)
        page.wait_for_function(f"Number(document.querySelector('{WALL}')?.dataset.painted) > 20", timeout=120_000)
        (kernel,) = server.kernels() - before
        found = []
        for memory in watch(page, psutil.Process(kernel), minutes * 60):
            say(f"{memory.seconds:.0f} s: kernel {memory.kernel_mb:.0f} MB, page {memory.page_mb:.1f} MB")
            found.append(memory)
        page.context.close()
    return summarize(found)


def watch(page: Page, kernel: psutil.Process, seconds: float) -> Iterator[Memory]:
    """Change the layer every second for that long, to and fro through all of them; yield measurements meanwhile."""
    session = page.context.new_cdp_session(page)
    page.focus(f"{WALL} canvas")
    begin, shown, key = time.monotonic(), 0, "PageDown"
    while (passed := time.monotonic() - begin) < seconds:
        if passed >= shown * seconds / MEASURES:
            shown += 1
            yield Memory(passed, kernel.memory_info().rss / 2**20, page_heap(session), painted(page))
        before = heading(page)
        page.keyboard.press(key)
        page.wait_for_timeout(SECONDS_BETWEEN * 1000)
        if heading(page) == before:
            key = "PageUp" if key == "PageDown" else "PageDown"


def summarize(found: list[Memory]) -> dict:
    """Return growth in megabytes a minute by least squares after the first fifth, and what is held at the end."""
    begin = found[0].seconds + SETTLING * (found[-1].seconds - found[0].seconds)
    steady = [memory for memory in found if memory.seconds >= begin]
    minutes = np.array([memory.seconds / 60 for memory in steady])
    growth = {
        side: float(np.polyfit(minutes, [getattr(memory, f"{side}_mb") for memory in steady], 1)[0])
        for side in ("kernel", "page")
    }
    first, last = found[0], found[-1]
    return {
        "minutes": (last.seconds - first.seconds) / 60,
        "kernel_mb": last.kernel_mb,
        "page_mb": last.page_mb,
        "kernel_mb_per_minute": growth["kernel"],
        "page_mb_per_minute": growth["page"],
        "fps": (last.painted - first.painted) / (last.seconds - first.seconds),
    }


def page_heap(session: CDPSession) -> float:
    """Return the megabytes of JavaScript objects that are alive in the page."""
    session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"] / 2**20


def painted(page: Page) -> int:
    """Return how often the wall was painted."""
    return int(page.evaluate(f"Number(document.querySelector('{WALL}').dataset.painted)"))


def heading(page: Page) -> str:
    """Return what stands over the wall."""
    return page.locator(".dv-stage h3").first.inner_text()
