"""Verifying finds every changed byte, and what is damaged is fetched anew."""

import pytest

from nbutils import zoo
from nbutils.commands import as_typed
from nbutils.zoo.catalogue import Address, Package

ROOT_NAMES = [entry.name for entry in zoo.entries()]


@pytest.fixture
def fetched(cache, server, make_entry):
    make_entry(Address(server.url))
    list(zoo.fetch("cats"))
    return cache / "cats"


def flip(path, place=100):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ROOT_NAMES)
def test_what_this_machine_holds_is_whole(name):
    verdict = zoo.verify(name)
    assert verdict.right, verdict.sentence


@pytest.mark.parametrize("file", ["index.json", "cat-3.jpg"])
def test_a_changed_byte_is_found_and_mended_by_the_next_fetch(fetched, file):
    assert zoo.verify("cats").right
    flip(fetched / file)
    assert zoo.is_ready("cats")  # which looks at no contents
    verdict = zoo.verify("cats")
    assert not verdict.right
    assert f"{file} changed since the fetch" in verdict.sentence
    assert f"`{as_typed('nbutils data fetch cats')}`" in verdict.sentence
    assert not zoo.is_ready("cats")
    list(zoo.fetch("cats"))
    assert zoo.verify("cats").right


def test_missing_files_are_found(fetched):
    (fetched / "cat-3.jpg").unlink()
    (fetched / "cat-4.jpg").unlink()
    assert "cat-3.jpg and 1 more changed" in zoo.verify("cats").sentence


def test_a_changed_index_is_said_when_photographs_are_asked_for(fetched):
    flip(fetched / "index.json")
    with pytest.raises(zoo.Unavailable, match=r"has changed since it was fetched.*data verify"):
        zoo.photos()


def test_what_is_absent_is_not_whole(cache, make_entry):
    make_entry()
    verdict = zoo.verify("cats")
    assert not verdict.right
    command = as_typed("nbutils data fetch cats")
    assert verdict.sentence == f"Noise called cats: not in the cache. Run `{command}`."


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{", b"\xff\xfe", b'{"origin_sha256": 3}'])
def test_a_damaged_manifest_is_no_manifest(fetched, manifest):
    (fetched / "manifest.json").write_bytes(manifest)
    assert not zoo.is_ready("cats")


def test_half_a_file_is_not_ready(fetched):
    data = (fetched / "index.json").read_bytes()
    (fetched / "index.json").write_bytes(data[:-1])
    assert not zoo.is_ready("cats")


def test_an_entry_of_an_older_version_is_not_ready(fetched, make_entry, server):
    make_entry(Address(server.url), converted_sha256="1" * 64)
    assert not zoo.is_ready("cats")


def test_packages_and_addresses_say_in_words_what_they_are():
    assert str(Address("https://example.org/net.pth")) == "the publisher's address"
    assert str(Package("small-zoo", "1.0", "a.whl", "", 1, "a")) == "the package small-zoo 1.0"
