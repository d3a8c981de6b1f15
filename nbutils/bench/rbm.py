"""What an update of a restricted Boltzmann machine costs: against the matrix products in it, and against others.

Everything is measured in one run and in turns, and of each the shortest of many single updates counts: what another
program takes of the processor lengthens some of them, never all. The machine is that of the thesis' Table 4.2.
"""

import re
import time
from collections.abc import Callable, Mapping

import torch
from playwright.sync_api import Browser, Page
from torch import Tensor

from nbutils.bench import CannotMeasureError, chromium, suite
from nbutils.bench.rbm_peers import PEERS, RATE, Update, hold_to_one_thread, matrix_products
from nbutils.boltzmann.learners import begin
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import train
from nbutils.boltzmann.updates import make_workspace, update
from nbutils.rbm.spheres import make_spheres
from nbutils.runs import threads

BATCHES = (20, 100)
HIDDEN, EXAMPLES, EPOCHS = 400, 50_000, 45
MADE = 4000  # examples that updates go through; a mini-batch is none that the processor still holds
ROUNDS, CHUNK = 120, 8
LIVE_SECONDS, WINDOW = 30.0, 5.0
PAGE = "/voila/render/04_rbm.ipynb"
UPDATES = re.compile(r"([\d,]+) updates")
PATIENCE = 120_000  # milliseconds


def measure(
    say: Callable[[str], None],
    hidden: int = HIDDEN,
    examples: int = EXAMPLES,
    rounds: int = ROUNDS,
    live_seconds: float = LIVE_SECONDS,
) -> dict:
    """Return for each mini-batch our share of the matrix products' limit and how many times faster we are than others.

    of_gemm_limit : seconds of the matrix products alone over seconds of an update
    dashboard_of_gemm_limit : the same while the dashboard trains in a browser with its four plots
    vs_... : how many times as long an update of others takes; peers_ms : milliseconds of an update
    epoch_s, seconds_45_epochs : of the thesis' run, the second from the first; 0 seconds live leave the browser out
    Raises CannotMeasureError where scikit-learn or a browser is missing.
    """
    threads(1)
    with hold_to_one_thread():
        result = {f"batch_{batch}": measure_batch(batch, hidden, rounds, say) for batch in BATCHES}
    epoch = measure_epoch(hidden, examples)
    say(f"an epoch of {examples:,} examples: {epoch:.2f} s")
    if live_seconds:
        with suite.served() as address, chromium.started() as browser:
            for batch in BATCHES:
                rate = measure_live(browser, address, batch, live_seconds)
                say(f"the dashboard, mini-batches of {batch}: {rate:.0f} updates a second")
                found = result[f"batch_{batch}"]
                limit = min(found["gemm_limit_ms"], 1000 * time_products(batch, hidden, rounds))
                found["dashboard_updates_per_s"] = rate
                found["dashboard_of_gemm_limit"] = rate * limit / 1000
    return {**result, "epoch_s": epoch, "seconds_45_epochs": EPOCHS * epoch}


def measure_batch(batch: int, hidden: int, rounds: int, say: Callable[[str], None]) -> dict:
    """Return the numbers of one size of mini-batch, all measured in turns."""
    made = make_spheres(MADE)
    batches = made[: MADE // batch * batch].unflatten(0, (-1, batch))
    products = matrix_products(batch, made.shape[1], hidden)
    peers = {name: make(batches, hidden) for name, make in PEERS.items()}
    contestants = {"ours": our_update(batches, hidden), **peers} | {name: one for name, (one, _) in products.items()}
    shortest = time_in_turns(contestants, rounds)
    limit = sum(shortest[name] * times for name, (_, times) in products.items())
    ours = shortest["ours"]
    result = {
        "of_gemm_limit": limit / ours,
        **{f"vs_{name}": shortest[name] / ours for name in peers},
        "updates_per_s": 1 / ours,
        "gemm_limit_ms": 1000 * limit,
        "peers_ms": {"ours": 1000 * ours, **{name: 1000 * shortest[name] for name in peers}},
    }
    say(f"mini-batches of {batch}: {result}")
    return result


def our_update(batches: Tensor, hidden: int, rate: float = RATE) -> Update:
    """Return one turn of the training loop: a mini-batch is gathered by its examples' numbers, and learned from.

    batches : (n, batch, visible), float32
    """
    examples, size = batches.flatten(0, 1), batches.shape[1]
    settings = Training(hidden=hidden, batch=size, rate=rate)
    learner = begin(examples, settings)
    space = make_workspace(learner.machine, size)
    order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(0))

    @torch.no_grad()
    def learn(number: int) -> Tensor:
        place = number * size % len(examples)
        torch.index_select(examples, 0, order[place : place + size], out=space.data)
        update(learner, space, settings)
        return space.fantasies

    return learn


def time_products(batch: int, hidden: int, rounds: int) -> float:
    """Return the seconds of the matrix products of one update."""
    products = matrix_products(batch, make_spheres(1).shape[1], hidden)
    shortest = time_in_turns({name: one for name, (one, _) in products.items()}, rounds)
    return sum(shortest[name] * times for name, (_, times) in products.items())


def time_in_turns(contestants: Mapping[str, Update], rounds: int) -> dict[str, float]:
    """Return the seconds of the shortest update of each, all taking turns of a few updates."""
    shortest = dict.fromkeys(contestants, float("inf"))
    for first in range(0, rounds * CHUNK, CHUNK):
        for name, work in contestants.items():
            for number in range(first, first + CHUNK):
                begin = time.perf_counter()
                work(number)
                shortest[name] = min(shortest[name], time.perf_counter() - begin)
    return shortest


def measure_epoch(hidden: int, examples: int) -> float:
    """Return the seconds of one epoch of the thesis' run, snapshots included."""
    spheres = make_spheres(examples)
    begin = time.perf_counter()
    for _ in train(spheres, Training(hidden=hidden, epochs=1)):
        pass
    return time.perf_counter() - begin


def measure_live(browser: Browser, address: str, batch: int, seconds: float) -> float:
    """Return how many updates a second the dashboard makes after its first epoch, at its best for five seconds."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    try:
        page.goto(f"{address}{PAGE}#training.batch={batch}", timeout=PATIENCE)
        page.get_by_role("button", name="Start training").click(timeout=PATIENCE)
        page.wait_for_function(
            "document.querySelector('.dv-stage h3')?.innerText.includes('epoch 1 ')", timeout=PATIENCE
        )
        seen = []
        while not seen or seen[-1][0] < seen[0][0] + seconds:
            seen.append((time.perf_counter(), count_updates(page)))
            page.wait_for_timeout(100)
    finally:
        page.context.close()
    return best_rate(seen)


def count_updates(page: Page) -> int:
    """Return how many updates the page says were made."""
    told = UPDATES.search(page.locator(".dv-stage h3").first.inner_text())
    if told is None:
        raise CannotMeasureError("The training dashboard does not say how many updates it made.")
    return int(told[1].replace(",", ""))


def best_rate(seen: list[tuple[float, int]], window: float = WINDOW) -> float:
    """Return the most updates a second over any stretch of about that many seconds, or over all where it is shorter.

    seen : (seconds, updates so far) in order
    """
    window = min(window, seen[-1][0] - seen[0][0])
    best, start = 0.0, 0
    for then, made in seen:
        while then - seen[start + 1][0] >= window if start + 1 < len(seen) else False:
            start += 1
        if then - seen[start][0] >= window > 0:
            best = max(best, (made - seen[start][1]) / (then - seen[start][0]))
    return best
