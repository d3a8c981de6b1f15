"""The page of all parts, opened once for all of its tests, and ways to open more pages."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

HERE = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:")


@pytest.fixture(scope="session")
def opened(browser) -> Callable[..., Page]:
    """Open an address; the page notes its errors, requests to other machines, what its websockets bring and send."""

    def open_(address: str, width: int = 1400, height: int = 900) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, permissions=["camera", "clipboard-read", "clipboard-write"]
        )
        page = context.new_page()
        page.errors, page.outside, page.received, page.sent = [], [], [], []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("request", lambda request: None if HERE.match(request.url) else page.outside.append(request.url))
        page.on("websocket", lambda socket: socket.on("framereceived", lambda data: page.received.append(len(data))))
        page.on("websocket", lambda socket: socket.on("framesent", lambda data: page.sent.append(data[:10_000])))
        page.goto(address, wait_until="domcontentloaded", timeout=90_000)
        return page

    return open_


@pytest.fixture(scope="session")
def parts_page(opened, suite) -> Iterator[Page]:
    """The page with all parts, drawn to the last figure; `loaded` is the number of bytes that took."""
    page = opened(suite + "/voila/render/dev_parts.ipynb")
    expect(page.locator(".dv-figure-plot .plot-container")).to_have_count(3, timeout=90_000)
    page.loaded = sum(page.received)
    yield page
    page.context.close()


@pytest.fixture
def parts(parts_page) -> Iterator[Page]:
    """The page with all parts, its shell reset; a test must leave it without page errors."""
    before = len(parts_page.errors)
    parts_page.get_by_role("button", name="Reset").click()
    expect(parts_page.get_by_role("slider", name="Blur width")).to_have_value("0.3")
    yield parts_page
    assert parts_page.errors[before:] == []
