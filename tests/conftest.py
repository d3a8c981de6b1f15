"""What holds for all tests: one thread, and what is quick comes before the browser."""

import os

import pytest

# As live dashboards do: on a busy machine two threads of one test wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser tests last: beside the event loop that Playwright keeps, asyncio.run refuses to work."""
    items.sort(key=lambda item: "browser" in item.path.parts)
