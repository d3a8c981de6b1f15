"""How fast networks of chapter 5 train: against an ordinary loop, with a frozen prefix run once, many in one stack.

Everything is measured in one run and in turns, each a whole training from pictures to a network that has learned, and
of each the shortest counts. Pictures are noise of CIFAR-10's size: what they show takes no time.
"""

import time
from collections.abc import Callable, Mapping

import numpy as np
import torch

from nbutils.bench.transfer_peers import train_plain
from nbutils.nets.examples import Examples, make_examples, pass_through
from nbutils.nets.networks import build
from nbutils.nets.plans import PLANS, Plan
from nbutils.nets.schedules import THESIS, Dropping, OneCycle
from nbutils.nets.stacking import train_stacked
from nbutils.nets.training import Snapshot, Training, train
from nbutils.runs import threads

PLAN = PLANS["small_32"]
CLASSES, BATCH, RATE, VARIANTS = 5, 128, 0.04, 4
EXAMPLES, EPOCHS, ROUNDS = 3840, 2, 3  # of the comparison with the ordinary loop
FROZEN, FROZEN_EPOCHS, VALIDATIONS = 5, 12, 2  # AnB of the chapter, validated twice a pass
TESTED = 0.2  # test pictures beside those to learn from, as CIFAR-10 has them
STACK, STACK_STEPS = 16, 60
# The thesis' own network; a processor takes it in smaller batches than a graphics card.
LARGE, LARGE_CLASSES, LARGE_BATCH, BATCH_HERE, LARGE_STEPS = PLANS["alexnet_227"], 1000, 256, 16, 4
SECONDS_A_DAY = 86_400
Contestants = Mapping[str, Callable[[], object]]


