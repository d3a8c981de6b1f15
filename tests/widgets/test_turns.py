"""Work between the messages of a page: in turns where a loop runs, at once where none does."""

import asyncio

import pytest

from nbutils.widgets import Turns


@pytest.fixture
def seen():
    return []


@pytest.fixture
def turns(seen):
    return Turns(seen.append, lambda error: seen.append(str(error)))


def test_without_a_loop_the_work_is_done_at_once(turns, seen):
    turns.begin(iter("abc"))
    assert seen == ["a", "b", "c"]
    assert not turns.drop(), "nothing is under way any more"


def test_in_a_loop_other_things_happen_between_the_steps(turns, seen):
    async def page():
        turns.begin(iter("abc"))
        assert seen == []
        while "c" not in seen:
            seen.append(".")
            await asyncio.sleep(0.0005)

    asyncio.run(page())
    assert [step for step in seen if step != "."] == ["a", "b", "c"]
    assert "." in seen[seen.index("a") : seen.index("c")]


def test_newer_work_takes_the_place_of_what_was_under_way(turns, seen):
    left = []

    def long():
        try:
            while True:
                yield "old"
        finally:
            left.append(True)

    async def page():
        turns.begin(long())
        while "old" not in seen:
            await asyncio.sleep(0.001)
        turns.begin(iter(["new"]))
        await asyncio.sleep(0.02)

    asyncio.run(page())
    assert left == [True]
    assert seen[-1] == "new"


def test_what_fails_is_said_and_ends_the_work(turns, seen):
    def failing():
        yield 1
        raise ValueError("There is only the picture.")

    turns.begin(failing())
    assert seen == [1, "There is only the picture."]
    assert not turns.drop()
