"""How growth is told from noise: by a line through what was measured after the settling."""

import pytest

from nbutils.bench.soak import Memory, summarize


def test_growth_is_told_in_megabytes_a_minute_without_the_settling():
    settling = [Memory(0, 100, 5, 0), Memory(60, 300, 9, 600)]
    growing = [Memory(60 * minute, 300 + 2 * minute, 10 - 0.5 * minute, 600 * minute) for minute in range(2, 11)]
    found = summarize(settling + growing)
    assert found["kernel_mb_per_minute"] == pytest.approx(2)
    assert found["page_mb_per_minute"] == pytest.approx(-0.5)
    assert found["minutes"] == 10
    assert found["fps"] == pytest.approx(10)
    assert (found["kernel_mb"], found["page_mb"]) == (320, 5)