def measure(say: Callable[[str], None], examples: int = EXAMPLES, rounds: int = ROUNDS) -> dict:
    """Return how many times faster we are than an ordinary loop, and than without each of our two shortcuts.

    vs_plain_loop : seconds of torch's own loop and layers over ours, same network, batch, threads and epochs
    frozen_speedup : seconds of a run of twelve epochs with five frozen layers, where these run in every step, over
        those where they run once; what is prepared is counted in
    images_per_s : of ours in the first comparison, preparing included
    alexnet_images_per_s : of the thesis' own network, in batches of 256 with a graphics card and of 16 without
    stacked_speedup : seconds of 16 networks one by one over those in one stack; only with a graphics card
    """
    threads(0)
    images, labels = make_noise(examples)
    epoch = max(1, examples // BATCH)
    plain = time_in_turns(
        {
            "ours": lambda: train_ours(images, labels, OneCycle(RATE, EPOCHS * epoch)),
            "plain": lambda: train_plain(images, labels, PLAN, CLASSES, BATCH, OneCycle(RATE, EPOCHS * epoch)),
        },
        rounds,
    )
    say(f"{EPOCHS} epochs of {examples:,} pictures: {plain['ours']:.1f} s, an ordinary loop {plain['plain']:.1f} s")
    frozen = time_in_turns(
        {word: lambda kept=kept: train_frozen(images, labels, kept) for word, kept in (("kept", True), ("run", False))},
        rounds,
    )
    say(f"{FROZEN} layers frozen, {FROZEN_EPOCHS} epochs: {frozen['kept']:.1f} s, without {frozen['run']:.1f} s")
    result = {
        "vs_plain_loop": plain["plain"] / plain["ours"],
        "frozen_speedup": frozen["run"] / frozen["kept"],
        "images_per_s": EPOCHS * epoch * min(BATCH, examples) / plain["ours"],
    }
    card = torch.cuda.is_available()
    result["alexnet_images_per_s"] = measure_large(say, *(("cuda", LARGE_BATCH) if card else ("cpu", BATCH_HERE)))
    if card:
        result["stacked_speedup"] = measure_stack(images, labels, "cuda", say)
    return result


def make_noise(count: int, plan: Plan = PLAN) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures : (count, y, x, channels), uint8, and labels : (count,), int64."""
    chance = np.random.default_rng(0)
    images = chance.integers(0, 256, (count, plan.size, plan.size, plan.channels), dtype=np.uint8)
    return images, chance.integers(0, CLASSES, count)


def measure_large(say: Callable[[str], None], device: str, batch: int) -> float:
    """Return from how many pictures a second the thesis' own network of 1000 classes learns (section 5.6).

    Pictures lie in memory, and the first step, in which a machine makes room for the others, is not counted.
    """
    images, labels = make_noise(batch, LARGE)
    examples, one = (make_examples(images[:count], labels[:count], LARGE).to(device) for count in (batch, 1))
    network = build(LARGE, LARGE_CLASSES, 0).to(device)
    for steps in (1, LARGE_STEPS):
        training = Training(batch, Dropping(THESIS.start, THESIS.every, steps), steps)
        *_, last = train(network, examples, one, training)
    days = THESIS.steps * LARGE_BATCH / last.images_per_s / SECONDS_A_DAY
    say(
        f"{LARGE.name} in batches of {batch}: {last.images_per_s:.1f} pictures a second, {days:,.0f} days for all steps"
    )
    return last.images_per_s


def time_in_turns(contestants: Contestants, rounds: int) -> dict[str, float]:
    """Return the seconds of the shortest run of each, all taking turns."""
    shortest = dict.fromkeys(contestants, float("inf"))
    for _ in range(rounds):
        for name, work in contestants.items():
            begin = time.perf_counter()
            work()
            shortest[name] = min(shortest[name], time.perf_counter() - begin)
    return shortest


def train_ours(images: np.ndarray, labels: np.ndarray, schedule: OneCycle) -> Snapshot:
    """Return where a training ends that begins with pictures and validates once, on a few of them."""
    examples = make_examples(images, labels, PLAN, VARIANTS)
    few = make_examples(images[:BATCH], labels[:BATCH], PLAN)
    *_, last = train(build(PLAN, CLASSES, 0), examples, few, Training(BATCH, schedule, schedule.steps))
    return last


def train_frozen(images: np.ndarray, labels: np.ndarray, kept: bool) -> Snapshot:
    """Return where a training with frozen layers ends, whose outputs are kept or computed in every step."""
    network = build(PLAN, CLASSES, 0)
    tested = max(1, int(TESTED * len(images)))
    examples = make_examples(images, labels, PLAN, VARIANTS)
    validation = make_examples(images[:tested], labels[:tested], PLAN)
    if kept:
        examples, validation = (pass_through(network, one, FROZEN) for one in (examples, validation))
    epoch = max(1, len(images) // BATCH)
    every = max(1, epoch // VALIDATIONS)
    training = Training(BATCH, OneCycle(RATE, FROZEN_EPOCHS * epoch), every, FROZEN)
    *_, last = train(network, examples, validation, training)
    return last


def measure_stack(images: np.ndarray, labels: np.ndarray, device: str, say: Callable[[str], None]) -> float:
    """Return how many times faster networks train in one stack than one after the other, on a device."""
    examples = make_examples(images, labels, PLAN, VARIANTS).to(device)
    few = make_examples(images[:BATCH], labels[:BATCH], PLAN).to(device)
    # Once before it counts: a device chooses its kernels when it first meets them.
    for count, steps in ((2, 5), (STACK, 5)):
        _train_stack(examples, few, count, steps)
        _train_alone(examples, few, count, steps)
    seconds = time_in_turns(
        {
            "stacked": lambda: _train_stack(examples, few, STACK, STACK_STEPS),
            "alone": lambda: _train_alone(examples, few, STACK, STACK_STEPS),
        },
        1,
    )
    say(f"{STACK} networks in one stack: {seconds['stacked']:.1f} s, one by one {seconds['alone']:.1f} s")
    return seconds["alone"] / seconds["stacked"]


def _train_stack(examples: Examples, few: Examples, count: int, steps: int) -> None:
    networks = [build(PLAN, CLASSES, seed).to(examples.inputs.device) for seed in range(count)]
    trainings = [Training(BATCH, OneCycle(RATE, steps), steps, seed=seed) for seed in range(count)]
    for _ in train_stacked(networks, [examples] * count, [few] * count, trainings):
        pass


def _train_alone(examples: Examples, few: Examples, count: int, steps: int) -> None:
    for seed in range(count):
        network = build(PLAN, CLASSES, seed).to(examples.inputs.device)
        for _ in train(network, examples, few, Training(BATCH, OneCycle(RATE, steps), steps, seed=seed)):
            pass
