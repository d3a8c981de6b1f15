"""Looking whether what lies in the cache is still what was fetched, byte for byte."""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from nbutils.zoo.cache import entry_folder, forget, hash_file, is_ready
from nbutils.zoo.catalogue import Entry, find_entry


@dataclass(frozen=True)
class Verdict:
    """Whether an entry is whole, and the sentence that says so."""

    name: str
    right: bool
    sentence: str


def verify(name: str) -> Verdict:
    """Hash everything of an entry and compare with what is written down for it.

    What has changed is no longer taken for ready, so that the next fetch brings it anew.
    """
    entry = find_entry(name)
    if not is_ready(name):
        return Verdict(name, False, f"{entry.title}: not in the cache. Run `{entry.command}`.")
    changed = _changed_files(entry, entry_folder(entry))
    if changed:
        with contextlib.suppress(OSError):  # where the cache may not be written, saying so is what can be done
            forget(entry)
        others = f" and {len(changed) - 1} more" if changed[1:] else ""
        what = f"{changed[0]}{others} changed since the fetch"
        return Verdict(name, False, f"{entry.title}: {what}. Run `{entry.command}`, which brings it anew.")
    return Verdict(name, True, f"{entry.title}: whole, every byte as it was fetched.")


def _changed_files(entry: Entry, folder: Path) -> list[str]:
    """Return the names of the files that are not as they were."""
    if hash_file(folder / entry.file) != entry.converted_sha256:
        return [entry.file]
    if entry.kind != "photographs":
        return []
    records = json.loads((folder / entry.file).read_text("utf-8"))
    return [record["file"] for record in records if not _is_same(folder / record["file"], record["sha256"])]


def _is_same(path: Path, sha256: str) -> bool:
    try:
        return hash_file(path) == sha256
    except OSError:
        return False
