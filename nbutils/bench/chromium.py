"""Find a Chromium for tests and benches, install one if there is none, and start it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def find(playwright: Playwright | None = None) -> str | None:
    """Return the path of a Chromium: $CHROMIUM, the system's, or Playwright's own; None when there is none."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if named:
        return named
    if playwright is None:
        with sync_playwright() as started:
            return find(started)
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> str:
    """Install Chromium: Debian's package as root, Playwright's download otherwise; return its path.

    Raises RuntimeError with the command to try when neither way works.
    """
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)  # noqa: S607
        package = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        subprocess.run(package, check=True, env=quiet, stdout=subprocess.DEVNULL)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    found = find()
    if found is None:
        raise RuntimeError(
            "Chromium was installed but is not found: set CHROMIUM to its path and run the command again."
        )
    return found


@contextmanager
def started(*flags: str, camera: Path | str | None = None) -> Iterator[Browser]:
    """Yield a running Chromium without background traffic; camera is an .mjpeg or .y4m file, or "fps=60"."""
    flags = (*QUIET, *CAMERA, *flags)
    if camera is not None and str(camera).startswith("fps="):
        flags = (*(f for f in flags if f != CAMERA[0]), f"{CAMERA[0]}={camera}")
    elif camera is not None:
        flags = (*flags, f"--use-file-for-fake-video-capture={Path(camera).resolve()}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(playwright), args=list(flags))
        try:
            yield browser
        finally:
            browser.close()


def main() -> None:
    """Make sure that a Chromium is there; say so only when one had to be installed."""
    if find() is None:
        sys.stdout.write("Installing Chromium for the browser tests.\n")
        sys.stdout.flush()
        install()


if __name__ == "__main__":
    main()
