"""Where the suite's files are, and an environment that keeps other people's settings out of its server."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).parents[1]
SHARE = Path(__file__).parent / "share" / "jupyter"
HOME_PAGE = "00_home.ipynb"
APPLICATION = "deep-visualization-notebooks"
# Sockets in a private folder: no other user of the computer can connect to a kernel, and they are faster than
# TCP. Elsewhere the folder's path can be too long for a socket's name.
KERNELS = {"transport": "ipc"} if sys.platform == "linux" else {}


class MissingError(Exception):
    """Something the server needs is not there; the message is a sentence that says what to do."""


def user_folder() -> Path:
    """Return the folder for what belongs to this user and computer: the certificate, IPython's files."""
    return platformdirs.user_data_path(APPLICATION, appauthor=False)


def configuration_folder() -> Path:
    """Return the folder that holds voila.json.

    Raises MissingError when it is not there: serving without it would serve too much.
    """
    folder = SHARE.parent
    if (folder / "voila.json").is_file():
        return folder
    raise MissingError(
        f"voila.json was not found in {folder}: the suite does not serve without its settings. "
        "Restore it with: git checkout nbutils/serve/share/voila.json"
    )


def notebooks_folder(named: Path | None = None) -> Path:
    """Return the folder of notebooks to serve: the one named, else the checkout's, else ./notebooks.

    Raises MissingError when there is none.
    """
    candidates = [named] if named else [PACKAGE.parent / "notebooks", Path.cwd() / "notebooks"]
    for folder in candidates:
        if any(folder.glob("*.ipynb")):
            return folder.resolve()
    raise MissingError(
        f"No notebooks were found in {candidates[-1]}. "
        "Run the command in the folder that holds notebooks/, or name theirs with --notebooks FOLDER."
    )


def kernel_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which kernels find this very package, and threads that wait sleep.

    OpenMP reads OMP_WAIT_POLICY once, when torch is loaded: a kernel itself would set it too late. Threads that spin
    while they wait would take the processor from the browser beside them.
    """
    changed = {"OMP_WAIT_POLICY": "PASSIVE", **environment}
    if "site-packages" not in PACKAGE.parts:
        paths = [str(PACKAGE.parent), *filter(None, [environment.get("PYTHONPATH")])]
        changed["PYTHONPATH"] = os.pathsep.join(paths)
    return changed


def server_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for the server in which only the suite's own settings and this Python count.

    Its kernels keep no history of the cells they ran: share/jupyter/kernels says so.
    A user's ~/.jupyter could allow what the suite forbids, ~/.local/share/jupyter could bring another
    "python3", other templates or page extensions, and ~/.ipython start-up files would run in every kernel.
    """
    own = user_folder()
    changed = kernel_environment(environment)
    for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_NO_CONFIG", "JUPYTER_TOKEN"):
        changed.pop(name, None)
    changed |= {
        "JUPYTER_PATH": str(SHARE),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_DATA_DIR": str(own / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(own / "jupyter" / "settings"),
        "IPYTHONDIR": str(own / "ipython"),
    }
    return changed
