"""The suite's server: the standalone Voila application with our configuration."""

import sys
from pathlib import Path

from voila.app import Voila

ROOT = Path(__file__).parents[2]


class Suite(Voila):
    """Voila with one port and one line that says where it is."""

    port_retries = 0

    def launch_browser(self) -> None:
        """Never called: the address is printed instead."""


def serve(port: int, notebooks: Path | None = None) -> int:
    """Serve a folder of notebooks on 127.0.0.1 until Ctrl-C; return the exit code."""
    folder = notebooks or ROOT / "notebooks"
    sys.stdout.write(f"Open http://127.0.0.1:{port}/\n")
    sys.stdout.flush()
    Suite.launch_instance([str(folder), f"--port={port}", f"--Voila.config_file_paths={ROOT}"])
    return 0
