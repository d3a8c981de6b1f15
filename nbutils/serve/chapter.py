"""A notebook as a page: its kernel started or taken warm, its cells run, their outputs sent as they come."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from html import escape
from typing import TYPE_CHECKING

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from voila.handler import BaseVoilaHandler

from nbutils.serve import pages

if TYPE_CHECKING:
    from nbutils.serve.app import Suite

NOTEBOOK = re.compile(r"(?:[\w-][\w. -]*/)*[\w-][\w. -]*\.ipynb")
HEARTBEAT = 5.0
BEAT = "<script>window.dv && dv.beat()</script>\n"
FAILED = "This page could not be finished: the program behind it did not start or has ended. Reload to try again."
ALONE = "Every page has a kernel of its own, so it opens in a window of its own and not inside another site's page."


def opened_by_a_person(headers: Mapping[str, str]) -> bool:
    """Say whether a page is being opened, and not embedded by another site or fetched ahead on a guess.

    Either would start a kernel for nobody. Browsers say so in Sec-Fetch-* (W3C Fetch Metadata) and
    Sec-Purpose (Fetch standard); what does not say anything is let in.
    """
    own = headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    whole = headers.get("Sec-Fetch-Dest", "document") == "document"
    return (whole or own) and not headers.get("Sec-Purpose", "").startswith("prefetch")


async def with_heartbeat(snippets: AsyncIterator[str], seconds: float = HEARTBEAT) -> AsyncIterator[str]:
    """Yield the snippets, and a sign of life whenever none has come for that long.

    Proxies cut connections that are silent, and only by writing does a server learn that nobody reads.
    """
    async with aclosing(snippets):
        waiting = asyncio.ensure_future(anext(snippets, None))
        try:
            while True:
                done, _ = await asyncio.wait([waiting], timeout=seconds)
                if not done:
                    yield BEAT
                    continue
                snippet = waiting.result()
                if snippet is None:
                    return
                yield snippet
                waiting = asyncio.ensure_future(anext(snippets, None))
        finally:
            waiting.cancel()
            await asyncio.wait([waiting])


class ChapterHandler(pages.SmallPages, BaseVoilaHandler):
    """Answers /voila/render/NOTEBOOK."""

    def initialize(self, suite: "Suite") -> None:
        """Keep the application, which has the notebooks, the kernels and the visitors."""
        super().initialize(voila_configuration=suite.voila_configuration)
        self.suite = suite

    async def get(self, path: str) -> None:
        """Write the page, or say that there is no such notebook or no place."""
        if not NOTEBOOK.fullmatch(path) or not (self.suite.folder / path).is_file():
            raise HTTPError(404)
        if not opened_by_a_person(self.request.headers):
            self.set_status(403)
            self.finish(pages.page("Open it by itself", ALONE, self.base_url))
            return
        visitors = self.suite.visitors
        if not await visitors.has_place():
            self.set_status(503)
            self.set_header("Retry-After", "60")
            self.finish(pages.full(visitors.places, self.base_url))
            return
        with visitors.arriving():
            try:
                kernel, snippets = await self.suite.open_notebook(path)
            except HTTPError as error:  # the file is there; what is wrong with it is not the visitor's fault
                raise HTTPError(500, f"{path} could not be opened: {error}") from error
            visitors.begin(kernel)
        self.set_header("Cache-Control", "no-store")
        # Reading the token sets the cookie that the page sends back when it is left (tornado's XSRF check).
        _ = self.xsrf_token
        await self._write_page(kernel, snippets)

    async def _write_page(self, kernel: str, snippets: AsyncIterator[str]) -> None:
        complete = False
        try:
            async with aclosing(with_heartbeat(snippets)) as beating:
                async for snippet in beating:
                    self.write(snippet)
                    await self.flush()
            complete = True
        except StreamClosedError:
            self.log.info("A visitor left while the page was being written.")
        except Exception:
            # Whatever goes wrong in a kernel or a template, the visitor has half a page and needs a sentence.
            self.log.exception("A page could not be finished.")
            self.write(f'<script>window.dv && dv.failed("{escape(FAILED)}")</script>')
            self.finish()
        finally:
            if complete:
                self.suite.visitors.rendered(kernel)
            else:
                await self.suite.visitors.release(kernel)
