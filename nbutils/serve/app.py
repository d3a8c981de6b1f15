"""The suite's server: the standalone Voila application, with nothing reachable that is not listed here."""

import logging
import os
import re
import signal
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import tornado.ioloop
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from nbformat import NotebookNode
from tornado.httpserver import HTTPServer
from traitlets import Bool, Callable, Dict, Float, Instance, Integer
from voila.app import Voila
from voila.notebook_renderer import NotebookRenderer
from voila.static_file_handler import MultiStaticFileHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.utils import ENV_VARIABLE, get_page_config

from nbutils.serve.chapter import ChapterHandler
from nbutils.serve.handlers import Health, Leave, OwnKernel, Pictures, ToHome
from nbutils.serve.headers import HEADERS, SecurityHeaders
from nbutils.serve.pages import NotFound
from nbutils.serve.places import HOME_PAGE, KERNELS
from nbutils.serve.visitors import Visitors
from nbutils.serve.warm import WarmKernels

MESSAGE_BYTES = 10 << 20
KERNEL = r"(?P<kernel>\w+-\w+-\w+-\w+-\w+)"
KERNEL_ID = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"


class Suite(Voila):
    """Voila for a folder of notebooks: fewer addresses, warm kernels, places, https."""

    name = "voila"
    warm = Dict(config=True, help="Notebook -> how many kernels to keep warm for it.")
    grace = Float(120.0, config=True, help="Seconds without a connection before a page's kernel ends.")
    places = Integer(None, allow_none=True, config=True, help="How many pages may be open at once.")
    remote = Bool(False, help="Whether it may be called by other names than this computer's own.")
    certificate = Instance(ssl.SSLContext, allow_none=True, help="For https; http without.")
    announce = Callable(help="Called once when the server answers.")
    visitors = Instance(Visitors)
    warm_kernels = Instance(WarmKernels)

    @property
    def folder(self) -> Path:
        """The folder of the notebooks."""
        return Path(self.root_dir)

    def initialize(self, argv: list[str] | None = None) -> None:
        """Read the settings; add those that only a running program can know."""
        super().initialize(argv)
        self.config.VoilaExecutor.on_cell_error = log_cell_error
        self.config.KernelManager.update(KERNELS)

    def init_settings(self) -> dict:
        """Add who may be here and how errors look to Voila's settings."""
        settings = super().init_settings()
        self.visitors = Visitors(self.kernel_manager, self.places, self.grace)
        self.warm_kernels = WarmKernels(self.kernel_manager, self.folder, self.warm, self._start_kernel)
        return settings | {
            "jinja2_env": settings["voila_jinja2_env"],
            "headers": HEADERS,
            # Refusing other names keeps foreign pages from reaching this server through a name of theirs.
            "allow_remote_access": self.remote,
            "websocket_max_message_size": MESSAGE_BYTES,
        }

    def init_handlers(self) -> list:
        """List every address that answers; whatever is not here is not found."""
        suite = {"suite": self}
        themes = {"path": self.labextensions_path, "no_cache_paths": ["/"]}
        return [
            (self._at(r"/?"), ToHome),
            (self._at("/health"), Health, suite),
            (self._at(r"/voila/render/(?P<path>.*)"), ChapterHandler, suite),
            (self._at(rf"/api/kernels/{KERNEL_ID}"), OwnKernel),
            (self._at(rf"/api/kernels/{KERNEL_ID}/channels"), VoilaKernelWebsocketHandler),
            (self._at(rf"/voila/api/shutdown/{KERNEL}"), Leave, suite),
            (self._at(r"/voila/files/(?P<path>.*)"), Pictures, {"path": self.root_dir}),
            (self._at(r"/voila/templates/dv/static/(.*)"), MultiStaticFileHandler, {"paths": self.static_paths}),
            (self._at(r"/voila/static/(.*)"), MultiStaticFileHandler, {"paths": self.static_paths}),
            (self._at(r"/voila/labextensions/(.*)"), FileFindHandler, themes),
            (r".*", NotFound),
        ]

    def listen(self) -> None:
        """Answer on the one port asked for until the process is told to stop."""
        self.app.transforms.append(SecurityHeaders)
        server = HTTPServer(self.app, ssl_options=self.certificate, max_body_size=1 << 20)
        server.listen(self.port, self.ip)
        self.ioloop = tornado.ioloop.IOLoop.current()
        for number in {signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGTERM)}:
            signal.signal(number, self._handle_signal_stop)
        for chore, seconds in ((self.visitors.sweep, 2), (self.warm_kernels.fill, 1)):
            tornado.ioloop.PeriodicCallback(chore, seconds * 1000).start()
        self.announce()
        try:
            self.ioloop.start()
        finally:
            server.stop()
            self.stop()

    async def open_notebook(self, notebook: str) -> tuple[str, AsyncIterator[str]]:
        """Return a kernel for this notebook, warm if there is one, and the page as it is written."""
        warm = await self.warm_kernels.take(notebook)
        if warm is not None:
            return warm.kernel, warm.page()
        renderer, kernel = await self._start_kernel(notebook)
        return kernel, self._fresh_page(renderer, kernel)

    async def _fresh_page(self, renderer: NotebookRenderer, kernel: str) -> AsyncIterator[str]:
        future = self.kernel_manager.get_kernel(kernel)
        async for snippet, _ in renderer.generate_content_generator(kernel, future):
            yield snippet

    async def _start_kernel(self, notebook: str) -> tuple[NotebookRenderer, str]:
        renderer = self._renderer(notebook)
        await renderer.initialize()
        about = renderer.notebook.metadata
        about.setdefault("title", title(renderer.notebook.cells, Path(notebook).stem))
        about["way_home"] = notebook != HOME_PAGE and (self.folder / HOME_PAGE).is_file()
        environment = dict(os.environ) | {
            ENV_VARIABLE.VOILA_BASE_URL: self.base_url,
            ENV_VARIABLE.VOILA_SERVER_URL: self.server_url,
            ENV_VARIABLE.VOILA_APP_PORT: str(self.port),
        }
        kernel = await self.kernel_manager.start_kernel(
            kernel_name=renderer.notebook.metadata.kernelspec.name,
            path=str(Path(notebook).parent),
            env=environment,
        )
        return renderer, kernel

    def _renderer(self, notebook: str) -> NotebookRenderer:
        page_config = get_page_config(
            base_url=self.base_url,
            settings=self.app.settings,
            log=self.log,
            voila_configuration=self.voila_configuration,
        )
        return NotebookRenderer(
            voila_configuration=self.voila_configuration,
            traitlet_config=self.config,
            notebook_path=notebook,
            template_paths=self.template_paths,
            config_manager=self.config_manager,
            contents_manager=self.contents_manager,
            base_url=self.base_url,
            kernel_spec_manager=self.kernel_spec_manager,
            page_config=page_config,
        )

    def _at(self, path: str) -> str:
        return url_path_join(self.server_url, path)


def title(cells: list[NotebookNode], otherwise: str) -> str:
    """Return a notebook's first heading as plain text, or its name when it has none."""
    for cell in cells:
        heading = re.search(r"^#+ +(.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading:
            return re.sub(r"[*_`$]", "", heading[1]).strip()
    return otherwise


def log_cell_error(cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
    """Write to the server's log why a cell failed; the visitor reads only that it did."""
    content = execute_reply["content"]
    reason = f"{content.get('ename', 'error')}: {content.get('evalue', '')}"
    logging.getLogger(__name__).error("Cell %d failed with %s\n%s", cell_index + 1, reason, cell.source)
