"""The sizes that the README names are those of what is fetched and of what stays."""

import re
from pathlib import Path

from nbutils import zoo

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_what_is_downloaded_and_what_stays_is_as_large_as_said():
    downloaded, stays = map(
        int, re.search(r"about (\d+) MB are downloaded.*?about (\d+) MB stay", README, re.S).groups()
    )
    sizes = {}  # by hash, for an archive that holds two networks is downloaded once
    for entry in zoo.entries():
        first = entry.origins[0]
        sizes[getattr(first, "sha256", entry.sha256)] = getattr(first, "bytes", entry.bytes)
    assert abs(sum(sizes.values()) / 1e6 - downloaded) < 2
    photographs, pictures = zoo.thumbnails()
    folders = [zoo.cache_folder() / entry.name for entry in zoo.entries()]
    kept = sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
    assert len(photographs) == len(pictures)
    assert abs((kept + pictures.nbytes) / 1e6 - stays) < 2
