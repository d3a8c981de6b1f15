"""What holds for all tests: one thread, a gallery of their own, and what is quick comes before the browser."""

import os
import tempfile
from pathlib import Path

import pytest

# As live dashboards do: on a busy machine two threads of one test wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Whoever runs the tests may have bred shapes: their gallery is not touched, nor that of a run before this one.
GALLERY = tempfile.TemporaryDirectory(prefix="nbutils-gallery-")
os.environ["NBUTILS_DATABASE"] = f"sqlite:///{Path(GALLERY.name) / 'forms.sqlite'}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser tests last: beside the event loop that Playwright keeps, asyncio.run refuses to work."""
    items.sort(key=lambda item: "browser" in item.path.parts)
