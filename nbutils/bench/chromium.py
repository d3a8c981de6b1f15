"""Find a Chromium for tests and benches, install one if there is none, and start it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nbutils.bench import CannotMeasureError
from nbutils.commands import as_typed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

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
NAMES = ("chromium", "chromium-browser")
ANSWER_SECONDS = 20
DOWNLOAD = ("playwright", "install", "chromium")


def find(playwright: "Playwright | None" = None) -> str | None:
    """Return the path of a Chromium that answers: $CHROMIUM, the system's, or Playwright's own; None without one."""
    for path in filter(None, [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES)]):
        if answers(path):
            return path
    own = downloaded(playwright)
    return own if own and answers(own) else None


def downloaded(playwright: "Playwright | None" = None) -> str | None:
    """Return where Playwright keeps its own Chromium, None when there is none or no Playwright."""
    if playwright is None:
        if importlib.util.find_spec("playwright") is None:
            return None
        from playwright.sync_api import sync_playwright

        with sync_playwright() as started:
            return downloaded(started)
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def answers(path: str) -> bool:
    """Say whether a program tells its version; Ubuntu's chromium-browser is a stub that only asks for a snap."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and re.search(r"\d+\.\d+", done.stdout) is not None


def install() -> str:
    """Install Chromium: Debian's package as root, Playwright's own download otherwise; return its path.

    Raises CannotMeasureError with the command to try when neither way works.
    """
    root = os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get") is not None
    if not (root and install_package() and find()):
        # As root Playwright brings the libraries as well that its Chromium needs.
        succeeds([sys.executable, "-m", *DOWNLOAD, *(["--with-deps"] if root else [])])
    found = find()
    if found is None:
        raise CannotMeasureError(
            "No Chromium could be installed: see above why. Install one with your system's packages, "
            f"set CHROMIUM to its path, or try: {as_typed(' '.join(DOWNLOAD))} --with-deps"
        )
    return found


def install_package() -> bool:
    """Install Debian's package and say whether that went well; on Ubuntu it is a stub or not there."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    package = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    unseen = {"env": quiet, "stdout": subprocess.DEVNULL}
    return succeeds(["apt-get", "update", "-qq"], **unseen) and succeeds(package, **unseen)


def succeeds(command: list[str], **options: object) -> bool:
    """Run a command and say whether it went well."""
    try:
        return subprocess.run(command, check=False, **options).returncode == 0
    except OSError:
        return False


@contextmanager
def started(*flags: str, camera: Path | str | None = None) -> "Iterator[Browser]":
    """Yield a running Chromium without background traffic; camera is an .mjpeg or .y4m file, or "fps=60".

    Raises CannotMeasureError when there is none.
    """
    from playwright.sync_api import sync_playwright

    flags = (*QUIET, *CAMERA, *flags)
    if camera is not None and str(camera).startswith("fps="):
        flags = (*(f for f in flags if f != CAMERA[0]), f"{CAMERA[0]}={camera}")
    elif camera is not None:
        flags = (*flags, f"--use-file-for-fake-video-capture={Path(camera).resolve()}")
    with sync_playwright() as playwright:
        path = find(playwright)
        if path is None:
            raise CannotMeasureError(f"No Chromium was found. Install one with: {as_typed('nbutils.bench.chromium')}")
        browser = playwright.chromium.launch(executable_path=path, args=list(flags))
        try:
            yield browser
        finally:
            browser.close()


def main() -> None:
    """Make sure that a Chromium is there; say so only when one had to be installed."""
    if find() is not None:
        return
    sys.stdout.write("Installing Chromium for the browser tests: some 200 MB, a minute or two, once.\n")
    sys.stdout.flush()
    try:
        install()
    except CannotMeasureError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
