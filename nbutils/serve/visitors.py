"""Who holds a kernel: one for every open page, taken back when the page is gone, and never more than allowed."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager


class Visitors:
    """The kernels of open pages.

    manager : starts and ends kernels
    places  : how many pages may be open at once; None = no limit
    grace   : seconds that a page may be without a connection before its kernel ends (a lost network
              comes back, a closed browser does not)
    """

    def __init__(self, manager: AsyncMappingKernelManager, places: int | None, grace: float) -> None:
        self.manager = manager
        self.places = places
        self.grace = grace
        self._last_seen: dict[str, float] = {}
        self._leaving: dict[str, float] = {}
        self._rendering: set[str] = set()
        self._arriving = 0

    def __len__(self) -> int:
        return len(self._last_seen) + self._arriving

    def __contains__(self, kernel: str) -> bool:
        return kernel in self._last_seen

    async def has_place(self, patience: float = 3.0) -> bool:
        """Say whether one more page may open, after waiting that many seconds for someone to leave.

        Whoever reloads or follows a link asks for the new page before the old one is gone: a page that
        has said it is leaving gives its place up at once.
        """
        if self.places is None:
            return True
        end = time.monotonic() + patience
        while len(self) >= self.places:
            leaver = self._leaver()
            if leaver is not None:
                await self.release(leaver)
            elif time.monotonic() > end:
                return False
            else:
                await asyncio.sleep(0.1)
        return True

    @contextmanager
    def arriving(self) -> Iterator[None]:
        """Keep a place for a page whose kernel is not known yet."""
        self._arriving += 1
        try:
            yield
        finally:
            self._arriving -= 1

    def begin(self, kernel: str) -> None:
        """Count a kernel as a visitor's; its page is being written."""
        self._last_seen[kernel] = time.monotonic()
        self._rendering.add(kernel)

    def rendered(self, kernel: str) -> None:
        """Note that the page is complete: from now on its connection shows that it is open."""
        self._rendering.discard(kernel)
        if kernel in self._last_seen:
            self._last_seen[kernel] = time.monotonic()

    def leaving(self, kernel: str) -> None:
        """Note that a page is about to be left; it may still stay."""
        if kernel in self._last_seen:
            self._leaving[kernel] = time.monotonic()

    async def release(self, kernel: str) -> None:
        """End a visitor's kernel; nothing happens when it is not (or no longer) a visitor's."""
        if self._last_seen.pop(kernel, None) is None:
            return
        self._leaving.pop(kernel, None)
        self._rendering.discard(kernel)
        if kernel in self.manager:
            await self.manager.shutdown_kernel(kernel)

    async def sweep(self) -> None:
        """End the kernels of pages that have gone without a word, and forget kernels that have died."""
        for kernel in tuple(self._last_seen):
            alive = kernel in self.manager and await self.manager.get_kernel(kernel).is_alive()
            if kernel not in self._last_seen:  # left in the meantime
                continue
            if not alive or self._unseen(kernel) > self.grace:
                await self.release(kernel)

    def _unseen(self, kernel: str) -> float:
        """Return for how many seconds a page has had no connection."""
        now = time.monotonic()
        if kernel in self._rendering or self.manager.kernel_model(kernel)["connections"] > 0:
            self._last_seen[kernel] = now
        return now - self._last_seen[kernel]

    def _leaver(self) -> str | None:
        """Return a kernel whose page said within the last ten seconds that it is leaving."""
        recent = time.monotonic() - 10
        self._leaving = {kernel: when for kernel, when in self._leaving.items() if when > recent}
        return next(iter(self._leaving), None)
