"""How fast the live toolbox is, from a camera of 60 frames a second to tiles painted in a real browser."""

import json
import statistics
import time
import urllib.request
from collections.abc import Callable
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Browser, Page

from nbutils.bench import CannotMeasureError, chromium, suite
from nbutils.commands import as_typed

NETWORKS = ("alexnet", "vgg16", "mobilenet_v2", "efficientnet_lite0")
# The network whose live rate is measured once more with the backward pane open.
SENT_BACK = "mobilenet_v2"
CAMERA_FPS = 60
WINDOWS, SECONDS = 3, 4.0
SETTLE, PATIENCE = 2.0, 60.0
KEPT_WARM = 2
PAINTED = "Number(document.querySelector('.dv-channels .dv-wall').dataset.painted)"


def measure(say: Callable[[str], None]) -> dict:
    """Return fps, 95th percentile of the trip, the network's own fps, and their ratio for each network and layer.

    "backward" beside the layers of one network is its last convolution with the backward pane open.
    """
    from nbutils import zoo

    missing = [name for name in NETWORKS if not zoo.is_ready(name)]
    if missing:
        raise CannotMeasureError(f"{', '.join(missing)} must be fetched first: {as_typed('nbutils data fetch')}")
    layers = {network: named_layers(network) for network in NETWORKS}
    live: dict = {}
    with suite.served() as address:
        for network in NETWORKS:
            live[network] = {key: measure_one(address, network, layer) for key, layer in layers[network].items()}
            if network == SENT_BACK:
                live[network]["backward"] = measure_one(address, network, layers[network]["last"], backward="yes")
            for key, numbers in live[network].items():
                say(f"{network} {key}: {numbers}")
    return {"live": live}


def measure_one(address: str, network: str, layer: str, **settings: str) -> dict[str, float]:
    """Return the numbers of one network and layer; settings are further fields of the toolbox's view."""
    before = forward_fps(network, layer)
    with chromium.started(camera=f"fps={CAMERA_FPS}") as browser:
        found = live_fps(browser, address, {"network": network, "layer": layer, "source": "camera", **settings})
    forward = (before + forward_fps(network, layer)) / 2
    return {**found, "forward_fps": forward, "efficiency": found["fps"] / forward}


def named_layers(name: str) -> dict[str, str]:
    """Return the layers that are measured: the last convolution and the one with the most numbers."""
    from nbutils import zoo
    from nbutils.deepvis import looking

    known = looking.list_layers(zoo.load(name))
    return {"last": looking.last_convolution(known).name, "widest": looking.widest_layer(known).name}


def forward_fps(name: str, layer: str, seconds: float = 2.0) -> float:
    """Return how many frames a second the network alone brings to that layer, capped at the camera's.

    It gets as many threads as the toolbox gives it. The time of a pass does not depend on what is in the picture:
    noise stands for the camera's test film.
    """
    from nbutils import zoo
    from nbutils.deepvis import looking
    from nbutils.probe import activations
    from nbutils.probe.costs import count_multiplications
    from nbutils.runs import live_threads, threads

    network = zoo.load(name)
    threads(live_threads(count_multiplications(network.module, looking.list_layers(network))))
    picture = np.random.default_rng(0).integers(0, 256, (network.size, network.size, 3), np.uint8)
    pixels = zoo.prepare(network, picture)
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        activations(network.module, pixels, [layer])
        times.append(time.perf_counter() - begin)
    return min(float(CAMERA_FPS), 1 / statistics.median(times))


def live_fps(browser: Browser, address: str, settings: dict[str, str]) -> dict[str, float]:
    """Open the toolbox on the camera and return painted frames a second and the trip's 95th percentile."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}, permissions=["camera"]).new_page()
    fragment = "&".join(f"toolbox.{key}={quote(value)}" for key, value in settings.items())
    page.goto(f"{address}/voila/render/06_deepvis.ipynb#{fragment}", timeout=120_000)
    page.wait_for_function(f"document.querySelector('.dv-channels .dv-wall') && {PAINTED} > 20", timeout=120_000)
    wait_until_warm(address)
    page.wait_for_timeout(SETTLE * 1000)
    rates = [count_painted(page) for _ in range(WINDOWS)]
    trips = page.evaluate("document.querySelector('.dv-camera').trips.slice(-300)")
    page.context.close()
    return {"fps": statistics.median(rates), "p95_ms": float(np.percentile(trips, 95))}


def wait_until_warm(address: str) -> None:
    """Return when the kernels for the next visitors have started, which takes the processor that is measured."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{address}/health", timeout=10) as answer:  # noqa: S310 (this computer's own)
            if json.load(answer)["warm"] >= KEPT_WARM:
                return
        time.sleep(0.2)
    raise CannotMeasureError("The kernels for the next visitors did not start: see what make serve prints.")


def count_painted(page: Page) -> float:
    """Return how many times a second the wall was painted over one window."""
    now = f"[performance.now(), {PAINTED}]"
    begin, first = page.evaluate(now)
    page.wait_for_timeout(SECONDS * 1000)
    end, last = page.evaluate(now)
    return (last - first) / (end - begin) * 1000
