"""A zoo of one small made-up collection, served from this machine, in a cache folder of the test's own."""

import hashlib
import http.server
import importlib
import io
import json
import re
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from nbutils.zoo import catalogue
from nbutils.zoo.converting import convert

ROOT = Path(__file__).parents[2]
FETCHER = """
import json, sys
from nbutils.zoo import catalogue, fetch
given = json.loads(sys.argv[1])
origins = tuple(catalogue.Address(url) for url in given.pop("urls"))
catalogue._ENTRIES = (catalogue.Entry(origins=origins, **given),)
for progress in fetch(given["name"]):
    print(progress.stage, progress.done, flush=True)
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("NBUTILS_CACHE", str(folder))
    return folder


@pytest.fixture(name="zip_of")
def offer_zip_of():
    """Offer zip_of to tests, which import nothing from each other."""
    return zip_of


@pytest.fixture(name="jpeg")
def offer_jpeg():
    return jpeg


def jpeg(seed, size=(60, 40)):
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


def zip_of(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as held:
        for name, data in members.items():
            held.writestr(zipfile.ZipInfo(name), data)  # without the time of day, which the hash would follow
    return file.getvalue()


def collection_zip():
    """Return some 900 kB, so that a transfer can be stopped in its middle."""
    pictures = {f"all/cats/cat.{number}.jpg": jpeg(number, (300, 300)) for number in range(8)}
    return zip_of(pictures | {"all/again/cats/cat.3.jpg": pictures["all/cats/cat.3.jpg"]})


@dataclass
class Server:
    """What the small server sends, how it misbehaves, and what it was asked."""

    url: str = ""
    data: bytes = b""
    status: int = 200
    knows_ranges: bool = True
    announces_length: bool = True
    breaks_off_after: int | None = None
    seconds_per_chunk: float = 0.0
    ranges: list[str | None] = field(default_factory=list)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        state = self.server.state
        asked = self.headers.get("Range")
        state.ranges.append(asked)
        first = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and state.knows_ranges else 0
        if first >= len(state.data) and first:
            self.send_error(416)
            return
        if state.status != 200:
            self.send_error(state.status)
            return
        self.send_response(206 if first else 200)
        if state.announces_length:
            self.send_header("Content-Length", str(len(state.data) - first))
        self.end_headers()
        self._send(state, first)

    def _send(self, state, first):
        last = len(state.data) if state.breaks_off_after is None else state.breaks_off_after
        for start in range(first, last, 32_768):
            try:
                self.wfile.write(state.data[start : min(start + 32_768, last)])
                self.wfile.flush()
            except OSError:
                return
            time.sleep(state.seconds_per_chunk)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        running.state = Server(url=f"http://127.0.0.1:{running.server_port}/all.zip", data=collection_zip())
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running.state
        running.shutdown()
        thread.join()


@pytest.fixture
def make_entry(monkeypatch, tmp_path):
    """Return a function that makes the made-up collection the only entry of the zoo, right unless told otherwise."""

    def make(*origins, **changes):
        data = collection_zip()
        converted = tmp_path / "expected"
        converted.mkdir(exist_ok=True)
        (tmp_path / "all.zip").write_bytes(data)
        made = {
            "name": "cats",
            "title": "Noise called cats",
            "kind": "photographs",
            "licence": "CC0",
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "file": "index.json",
            "converted_sha256": "",
        } | changes
        entry = catalogue.Entry(origins=origins, **made)
        if not entry.converted_sha256:
            convert(entry, tmp_path / "all.zip", converted)
            made["converted_sha256"] = hashlib.sha256((converted / "index.json").read_bytes()).hexdigest()
            entry = catalogue.Entry(origins=origins, **made)
        monkeypatch.setattr(catalogue, "_ENTRIES", (entry,))
        return entry

    return make


@pytest.fixture
def start_fetch():
    """Return a function that starts fetching an entry in a process of its own; all are killed in the end."""
    processes = []

    def start(entry):
        given = {name: value for name, value in vars(entry).items() if name != "origins"}
        given["urls"] = [origin.url for origin in entry.origins]
        process = subprocess.Popen(
            [sys.executable, "-c", FETCHER, json.dumps(given)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def torchvision():
    """Return torchvision; beside a CPU build of torch its operators do not load, and only their names are made up.

    None of the networks looked at here calls them, but torchvision stops its own import where they are not there.
    """
    while True:
        try:
            return importlib.import_module("torchvision")
        except RuntimeError as error:
            missing = re.fullmatch(r"operator (torchvision::\w+) does not exist", str(error))
            if missing is None:
                raise
            torch.library.define(missing[1], "(Tensor x) -> Tensor")
            for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
                del sys.modules[name]
