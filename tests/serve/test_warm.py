"""Which warm kernels are handed out, and which are not fit any more."""

import asyncio
import itertools
import os
from types import SimpleNamespace

import pytest

from nbutils.serve.warm import WarmKernels


class Kernels(dict):
    """Stands in for Jupyter's kernel manager: kernel -> whether it lives."""

    def get_kernel(self, kernel):
        async def is_alive():
            return self[kernel]

        return SimpleNamespace(is_alive=is_alive)

    async def shutdown_kernel(self, kernel):
        del self[kernel]


class Renderer:
    """Stands in for Voila's: writes three snippets, the last only when it is asked to go on."""

    def __init__(self, fails=False):
        self.rendered_cache = []
        self.stop_generator = False
        self.fails = fails

    async def generate_content_hybrid(self, kernel, future):
        if self.fails:
            raise RuntimeError("the template is broken")
        self.rendered_cache += ["a", "b"]

        async def rest():
            yield "c", {}

        return ["a", "b"], rest()


@pytest.fixture
def kernels():
    return Kernels()


@pytest.fixture
def make(tmp_path, kernels):
    def make_(wanted=None, fails=False):
        (tmp_path / "one.ipynb").touch()
        counter = iter(range(100))

        async def start(notebook):
            kernel = f"{notebook}-{next(counter)}"
            kernels[kernel] = True
            return Renderer(fails), kernel

        return WarmKernels(kernels, tmp_path, wanted or {"one.ipynb": 1}, start, rest=0)

    return make_


def test_only_what_is_listed_and_exists_is_kept_warm(make, kernels):
    warm = make({"one.ipynb": 2, "missing.ipynb": 1})
    asyncio.run(warm.fill())
    assert sorted(kernels) == ["one.ipynb-0", "one.ipynb-1"]
    assert len(warm) == 2


async def handed_out(warm, change=None):
    await warm.fill()
    if change:
        change()
    taken = await warm.take("one.ipynb")
    return taken, [snippet async for snippet in taken.page()] if taken else None


def test_a_warm_kernel_is_handed_out_with_its_whole_page(make):
    warm = make()
    taken, page = asyncio.run(handed_out(warm))
    assert taken.kernel == "one.ipynb-0"
    assert page == ["a", "b", "c"]
    assert len(warm) == 0


def test_there_is_none_for_other_notebooks(make):
    assert asyncio.run(make().take("other.ipynb")) is None


def test_a_dead_kernel_is_not_handed_out(make, kernels):
    taken, _ = asyncio.run(handed_out(make(), lambda: kernels.update({"one.ipynb-0": False})))
    assert taken is None
    assert not kernels


def test_a_changed_notebook_is_run_anew(make, kernels, tmp_path):
    taken, _ = asyncio.run(handed_out(make(), lambda: os.utime(tmp_path / "one.ipynb", (1, 1))))
    assert taken is None
    assert not kernels


def test_a_page_that_failed_is_not_handed_out(make, kernels):
    taken, _ = asyncio.run(handed_out(make(fails=True)))
    assert taken is None
    assert not kernels


def test_what_is_missing_is_filled_again(make, kernels):
    async def twice(warm):
        await warm.fill()
        await warm.take("one.ipynb")
        await warm.fill()
        return len(warm)

    assert asyncio.run(twice(make())) == 1


def test_the_visitors_page_comes_before_the_next_warm_kernel(tmp_path, kernels):
    async def start(notebook):
        raise AssertionError("too early")

    (tmp_path / "one.ipynb").touch()
    warm = WarmKernels(kernels, tmp_path, {"one.ipynb": 1}, start, rest=60)
    asyncio.run(warm.take("one.ipynb"))
    asyncio.run(warm.fill())
    assert len(warm) == 0


def test_the_suite_keeps_the_home_page_and_chapter_6_warm(settings):
    assert settings["Suite"]["warm"] == {"00_home.ipynb": 1, "06_deepvis.ipynb": 1}


def test_a_kernel_that_is_taken_while_it_is_looked_at_stays_the_visitors(make, kernels):
    async def look_and_take(warm):
        await warm.fill()
        own, taken = kernels.get_kernel, []

        async def is_alive():
            kernels.get_kernel = own
            taken.append(await warm.take("one.ipynb"))
            return False

        kernels.get_kernel = lambda kernel: SimpleNamespace(is_alive=is_alive)
        await warm.fill()
        return taken[0].kernel

    kernel = asyncio.run(look_and_take(make()))
    assert kernel in kernels


@pytest.fixture
def clock(monkeypatch):
    """Let time pass by hand: clock[0] is what `time.monotonic` says."""
    now = [1000.0]
    monkeypatch.setattr("nbutils.serve.warm.time.monotonic", lambda: now[0])
    return now


async def started_in(warm, clock, seconds, counted):
    for _ in range(seconds):
        await warm.fill()
        clock[0] += 1
    return counted()


@pytest.mark.parametrize("fault", ["page", "start"])
def test_a_notebook_whose_kernels_die_is_tried_ever_less_often(tmp_path, kernels, clock, fault):
    (tmp_path / "one.ipynb").touch()
    tries = []

    async def start(notebook):
        tries.append(clock[0])
        if fault == "start":
            raise RuntimeError("no kernel starts")
        kernels[str(len(tries))] = True
        return Renderer(fails=True), str(len(tries))

    warm = WarmKernels(kernels, tmp_path, {"one.ipynb": 1}, start, rest=0, longest=60)
    assert asyncio.run(started_in(warm, clock, 300, lambda: len(tries))) < 14
    gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert gaps == sorted(gaps)
    assert max(gaps) <= 62


def test_a_mended_notebook_is_tried_at_once(tmp_path, kernels, clock):
    (tmp_path / "one.ipynb").touch()
    tries, fault = [], ["the template is broken"]

    async def start(notebook):
        tries.append(clock[0])
        kernels[str(len(tries))] = True
        return Renderer(fails=bool(fault)), str(len(tries))

    async def mend():
        await started_in(warm, clock, 80, list)
        before = len(tries)
        await warm.fill()
        assert len(tries) == before  # it pauses
        fault.clear()
        os.utime(tmp_path / "one.ipynb", (1, 1))
        await warm.fill()
        return len(tries) - before

    warm = WarmKernels(kernels, tmp_path, {"one.ipynb": 1}, start, rest=0)
    assert asyncio.run(mend()) == len(warm) == 1
