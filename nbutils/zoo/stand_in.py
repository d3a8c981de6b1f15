"""What pip meets where it looks for a source archive's build backend while the zoo downloads that archive.

pip insists on metadata before it hands over a source archive, and would run the archive's setup.py for it. The zoo
wants the archive only, so it copies this file into a folder of its own as `setuptools.build_meta` and puts that first
on pip's path: the metadata that the archive already carries is returned, and none of its code runs.
"""

import shutil
import sys
from email import message_from_bytes
from pathlib import Path


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: object = None) -> str:
    """Write the archive's PKG-INFO as metadata of a wheel (PEP 517); the working folder is the unpacked archive."""
    said = message_from_bytes(Path("PKG-INFO").read_bytes())
    folder = Path(metadata_directory, f"{said['Name'].replace('-', '_')}-{said['Version']}.dist-info")
    folder.mkdir()
    shutil.copyfile("PKG-INFO", folder / "METADATA")
    (folder / "WHEEL").write_text("Wheel-Version: 1.0\nGenerator: none\nRoot-Is-Purelib: true\n", "utf-8")
    return folder.name


__legacy__ = sys.modules[__name__]  # the name that pip asks for where an archive has no pyproject.toml
