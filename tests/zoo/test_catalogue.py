"""What the zoo knows of its entries, what is written about them, and what looking at them costs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from nbutils import zoo

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "data" / "SOURCES.md").read_text("utf-8")
LOOK = """
import sys
from nbutils import zoo
assert all(zoo.is_ready(entry.name) for entry in zoo.entries())
print(sorted({"torch", "numpy", "PIL", "requests", "safetensors"} & set(sys.modules)))
"""


def test_the_zoo_holds_four_networks_two_collections_and_four_sets_of_images():
    assert [(entry.name, entry.kind) for entry in zoo.entries()] == [
        ("mobilenet_v2", "network"),
        ("efficientnet_lite0", "network"),
        ("alexnet", "network"),
        ("vgg16", "network"),
        ("food", "photographs"),
        ("pets", "photographs"),
        ("mnist", "images"),
        ("fashion_mnist", "images"),
        ("cifar10", "images"),
        ("quickdraw", "images"),
    ]


@pytest.mark.parametrize("entry", zoo.entries(), ids=lambda entry: entry.name)
def test_every_entry_is_checked_by_hashes(entry):
    hashes = [entry.sha256, entry.converted_sha256]
    hashes += [origin.sha256 for origin in entry.origins if isinstance(origin, zoo.Package | zoo.Bundle | zoo.Archive)]
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in hashes)
    assert entry.licence
    assert entry.bytes > 0


@pytest.mark.parametrize("entry", zoo.entries(), ids=lambda entry: entry.name)
def test_every_entry_is_written_down_with_whence_and_hashes(entry):
    told = [entry.name, entry.sha256, entry.converted_sha256, entry.licence]
    for origin in entry.origins:
        told += [getattr(origin, part) for part in ("url", "name", "version", "sha256") if hasattr(origin, part)]
    missing = [fact for fact in told if fact not in SOURCES]
    assert missing == []


def test_every_sample_is_written_down():
    samples = [photo.path.name for photo in zoo.photos() if photo.collection == "samples"]
    assert samples
    assert [name for name in samples if name not in SOURCES] == []


def test_looking_whether_all_is_there_imports_nothing_heavy():
    ran = subprocess.run([sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_everything_offered_can_be_had():
    assert [name for name in zoo.__all__ if getattr(zoo, name) is None] == []
    with pytest.raises(AttributeError, match="has no 'resnet'"):
        _ = zoo.resnet


def test_everything_offered_stays_itself_whatever_is_imported():
    looked = (
        "from nbutils.zoo.labelled_images import class_names; import nbutils.zoo.image_tree; from nbutils import zoo"
    )
    said = (
        "print([name for name in zoo.__all__ if type(getattr(zoo, name)).__name__ == 'module'], callable(zoo.labelled))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", f"{looked}; {said}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[] True"


def test_the_cache_folder_is_the_users_unless_another_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("NBUTILS_CACHE", raising=False)
    assert zoo.cache_folder().name == "deep-visualization-notebooks"
    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path))
    assert zoo.cache_folder() == tmp_path
