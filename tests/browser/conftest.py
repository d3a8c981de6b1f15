"""A real server, a real Chromium with a camera that shows a cat, and pages that note what goes wrong on them."""

import contextlib
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from nbutils.bench import chromium
from nbutils.bench.suite import free_port, running, served

ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "build" / "screens"
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"

expect.set_options(timeout=30_000)  # a kernel on a busy computer answers late


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Start the suite's own server with these arguments; returns its address."""
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **environment: stack.enter_context(served(*arguments, **environment))


@pytest.fixture(scope="session")
def suite(serve) -> str:
    """The address of the suite as `make serve` runs it."""
    return serve()


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Iterator[str]:
    """The address, token included, of JupyterLab as `make lab` runs it, on notebooks of its own: Lab saves them."""
    folder = tmp_path_factory.mktemp("lab")
    port, log = free_port(), folder / "lab.log"
    notebooks = shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    command = [sys.executable, "-m", "nbutils", "lab", "--port", str(port), "--no-browser"]
    command += ["--notebooks", str(notebooks)]
    # Lab reopens the tabs of the last time: each test session begins with none.
    # And it asks on a computer that is new to it what it does not ask later: each session is on a new one.
    names = ("JUPYTERLAB_WORKSPACES_DIR", "JUPYTER_CONFIG_DIR")
    fresh = {name: str(tmp_path_factory.mktemp(name.lower())) for name in names}
    with running(command, f"http://127.0.0.1:{port}/api", log, **fresh):
        token = re.search(r"token=([0-9a-f]+)", log.read_text())
        yield f"http://127.0.0.1:{port}/lab?token={token[1] if token else ''}"


@pytest.fixture(scope="session")
def cat_film(tmp_path_factory) -> Path:
    """A film of one photograph of a cat, for Chromium's fake camera."""
    from nbutils import zoo

    cat = next(photo for photo in zoo.photos() if photo.name == "cat")
    target = tmp_path_factory.mktemp("film") / "cat.mjpeg"
    with Image.open(cat.path) as picture, target.open("wb") as film:
        for left in (30, 36):  # the cat moves a little, as before any camera: equal frames would draw nothing new
            picture.convert("RGB").crop((left, 0, left + 400, 300)).resize((640, 480)).save(film, "JPEG", quality=92)
    return target


@pytest.fixture(scope="session")
def browser(cat_film) -> Iterator[Browser]:
    """One Chromium for the session, which finds no other machine; its camera shows the cat."""
    with chromium.started(OFFLINE, camera=cat_film) as started:
        yield started


@pytest.fixture
def open_page(browser, suite) -> Iterator[Callable[..., Page]]:
    """Open a path of the suite (or a whole address) in a fresh context and wait for its first widget."""
    with opener(browser, suite) as open_:
        yield open_


@pytest.fixture(scope="module")
def open_for_module(browser, suite) -> Iterator[Callable[..., Page]]:
    """The same for a page that the tests of a file share."""
    with opener(browser, suite) as open_:
        yield open_


@contextlib.contextmanager
def opener(browser: Browser, suite: str) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens pages; they are closed in the end."""
    with contextlib.ExitStack() as stack:

        def open_(path: str, *, width: int = 1400, camera: bool = True, wait: str = ".jupyter-widgets") -> Page:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                permissions=["camera", "clipboard-read", "clipboard-write"]
                if camera
                else ["clipboard-read", "clipboard-write"],
                ignore_https_errors=True,
            )
            stack.callback(context.close)
            page = watch(context.new_page())
            page.goto(path if "://" in path else suite + path, wait_until="domcontentloaded", timeout=90_000)
            if wait:
                page.wait_for_selector(wait, timeout=90_000)
            return page

        yield open_


def watch(page: Page) -> Page:
    """Note page errors in page.errors, and requests that would leave the machine in page.outside."""
    page.errors, page.outside = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))

    def note(request: Request) -> None:
        if not re.match(r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|data:|blob:", request.url):
            page.outside.append(request.url)

    page.on("request", note)
    return page


@pytest.fixture
def keep_screen() -> Callable[[Page, str], Path]:
    """Keep a picture of the page in build/screens for people to look at."""

    def keep(page: Page, name: str) -> Path:
        SCREENS.mkdir(parents=True, exist_ok=True)
        target = SCREENS / f"{name}.png"
        page.screenshot(path=str(target))
        return target

    return keep
