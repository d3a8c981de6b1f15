"""JupyterLab on the notebooks, with the same fast websocket as the served suite, and without a word to the outside."""

import os
import secrets
import shlex
import webbrowser
from pathlib import Path

from nbutils.serve.places import KERNELS, SHARE, MissingError, kernel_environment, notebooks_folder
from nbutils.serve.start import LOCAL, CannotServeError, check_port, say

SETTINGS = SHARE.parent / "lab.json"
PAGES = SHARE.parent / "config"  # switches off what would ask whether to fetch news


def open_lab(port: int, notebooks: Path | None = None, browser: bool = False) -> None:
    """Run JupyterLab on a folder of notebooks until Ctrl-C; only who has the printed address gets in.

    Raises CannotServeError when the port is taken or the notebooks are missing.
    """
    try:
        folder = notebooks_folder(notebooks)
    except MissingError as error:
        raise CannotServeError(str(error)) from error
    named = f" --notebooks {shlex.quote(str(notebooks))}" if notebooks else ""
    check_port(LOCAL, port, f"lab{named}")
    own = os.pathsep.join(filter(None, [str(PAGES), os.environ.get("JUPYTER_CONFIG_PATH")]))
    os.environ.update(kernel_environment(os.environ), JUPYTER_PREFER_ENV_PATH="1", JUPYTER_CONFIG_PATH=own)
    from jupyterlab.labapp import LabApp
    from traitlets.config import Config

    token = secrets.token_hex(24)
    server = LabApp.initialize_server(
        [f"--config={SETTINGS}", f"--port={port}", f"--ServerApp.root_dir={folder}"],
        # Neither on the command line nor in the environment, where other programs could read it.
        config=Config(IdentityProvider={"token": token}, KernelManager=KERNELS),
    )
    address = f"http://{LOCAL}:{port}/lab?token={token}"
    say(f"Open {address}   (Ctrl-C ends JupyterLab)")
    if browser:
        webbrowser.open(address)
    server.start()
