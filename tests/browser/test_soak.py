"""The live toolbox keeps its memory: the bench of ten minutes, run for a short while."""

from nbutils.bench import soak

MINUTES = 0.5
# A frame kept by mistake is 0.15 MB: at ten frames a second the kernel would grow by 90 MB a minute, the page as well.
MOST_KERNEL_MB, MOST_PAGE_MB = 30, 10


def test_kernel_and_page_stay_as_large_as_they_are_while_frames_come_and_layers_change(browser):
    said = []
    found = soak.look(browser, MINUTES, said.append)
    assert len(said) > 10
    assert found["fps"] > 1
    assert found["kernel_mb_per_minute"] < MOST_KERNEL_MB, said
    assert found["page_mb_per_minute"] < MOST_PAGE_MB, said
