"""What takes time and what comes from outside: jobs, a camera."""

import re

import pytest
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


@pytest.mark.alone
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
