"""What else a visitor can reach: the way home, the health of the server, pictures, one's own kernel."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import tornado.web
from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.kernels.handlers import KernelHandler

from nbutils.serve.pages import SmallPages
from nbutils.serve.places import HOME_PAGE

if TYPE_CHECKING:
    from nbutils.serve.app import Suite

# Names that start with a letter, a digit or a line: no hidden files, no "..", no other kinds of file.
PICTURE = re.compile(r"static/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.(?:png|jpg|webp|svg)")


class ToHome(SmallPages):
    """Leads / to the home page."""

    def get(self) -> None:
        """Redirect."""
        self.redirect(f"{self.base_url}voila/render/{HOME_PAGE}")


class Health(APIHandler):
    """Says that the server is up, without starting anything."""

    def initialize(self, suite: "Suite") -> None:
        """Keep the application, which knows the numbers."""
        self.suite = suite

    def get(self) -> None:
        """Write how many pages are open, how many may be, and how many kernels are warm."""
        visitors = self.suite.visitors
        numbers = {"visitors": len(visitors), "places": visitors.places, "warm": len(self.suite.warm_kernels)}
        self.finish(json.dumps(numbers))


class OwnKernel(KernelHandler):
    """Tells a page whether its kernel still lives; a page cannot end or list kernels here."""

    SUPPORTED_METHODS = ("GET",)


class Leave(APIHandler):
    """Takes a page's word that it is being left, and ends its kernel.

    Only a page of this server can say so: the request carries a token that other sites cannot read
    (tornado's XSRF check), comes from this server's own origin, and names a kernel that nobody can guess.
    """

    def initialize(self, suite: "Suite") -> None:
        """Keep the application, which has the visitors."""
        self.suite = suite

    async def post(self, kernel: str) -> None:
        """End the kernel; with leaving=1 only give its place up when another visitor needs it."""
        if self.get_body_argument("leaving", ""):
            self.suite.visitors.leaving(kernel)
        else:
            await self.suite.visitors.release(kernel)
        self.set_status(204)


class Pictures(tornado.web.StaticFileHandler, SmallPages):
    """Pictures from notebooks/static, and no other file."""

    async def prepare(self) -> None:
        """Refuse whatever is not named like a picture in the one folder."""
        await SmallPages.prepare(self)
        if not PICTURE.fullmatch(self.path_kwargs["path"]):
            raise tornado.web.HTTPError(403)

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """Refuse links that lead out of the folder."""
        if not Path(absolute_path).resolve().is_relative_to(Path(root).resolve() / "static"):
            raise tornado.web.HTTPError(403)
        return super().validate_absolute_path(root, absolute_path)
