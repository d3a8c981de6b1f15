"""When a kernel is taken back, on a clock that tests set."""

import asyncio
from types import SimpleNamespace

import pytest

from nbutils.serve import visitors as module
from nbutils.serve.visitors import Visitors


class Kernels:
    """Stands in for Jupyter's kernel manager: which kernels live, and how many connections each has."""

    def __init__(self):
        self.connections = {}
        self.dead = set()
        self.ended = []

    def __contains__(self, kernel):
        return kernel in self.connections

    def get_kernel(self, kernel):
        async def is_alive():
            return kernel not in self.dead

        return SimpleNamespace(is_alive=is_alive)

    def kernel_model(self, kernel):
        return {"connections": self.connections[kernel]}

    async def shutdown_kernel(self, kernel):
        del self.connections[kernel]
        self.ended.append(kernel)


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


@pytest.fixture
def kernels():
    return Kernels()


@pytest.fixture
def visitors(kernels, clock):
    return Visitors(kernels, places=2, grace=120)


def come(visitors, kernels, *names, connections=1):
    for name in names:
        kernels.connections[name] = connections
        visitors.begin(name)
        visitors.rendered(name)


def pass_time(visitors, clock, seconds, step=2):
    for _ in range(int(seconds / step)):
        clock.seconds += step
        asyncio.run(visitors.sweep())


def test_an_open_page_keeps_its_kernel_for_ever(visitors, kernels, clock):
    come(visitors, kernels, "open")
    pass_time(visitors, clock, 24 * 3600, step=60)
    assert kernels.ended == []


def test_a_network_that_comes_back_finds_the_kernel(visitors, kernels, clock):
    come(visitors, kernels, "open")
    for _ in range(5):
        kernels.connections["open"] = 0
        pass_time(visitors, clock, 110)
        kernels.connections["open"] = 1
        pass_time(visitors, clock, 10)
    assert kernels.ended == []


def test_a_page_that_has_gone_without_a_word_loses_its_kernel(visitors, kernels, clock):
    come(visitors, kernels, "gone", "open")
    kernels.connections["gone"] = 0
    pass_time(visitors, clock, 118)
    assert kernels.ended == []
    pass_time(visitors, clock, 6)
    assert kernels.ended == ["gone"]
    assert "open" in visitors


def test_a_page_that_is_still_being_written_is_left_alone(visitors, kernels, clock):
    kernels.connections["slow"] = 0
    visitors.begin("slow")
    pass_time(visitors, clock, 3600, step=60)
    assert kernels.ended == []
    visitors.rendered("slow")
    pass_time(visitors, clock, 130)
    assert kernels.ended == ["slow"]


def test_a_page_that_never_connects_loses_its_kernel(visitors, kernels, clock):
    come(visitors, kernels, "fetched", connections=0)
    pass_time(visitors, clock, 130)
    assert kernels.ended == ["fetched"]


def test_a_dead_kernel_gives_its_place_up(visitors, kernels, clock):
    come(visitors, kernels, "dead", "open")
    kernels.dead.add("dead")
    pass_time(visitors, clock, 2)
    assert len(visitors) == 1


def test_who_leaves_while_one_looks_is_gone(visitors, kernels, monkeypatch):
    come(visitors, kernels, "leaver")

    async def leave_meanwhile():
        visitors._last_seen.pop("leaver")  # what release() does first, before the kernel has ended
        return True

    monkeypatch.setattr(kernels, "get_kernel", lambda kernel: SimpleNamespace(is_alive=leave_meanwhile))
    asyncio.run(visitors.sweep())
    assert len(visitors) == 0


def test_kernels_that_are_not_visitors_are_never_touched(visitors, kernels, clock):
    kernels.connections["warm"] = 0
    pass_time(visitors, clock, 3600, step=60)
    asyncio.run(visitors.release("warm"))
    assert kernels.ended == []


def test_a_place_is_found_while_there_is_one(visitors, kernels):
    come(visitors, kernels, "one")
    assert asyncio.run(visitors.has_place())
    with visitors.arriving():
        assert not asyncio.run(visitors.has_place(patience=-1))
    come(visitors, kernels, "two")
    assert not asyncio.run(visitors.has_place(patience=-1))


def test_who_is_leaving_makes_room_and_only_when_it_is_needed(visitors, kernels, clock):
    come(visitors, kernels, "leaver")
    visitors.leaving("leaver")
    assert asyncio.run(visitors.has_place())
    assert kernels.ended == []
    come(visitors, kernels, "other")
    assert asyncio.run(visitors.has_place())
    assert kernels.ended == ["leaver"]


def test_who_said_so_and_stayed_keeps_their_place(visitors, kernels, clock):
    come(visitors, kernels, "stayer", "other")
    visitors.leaving("stayer")
    clock.seconds += 11
    assert not asyncio.run(visitors.has_place(patience=-1))
    assert kernels.ended == []


def test_without_a_limit_there_is_always_a_place(kernels, clock):
    visitors = Visitors(kernels, places=None, grace=120)
    come(visitors, kernels, *map(str, range(100)))
    assert asyncio.run(visitors.has_place())
