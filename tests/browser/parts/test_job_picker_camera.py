"""What takes time and what comes from outside: jobs, files of all kinds, a camera."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

WAIT = 20_000


def job_of(page, start):
    return page.locator(".dv-job").filter(has=page.get_by_role("button", name=start))


def test_a_job_starts_stops_and_continues(parts):
    job = job_of(parts, "Count to 100")
    line = job.locator(".dv-job-line")
    job.get_by_role("button", name="Count to 100").click()
    expect(line).to_have_text(re.compile(r"step \d+ of 100, (\d+|under 1) s left\."))
    expect(job.get_by_role("progressbar")).to_be_visible()
    job.get_by_role("button", name="Stop").click()
    expect(line).to_have_text(re.compile(r"Stopped: step (\d+) of 100\."))
    stopped = int(re.search(r"step (\d+)", line.inner_text())[1])
    assert 0 < stopped < 100
    expect(job.get_by_role("button", name="Stop")).to_be_disabled()
    job.get_by_role("button", name="Continue").click()
    expect(line).to_have_text(re.compile(r"Done: step 100 of 100, .*"), timeout=WAIT)
    expect(job.get_by_role("button", name="Count to 100")).to_be_enabled()
    expect(parts.get_by_text("counted to 100")).to_be_visible()


def test_stop_is_acknowledged_within_a_tenth_of_a_second(parts):
    job = job_of(parts, "Count to 100")
    job.get_by_role("button", name="Count to 100").click()
    expect(job.locator(".dv-job-line")).to_contain_text("left")
    waited = job.evaluate(
        """(job) => new Promise((resolve) => {
            const begun = performance.now();
            const line = job.querySelector(".dv-job-line");
            new MutationObserver(() => {
                if (line.textContent.startsWith("Stop")) resolve(performance.now() - begun);
            }).observe(line, { childList: true });
            [...job.querySelectorAll("button")].find((button) => button.textContent === "Stop").click();
        })"""
    )
    assert waited < 100
    expect(job.locator(".dv-job-line")).to_contain_text("Stopped")


def test_a_job_that_breaks_says_why_and_can_start_again(parts):
    job = job_of(parts, "Count and break")
    for _ in range(2):
        job.get_by_role("button", name="Count and break").click()
        expect(job.get_by_role("alert")).to_contain_text("Error: Step 6 cannot be taken: choose fewer steps.")
        expect(job.get_by_role("button", name="Count and break")).to_be_enabled()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Files of all kinds that somebody might choose: {name: path}."""
    folder = tmp_path_factory.mktemp("pictures")
    upright = np.zeros((40, 80, 3), np.uint8)
    upright[:, :40] = (250, 10, 10)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(upright).save(folder / "turned.jpg", exif=exif, quality=95)
    Image.fromarray(upright).resize((1200, 600)).save(folder / "large.webp")
    Image.fromarray(upright).convert("RGBA").resize((30, 20)).save(folder / "small.gif")
    Image.new("L", (10_000, 10_000), 128).save(folder / "hundred-megapixels.jpg")
    Image.new("RGB", (3_700, 3_700), (9, 90, 200)).save(folder / "forty-megabytes.bmp")
    (folder / "renamed.jpg").write_text("This is a text.")
    (folder / "empty.png").write_bytes(b"")
    (folder / "notes.txt").write_text("This is a text.")
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("turned.jpg", "turned.jpg: 40 x 80 pixels."),
        ("large.webp", "large.webp: 256 x 128 pixels."),
        ("small.gif", "small.gif: 30 x 20 pixels."),
        ("forty-megabytes.bmp", "forty-megabytes.bmp: 256 x 256 pixels."),
        ("renamed.jpg", "Error: renamed.jpg is no picture that this browser can open"),
        ("empty.png", "Error: empty.png is empty"),
        ("notes.txt", "Error: notes.txt is not taken"),
        ("hundred-megapixels.jpg", re.compile(r"hundred-megapixels\.jpg(: 256 x 256 pixels\.| could not be opened)")),
    ],
)
def test_a_file_becomes_a_picture_or_a_sentence(parts, pictures, name, answer):
    picker = parts.locator(".dv-picker")
    picker.locator("input[type=file]").set_input_files(pictures[name])
    expect(picker.get_by_role("status")).to_contain_text(answer, timeout=WAIT)
    if isinstance(answer, str) and not answer.startswith("Error"):
        expect(picker.get_by_role("img", name=f"The chosen picture: {name}")).to_be_visible()


def test_a_picture_turned_by_its_camera_stands_upright(parts, pictures):
    picker = parts.locator(".dv-picker")
    picker.locator("input[type=file]").set_input_files(pictures["turned.jpg"])
    expect(picker.get_by_role("status")).to_contain_text("turned.jpg: 40 x 80 pixels.")
    upper, lower = picker.locator("canvas").evaluate(
        "(canvas) => [10, 70].map((y) => canvas.getContext('2d').getImageData(20, y, 1, 1).data[0])"
    )
    assert upper > 200 > 50 > lower


def test_a_picture_is_dropped(parts, pictures):
    data = list(pictures["small.gif"].read_bytes())
    parts.locator(".dv-picker").evaluate(
        """(place, data) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(data)], "dropped.gif"));
            place.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        data,
    )
    expect(parts.locator(".dv-picker").get_by_role("status")).to_contain_text("dropped.gif: 30 x 20 pixels.")


def test_the_camera_is_watched_and_let_go(parts):
    watching = parts.get_by_role("switch", name="Camera on")
    picture, says = parts.locator(".dv-camera-live"), parts.locator(".dv-camera-says")
    expect(says).to_have_text("The camera is off.")
    watching.check()
    expect(parts.get_by_text("224 x 224 pixels")).to_be_visible(timeout=WAIT)
    expect(picture).to_be_visible()
    expect(says).to_be_hidden()
    watching.uncheck()
    expect(picture).to_be_hidden()
    expect(says).to_have_text("The camera is off.")
