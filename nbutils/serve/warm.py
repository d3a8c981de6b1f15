"""Kernels kept warm: the notebook has run before the visitor comes."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from voila.notebook_renderer import NotebookRenderer


@dataclass(frozen=True)
class Warm:
    """A kernel that has begun to run a notebook, and the page it is writing."""

    kernel: str
    renderer: NotebookRenderer
    task: asyncio.Task
    changed: float  # when the notebook's file had last changed

    async def page(self) -> AsyncIterator[str]:
        """Yield the page: at once what is written already, then what follows."""
        self.renderer.stop_generator = True
        written = list(self.renderer.rendered_cache)
        for snippet in written:
            yield snippet
        first, rest = await self.task
        for snippet in first[len(written) :]:
            yield snippet
        async for snippet, _ in rest:
            yield snippet


@dataclass(frozen=True)
class Pause:
    """How long no kernel is started for a notebook whose kernels die."""

    seconds: float
    end: float  # by time.monotonic
    changed: float  # when the notebook's file had last changed


class WarmKernels:
    """A few kernels for each of the notebooks that are opened most.

    manager : starts and ends kernels
    folder  : the notebooks' folder
    wanted  : notebook -> how many kernels to keep warm
    start   : prepares a renderer and a kernel for a notebook
    rest    : seconds between a visit and the start of the next kernel; the visitor's page comes first
    longest : most seconds between two tries with a notebook whose kernels die; the pauses double up to it
    """

    def __init__(
        self,
        manager: AsyncMappingKernelManager,
        folder: Path,
        wanted: Mapping[str, int],
        start: Callable[[str], Awaitable[tuple[NotebookRenderer, str]]],
        rest: float = 4.0,
        longest: float = 300.0,
    ) -> None:
        self._manager = manager
        self._folder = folder
        self._wanted = {name: count for name, count in wanted.items() if (folder / name).is_file()}
        self._start = start
        self._rest = rest
        self._longest = longest
        self._pauses: dict[str, Pause] = {}
        self._taken = float("-inf")
        self._kept: dict[str, list[Warm]] = {name: [] for name in self._wanted}

    def __len__(self) -> int:
        """Count the kernels whose notebook has run to its end."""
        return sum(warm.task.done() for kept in self._kept.values() for warm in kept)

    async def take(self, notebook: str) -> Warm | None:
        """Hand out a warm kernel of this notebook, None when none is fit; what is unfit is ended."""
        kept = self._kept.get(notebook, [])
        self._taken = time.monotonic()
        while kept:
            warm = kept.pop(0)
            if await self._fit(notebook, warm):
                return warm
            await self._end(warm)
        return None

    async def fill(self) -> None:
        """Start what is missing, one after the other, so that visitors keep the processor."""
        if time.monotonic() - self._taken < self._rest:
            return
        for notebook, count in self._wanted.items():
            kept = self._kept[notebook]
            for warm in tuple(kept):
                # While this waits, a visitor may take the kernel: it is the visitor's then.
                if not await self._fit(notebook, warm) and warm in kept:
                    kept.remove(warm)
                    await self._end(warm)
                    self._pause(notebook, warm.changed)
            while len(kept) < count and not self._pausing(notebook):
                await self._add(notebook)

    async def _add(self, notebook: str) -> None:
        """Start a kernel and wait until its notebook has run."""
        changed = self._changed(notebook)
        try:
            renderer, kernel = await self._start(notebook)
        except Exception:
            # Whatever keeps a kernel from starting: the next try comes later, the other notebooks are served.
            logging.getLogger(__name__).exception("No kernel could be kept warm for %s.", notebook)
            self._pause(notebook, changed)
            return
        future = self._manager.get_kernel(kernel)
        task = asyncio.create_task(renderer.generate_content_hybrid(kernel, future))
        warm = Warm(kernel, renderer, task, changed)
        self._kept[notebook].append(warm)
        await asyncio.wait([task])
        if await self._fit(notebook, warm):
            self._pauses.pop(notebook, None)

    def _pause(self, notebook: str, changed: float) -> None:
        """Wait before the next try, twice as long as before."""
        last = self._pauses.get(notebook)
        seconds = min(2 * last.seconds, self._longest) if last and last.changed == changed else 1.0
        self._pauses[notebook] = Pause(seconds, time.monotonic() + seconds, changed)

    def _pausing(self, notebook: str) -> bool:
        """Say whether it is too early for another try; a notebook that was changed meanwhile may be mended."""
        pause = self._pauses.get(notebook)
        return pause is not None and time.monotonic() < pause.end and pause.changed == self._changed(notebook)

    async def _fit(self, notebook: str, warm: Warm) -> bool:
        """Say whether a warm kernel lives, its page went well, and its notebook is still the same."""
        failed = warm.task.done() and (warm.task.cancelled() or warm.task.exception() is not None)
        same = warm.changed == self._changed(notebook)
        alive = warm.kernel in self._manager and await self._manager.get_kernel(warm.kernel).is_alive()
        return alive and same and not failed

    async def _end(self, warm: Warm) -> None:
        warm.task.cancel()
        if warm.kernel in self._manager:
            await self._manager.shutdown_kernel(warm.kernel)

    def _changed(self, notebook: str) -> float:
        path = self._folder / notebook
        return path.stat().st_mtime if path.is_file() else 0.0
