"""Frames as they travel: raw on this computer, as JPEG to another, never more than Python takes, each fresh."""

import nbformat
import pytest
from playwright.sync_api import expect

CELLS = {
    "raw": "camera = Camera(take, encoding='raw', running=True)",
    "jpeg": "camera = Camera(take, encoding='jpeg', running=True)",
    "slow": "camera = Camera(take_slowly, encoding='raw', running=True)",
    "failing": "camera = Camera(fail, encoding='raw', running=True)",
}
PREPARE = """
import time
from nbutils.widgets import Camera, StatusLine
told, seen = StatusLine(), []
def take(frame):
    seen.append(frame)
    told.meter(f"{len(seen)} frames, {frame.pixels.shape}, brightness {frame.pixels.mean():.0f}")
def take_slowly(frame):
    time.sleep(0.2)
    take(frame)
def fail(frame):
    take(frame)
    raise RuntimeError("this frame cannot be looked at.")
"""


@pytest.fixture(scope="module")
def cameras(serve, tmp_path_factory) -> str:
    """The address of a server with one page for each way."""
    folder = tmp_path_factory.mktemp("cameras")
    for name, cell in CELLS.items():
        cells = [nbformat.v4.new_code_cell(code) for code in (PREPARE, cell, "camera", "told")]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return serve("--notebooks", str(folder))


def brightness(page) -> float:
    told = page.locator(".dv-status")
    expect(told).to_contain_text("(224, 224, 3)", timeout=20_000)
    return float(told.inner_text().split("brightness ")[1])


def test_raw_and_jpeg_frames_show_the_same_scene(open_page, cameras):
    raw, jpeg = (
        brightness(open_page(f"{cameras}/voila/render/{name}.ipynb", wait=".dv-camera")) for name in ("raw", "jpeg")
    )
    assert raw == pytest.approx(jpeg, abs=3)
    assert 30 < raw < 225


@pytest.mark.alone
def test_a_slow_callback_gets_no_more_frames_than_it_takes_and_each_is_fresh(open_page, cameras):
    page = open_page(f"{cameras}/voila/render/slow.ipynb", wait=".dv-camera")
    brightness(page)
    camera = "document.querySelector('.dv-camera')"
    sent = f"Number({camera}.dataset.sent)"
    first = page.evaluate(f"[{sent}, performance.now()]")
    page.wait_for_function(f"before => {sent} >= before + 8", arg=first[0])
    last = page.evaluate(f"[{sent}, performance.now()]")
    assert (last[1] - first[1]) / (last[0] - first[0]) > 180, "frames are sent as fast as they are answered"
    trips = sorted(page.evaluate(f"{camera}.trips.slice(-7)"))
    assert trips[3] < 300, "a frame that waited while another was worked on would be 400 ms old"


def test_a_failing_callback_does_not_stop_the_camera(open_page, cameras):
    page = open_page(f"{cameras}/voila/render/failing.ipynb", wait=".dv-camera")
    brightness(page)
    page.wait_for_function("Number(document.querySelector('.dv-camera').dataset.sent) > 10")
    assert page.errors == []
