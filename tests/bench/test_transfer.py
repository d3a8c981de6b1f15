"""The bench of chapter 5 on a few pictures: names, ratios, and that those compared train the same network."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from nbutils.bench import transfer, transfer_peers
from nbutils.nets.networks import build
from nbutils.nets.schedules import OneCycle
from tests.bench.test_results import run
from tests.nets.tiny import make_images


def test_it_names_what_others_rely_on_and_its_ratios_are_those_of_its_times(monkeypatch):
    times = iter([{"ours": 2.0, "plain": 3.0}, {"kept": 1.0, "run": 4.0}, {"stacked": 1.0, "alone": 5.0}])
    monkeypatch.setattr(transfer, "time_in_turns", lambda contestants, _: next(times))
    monkeypatch.setattr(transfer, "LARGE", transfer.PLAN)
    monkeypatch.setattr(transfer, "threads", lambda _: None)  # other tests of this process go on with theirs
    result, said = run("transfer", examples=128)
    speed = result.pop("stacked_speedup", 5.0)
    assert (speed, len(said)) == (5.0, 4 if torch.cuda.is_available() else 3)
    assert result.pop("alexnet_images_per_s") > 0
    assert result == {"vs_plain_loop": 1.5, "frozen_speedup": 4.0, "images_per_s": 128.0}


def test_of_the_large_network_all_steps_but_the_first_count(monkeypatch):
    seen = []

    def train(network, examples, one, training):
        seen.append(
            (len(examples), len(one), training.batch, training.schedule.steps, network.layers[7][1].out_features)
        )
        yield SimpleNamespace(images_per_s=256 * 450_000 / 86_400 / len(seen))

    said = []
    monkeypatch.setattr(transfer, "LARGE", transfer.PLAN)
    monkeypatch.setattr(transfer, "train", train)
    assert transfer.measure_large(said.append, "cpu", 6) == pytest.approx(2000 / 3)
    assert seen == [(6, 1, 6, 1, 1000), (6, 1, 6, 4, 1000)]
    assert said == ["small_32 in batches of 6: 666.7 pictures a second, 2 days for all steps"]


def test_turns_are_taken_and_the_shortest_counts(monkeypatch):
    clock, taken = [0.0], []
    monkeypatch.setattr(transfer.time, "perf_counter", lambda: clock[0])

    def work(name, seconds):
        def one():
            taken.append(name)
            clock[0] += next(seconds)

        return one

    contestants = {"slow": work("slow", iter([3.0, 2.0])), "fast": work("fast", iter([1.0, 1.5]))}
    assert transfer.time_in_turns(contestants, 2) == {"slow": 2, "fast": 1}
    assert taken == ["slow", "fast"] * 2


def test_the_plain_network_is_the_same():
    plain = transfer_peers.build_plain(transfer.PLAN, 3, seed=4).eval()
    pictures = torch.randn(5, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(plain(pictures), build(transfer.PLAN, 3, 4)(pictures), atol=1e-5, rtol=1e-4)
    assert sum(isinstance(part, torch.nn.LocalResponseNorm) for part in plain) == 2
    assert sum(isinstance(part, torch.nn.Dropout) for part in plain) == 2


def test_the_plain_loop_learns():
    images, labels = make_images(64)
    with torch.random.fork_rng():
        torch.manual_seed(4)
        network = transfer_peers.train_plain(images, labels, transfer.PLAN, 3, 16, OneCycle(0.02, 60)).eval()
    pictures = (torch.from_numpy(images).permute(0, 3, 1, 2).float() - transfer.PLAN.mean) / transfer.PLAN.scale
    assert (network(pictures).argmax(1).numpy() == labels).mean() > 0.6


def test_pictures_of_the_plain_loop_are_moved_and_flipped_as_ours_are():
    images, labels = make_images(1)
    pictures = transfer_peers.Pictures(images, labels, transfer.PLAN)
    room = np.pad(images[0], ((3, 3), (3, 3), (0, 0)))
    allowed = {
        room[down : down + 32, across : across + 32][:, ::direction].tobytes()
        for down in range(7)
        for across in range(7)
        for direction in (1, -1)
    }
    torch.manual_seed(0)
    seen = set()
    for _ in range(40):
        image = pictures[0][0] * transfer.PLAN.scale + transfer.PLAN.mean
        seen.add(image.round().to(torch.uint8).permute(1, 2, 0).numpy().tobytes())
    assert seen <= allowed
    assert len(seen) > 20


def test_with_and_without_the_kept_prefix_the_same_is_learned(monkeypatch):
    monkeypatch.setattr(transfer, "FROZEN_EPOCHS", 2)
    images, labels = transfer.make_noise(128)
    kept, run_each = (transfer.train_frozen(images, labels, kept) for kept in (True, False))
    assert [point.step for point in kept.points] == [1, 2]
    assert kept.points[-1].loss == pytest.approx(run_each.points[-1].loss, rel=1e-5)
