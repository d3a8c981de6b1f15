"""How fast a served page opens, what a visitor costs, and whether anything is left behind."""

import contextlib
import re
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from json import loads
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as NeverCompleteError

from nbutils.bench import CannotMeasureError, chromium
from nbutils.bench.suite import free_port, running
from nbutils.commands import as_typed
from nbutils.serve.places import notebooks_folder

VISITS = 3
CROWD = 5
CHAPTER, COLD = "06_deepvis.ipynb", "cold.ipynb"
WIDGET = ".jupyter-widgets"
PAINTED = "Number(document.querySelector('.dv-channels .dv-wall')?.dataset.painted) > 0"
PATIENCE = 60.0
HERE = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:")


@dataclass(frozen=True)
class Server:
    """A running suite: its address and its process."""

    url: str
    process: psutil.Process

    def warm(self) -> int:
        """Return how many kernels are warm."""
        with urllib.request.urlopen(f"{self.url}/health", timeout=10) as answer:  # noqa: S310 (this computer's own)
            return loads(answer.read())["warm"]

    def kernels(self) -> set[int]:
        """Return the processes of all kernels."""
        return {child.pid for child in self.process.children() if is_kernel(child)}


def is_kernel(process: psutil.Process) -> bool:
    """Say whether a process is a living kernel."""
    try:
        return "ipykernel_launcher" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def measure(say: Callable[[str], None]) -> dict:
    """Return seconds to the first widget, megabytes of a kernel, requests to elsewhere, and kernels left behind."""
    from nbutils import zoo

    if not zoo.is_ready("mobilenet_v2"):
        command = as_typed("nbutils data fetch mobilenet_v2")
        raise CannotMeasureError(f"mobilenet_v2 must be fetched first: {command}")
    try:
        return look(say)
    except NeverCompleteError as error:
        raise CannotMeasureError(
            "A page did not become complete within half a minute: "
            f"open the chapter with {as_typed('nbutils serve')} to see why."
        ) from error


def look(say: Callable[[str], None]) -> dict:
    """Do what measure() says; playwright's TimeoutError when a page never becomes complete."""
    outside: list[str] = []
    with started() as server, chromium.started() as browser:
        wait(lambda: server.warm() == 2, "two warm kernels")
        warm = [visit(server, browser, CHAPTER, outside) for _ in range(VISITS)]
        say(f"warm: {warm}")
        cold = [visit(server, browser, COLD, outside) for _ in range(VISITS)]
        say(f"cold: {cold}")
        home = visit(server, browser, "00_home.ipynb", outside, ".dv-card")
        result = {
            "cold_s": statistics.median(first for first, _ in cold),
            "warm_s": statistics.median(first for first, _ in warm),
            "cold_painted_s": statistics.median(painted for _, painted in cold),
            "warm_painted_s": statistics.median(painted for _, painted in warm),
            "home_s": home[0],
            **memory(server, browser, outside),
        }
        say(f"a kernel: {result['torch_kernel_mb']:.0f} MB")
        left = kernels_left(server, browser, outside)
    return {**result, "external_requests": len(outside), "kernels_left": left}


@contextlib.contextmanager
def started() -> Iterator[Server]:
    """Serve the suite's notebooks, and chapter 6 once more under a name that is not kept warm."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "notebooks"
        shutil.copytree(notebooks_folder(), folder, ignore=shutil.ignore_patterns(".*"))
        shutil.copy(folder / CHAPTER, folder / COLD)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "nbutils", "serve", "--port", str(port), "--notebooks", str(folder)]
        with running(command, f"{url}/health", Path(place) / "server.log") as process:
            yield Server(url, psutil.Process(process.pid))


@contextlib.contextmanager
def page_of(browser: Browser, outside: list[str]) -> Iterator[Page]:
    """Open a page with an empty cache that notes what it asks of other computers; it is left as people leave."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.on("request", lambda request: None if HERE.match(request.url) else outside.append(request.url))
    try:
        yield page
        page.goto("about:blank")
    finally:
        context.close()


def visit(
    server: Server, browser: Browser, notebook: str, outside: list[str], shown: str = WIDGET
) -> tuple[float, float]:
    """Open a notebook; return the seconds until it shows its first widget and until its wall is painted.

    Afterwards wait until warm kernels are warm again, so that visits do not disturb each other.
    """
    with page_of(browser, outside) as page:
        begin = time.perf_counter()
        page.goto(f"{server.url}/voila/render/{notebook}", wait_until="commit")
        page.wait_for_selector(shown)
        first = painted = time.perf_counter() - begin
        if shown == WIDGET:
            page.wait_for_function(PAINTED)
            painted = time.perf_counter() - begin
    wait(lambda: server.warm() == 2 and len(server.kernels()) == 2, "the warm kernels only")
    return first, painted


def memory(server: Server, browser: Browser, outside: list[str]) -> dict[str, float]:
    """Return the memory of a kernel that runs chapter 6, in megabytes (of 2**20 bytes).

    torch_kernel_mb is its resident set, as `top` shows it; pss counts what kernels share only once.
    """
    before = server.kernels()
    with page_of(browser, outside) as page:
        page.goto(f"{server.url}/voila/render/{COLD}")
        page.wait_for_function(PAINTED)
        (kernel,) = server.kernels() - before
        used = psutil.Process(kernel).memory_full_info()
    wait(lambda: server.kernels() == before, "the kernel's end")
    shared = {"torch_kernel_pss_mb": used.pss / 2**20} if hasattr(used, "pss") else {}
    return {"torch_kernel_mb": used.rss / 2**20, **shared}


def kernels_left(server: Server, browser: Browser, outside: list[str]) -> int:
    """Return how many kernels run, beyond the warm ones, after five visitors at once have come and left."""
    with contextlib.ExitStack() as stack:
        pages = [stack.enter_context(page_of(browser, outside)) for _ in range(CROWD)]
        for page in pages:
            page.goto(f"{server.url}/voila/render/{CHAPTER}", wait_until="commit")
        for page in pages:
            page.wait_for_selector(WIDGET)
    with contextlib.suppress(CannotMeasureError):
        wait(lambda: server.warm() == 2 and len(server.kernels()) == 2, "the visitors' kernels to end")
    return len(server.kernels()) - server.warm()


def wait(true: Callable[[], bool], what: str) -> None:
    """Return when it is true; CannotMeasureError when it never is."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise CannotMeasureError(f"Waited {PATIENCE:.0f} s in vain for {what}: is the computer busy?")
        time.sleep(0.1)
