"""JupyterLab on the notebooks, with the same websocket as the served suite."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def open_lab(port: int, notebooks: Path | None = None) -> int:
    """Run JupyterLab on a folder of notebooks until Ctrl-C; return its exit code."""
    folder = notebooks or ROOT / "notebooks"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.kernel_websocket_connection_class=nbutils.serve.connection.NoDelayConnection",
        "--LabApp.news_url=",
    ]
    return subprocess.run(command, check=False, env=dict(os.environ)).returncode
