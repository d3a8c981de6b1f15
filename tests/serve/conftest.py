"""Real servers on small notebooks, and visitors without a browser."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
import requests
import websocket

ROOT = Path(__file__).parents[2]
PICTURE = bytes.fromhex(  # the smallest PNG: one black pixel
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001737501180000000049454e44ae426082"
)
TELL = (
    "import os\nfrom IPython.display import HTML\n"
    "HTML(f\"<i id='kernel' data-pid='{os.getpid()}' data-publish='{os.environ.get('NBUTILS_PUBLISH')}'></i>\")"
)
NOTEBOOKS = {
    "00_home.ipynb": ["# Home", TELL],
    "plain.ipynb": ["# A plain page, $x^2$", TELL, "import ipywidgets\nipywidgets.IntSlider(description='One')"],
    "failing.ipynb": [
        "# A page with a fault",
        "secret = 'sesame'\n1 / 0",
        "import sys\nsys.stderr.write('grumble')",
        TELL,
    ],
    "dying.ipynb": ["# A page that dies", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "1 + 1"],
    "slow.ipynb": ["# A slow page", TELL, "import time\ntime.sleep(4)", "import ipywidgets\nipywidgets.IntSlider()"],
}


def write_notebook(path: Path, cells: list[str], **metadata: object) -> None:
    notebook = nbformat.v4.new_notebook()
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata = {"kernelspec": kernel, **metadata}
    for source in cells:
        new = nbformat.v4.new_markdown_cell if source.startswith("#") else nbformat.v4.new_code_cell
        notebook.cells.append(new(source))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """A folder of notebooks, with things beside them that are nobody's business."""
    place = tmp_path_factory.mktemp("notebooks")
    for name, cells in NOTEBOOKS.items():
        write_notebook(place / name, cells)
    write_notebook(place / "dressed.ipynb", ["# Dressed", "1 + 1"], voila={"template": "lab", "theme": "dark"})
    (place / "broken.ipynb").write_text("{")
    write_notebook(place / "foreign.ipynb", ["# Foreign"], kernelspec={"name": "cobol", "language": "cobol"})
    write_notebook(place / ".hidden" / "hidden.ipynb", ["# Hidden", "1 + 1"])
    write_notebook(place / "deeper" / "inner.ipynb", ["# Inner", TELL])
    for name in ("static/open.png", "static/deeper/open.png", "beside.png", ".hidden/p.png", "static/.hidden/p.png"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(PICTURE)
    for name in (
        "table.csv",
        "code.py",
        ".env",
        "static/table.csv",
        "static/code.py",
        "static/.env",
        "static/a.png.py",
    ):
        (place / name).write_text("sesame")
    outside = tmp_path_factory.mktemp("outside") / "outside.png"
    outside.write_text("sesame")
    (place / "static" / "link.png").symlink_to(outside)
    return place


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_kernel(process: psutil.Process) -> bool:
    try:
        return "ipykernel_launcher" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def kernels_of(process: psutil.Process) -> set[int]:
    return {child.pid for child in process.children() if is_kernel(child)}


def until(true: Callable[[], object], seconds: float = 15) -> bool:
    """Wait until it is true; say whether it became so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return bool(true())


@contextlib.contextmanager
def running(folder: Path, log: Path, *arguments: str) -> Iterator[SimpleNamespace]:
    """Run `python -m nbutils serve` until it has said where it is."""
    port = free_port()
    command = [sys.executable, "-m", "nbutils", "serve", "--port", str(port), "--notebooks", str(folder), *arguments]
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT)
    try:
        if not until(lambda: "Open http" in log.read_text() or process.poll() is not None, 40):
            pytest.fail(f"the server did not start:\n{log.read_text()}")
        assert process.poll() is None, log.read_text()
        url = re.search(r"Open (https?://[^/]+)/", log.read_text())[1]
        yield SimpleNamespace(
            url=url,
            port=port,
            process=process,
            log=log,
            kernels=lambda: kernels_of(psutil.Process(process.pid)),
            health=lambda: requests.get(f"{url}/health", timeout=5).json(),
        )
    finally:
        if process.poll() is None:
            left = kernels_of(psutil.Process(process.pid))
            process.send_signal(signal.SIGTERM)
            try:
                assert process.wait(20) == 0
                assert until(lambda: not any(map(psutil.pid_exists, left)))
            finally:
                process.kill()


@pytest.fixture(scope="session")
def start(folder, tmp_path_factory) -> Callable:
    """Run another server: `with start("--publish") as server`."""
    return lambda *arguments: running(folder, tmp_path_factory.mktemp("log") / "server.log", *arguments)


@pytest.fixture(scope="session")
def server(start) -> Iterator[SimpleNamespace]:
    """One server for all tests that leave it as it is."""
    with start() as started:
        yield started


class Visitor:
    """Someone who opens a page, as a browser would but without one."""

    def __init__(self, server: SimpleNamespace, notebook: str = "plain.ipynb", **query: str) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.verify = False
        self.page = self.session.get(f"{server.url}/voila/render/{notebook}", params=query, timeout=60)
        kernel = re.search(r'"kernelId": ?"([0-9a-f-]{36})"', self.page.text)
        pid = re.search(r"data-pid='(\d+)'", self.page.text)
        self.kernel = kernel[1] if kernel else None
        self.pid = int(pid[1]) if pid else None

    def connect(self, **options: object) -> websocket.WebSocket:
        address = self.server.url.replace("http", "ws", 1) + f"/api/kernels/{self.kernel}/channels"
        return websocket.create_connection(address, timeout=20, **options)

    def leave(self, leaving: bool = False) -> int:
        form = {"_xsrf": self.session.cookies.get("_xsrf")} | ({"leaving": "1"} if leaving else {})
        return self.session.post(f"{self.server.url}/voila/api/shutdown/{self.kernel}", form, timeout=20).status_code

    def is_here(self) -> bool:
        return self.session.get(f"{self.server.url}/api/kernels/{self.kernel}", timeout=5).status_code == 200


@pytest.fixture
def visit() -> Iterator[Callable[..., Visitor]]:
    """Open pages; those that are still open at the end are left."""
    visitors = []

    def open_(server: SimpleNamespace, notebook: str = "plain.ipynb", **query: str) -> Visitor:
        visitors.append(Visitor(server, notebook, **query))
        return visitors[-1]

    yield open_
    for visitor in visitors:
        if visitor.kernel and visitor.server.process.poll() is None:
            visitor.leave()


@pytest.fixture
def wait_until() -> Callable[..., bool]:
    """Wait until something is true; says whether it became so."""
    return until


@pytest.fixture(scope="session")
def jupyterlab(folder, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """JupyterLab as `make lab` runs it, on the same notebooks."""
    port, log = free_port(), tmp_path_factory.mktemp("lab") / "lab.log"
    command = [sys.executable, "-m", "nbutils", "lab", "--port", str(port), "--notebooks", str(folder)]
    with log.open("w") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, env={**os.environ, "NO_COLOR": "1"}
        )
    try:
        assert until(lambda: "token=" in log.read_text() or process.poll() is not None, 40)
        assert process.poll() is None, log.read_text()
        token = re.search(r"token=(\w+)", log.read_text())[1]
        url = f"http://127.0.0.1:{port}"
        assert until(lambda: answers(url), 20)
        yield SimpleNamespace(url=url, token=token, log=log)
    finally:
        process.terminate()
        process.wait(20)


def answers(url: str) -> bool:
    with contextlib.suppress(requests.ConnectionError):
        return requests.get(f"{url}/api", timeout=5).ok
    return False


@pytest.fixture(scope="session")
def settings() -> dict:
    """The settings file of the server."""
    return json.loads((ROOT / "voila.json").read_text())
