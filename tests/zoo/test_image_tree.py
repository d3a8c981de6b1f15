"""Trees of photographs with a folder for every class: what is listed, read and refused."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from nbutils import zoo
from nbutils.zoo import image_tree

TENCH, GOLDFISH, PIZZA = "n01440764", "n01443537", "n07873807"


def picture(colour, size=(40, 20), kind="JPEG"):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


@pytest.fixture
def plant(tmp_path):
    """Return a function that writes files below a folder and gives that folder."""

    def make(files):
        for name, data in files.items():
            path = tmp_path / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return tmp_path / "tree"

    return make


@pytest.fixture
def tree(plant):
    return plant(
        {
            f"train/{GOLDFISH}/b.JPEG": picture("red"),
            f"train/{GOLDFISH}/a.JPEG": picture("blue"),
            f"train/{TENCH}/images/c.png": picture("green", kind="PNG"),
            f"train/{TENCH}/.hidden.jpg": b"",
            f"train/{PIZZA}/d.jpg": picture("white"),
            f"val/{PIZZA}/e.jpg": picture("black"),
            f"val/{TENCH}/f.jpg": picture("gray"),
        }
    )


def refusal(path, **wish):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - each test matches the sentence
        zoo.image_folder(path, **wish)
    return str(caught.value)


def test_classes_have_imagenets_order_and_names_and_pictures_follow_them(tree):
    held = zoo.image_folder(tree)
    assert held.nodes == (TENCH, GOLDFISH, PIZZA)
    assert held.classes == ("tench", "goldfish", "pizza")
    assert held.train.files == (
        f"{TENCH}/images/c.png",
        f"{GOLDFISH}/a.JPEG",
        f"{GOLDFISH}/b.JPEG",
        f"{PIZZA}/d.jpg",
    )
    assert held.train.labels.tolist() == [0, 1, 1, 2]
    assert held.test.files == (f"{TENCH}/f.jpg", f"{PIZZA}/e.jpg")
    assert held.test.labels.tolist() == [0, 2]
    assert held.skipped == ()


def test_a_tree_of_one_level_has_no_tests_and_may_have_any_names(plant):
    held = zoo.image_folder(plant({"dogs/a.jpg": picture("red"), "cats/b.jpg": picture("red")}))
    assert held.classes == ("cats", "dogs")
    assert (len(held.train), len(held.test)) == (2, 0)


def test_imagenets_own_validation_files_find_their_classes(tree):
    # The first of the 50,000 shows a sea snake (class 65), which is not here; the 15,416th class 13, a junco.
    (tree / "train" / "n01534433").mkdir()
    (tree / "train" / "n01534433" / "junco.jpg").write_bytes(picture("red"))
    for number in (1, 15_416):
        (tree / "val" / f"ILSVRC2012_val_{number:08}.JPEG").write_bytes(picture("red"))
    held = zoo.image_folder(tree)
    assert held.classes == ("tench", "goldfish", "junco", "pizza")
    assert held.test.files == (f"{TENCH}/f.jpg", "ILSVRC2012_val_00015416.JPEG", f"{PIZZA}/e.jpg")
    assert held.test.labels.tolist() == [0, 2, 3]
    assert held.skipped == (zoo.Skipped("ILSVRC2012_val_00000001.JPEG", "has no class"),)


def test_nothing_is_opened_before_it_is_read(tree, monkeypatch):
    opened = []
    monkeypatch.setattr(image_tree, "warp_pixels", lambda path, size: opened.append(path.name))
    held = zoo.image_folder(tree)
    assert opened == []
    held.train.read(3)
    assert opened == ["d.jpg"]


def test_the_whole_picture_is_warped_and_not_cut(plant):
    # Left half black, right half white, with a red line at the very left that cutting the middle would lose.
    pixels_of = np.zeros((300, 600, 3), np.uint8)
    pixels_of[:, 300:] = 255
    pixels_of[:, :40] = (255, 0, 0)
    file = io.BytesIO()
    Image.fromarray(pixels_of).save(file, "PNG")
    seen = zoo.image_folder(plant({f"{PIZZA}/a.png": file.getvalue()})).train.read(0)
    assert seen.shape == (256, 256, 3)
    assert seen.dtype == np.uint8
    assert (seen[:, :15] == (255, 0, 0)).all()
    assert (seen[:, 20:125] == 0).all()
    assert (seen[:, 131:] == 255).all()
    assert zoo.image_folder(plant({}), 32).train.read(0).shape == (32, 32, 3)


def test_links_are_not_followed_and_what_is_no_picture_is_told(tree, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(picture("red"))
    (tree / "train" / "n09999999").symlink_to(outside)
    (tree / "train" / PIZZA / "link.jpg").symlink_to(outside / "secret.jpg")
    (tree / "train" / PIZZA / "folder").symlink_to(outside)
    os.mkfifo(tree / "train" / PIZZA / "pipe.jpg")
    (tree / "train" / PIZZA / "readme.txt").write_text("words")
    (tree / "train" / "list.txt").write_text("words")
    held = zoo.image_folder(tree)
    assert held.nodes == (TENCH, GOLDFISH, PIZZA)
    assert len(held.train) == 4
    assert {one.name: one.reason for one in held.skipped} == {
        "list.txt": "has no class",
        "n09999999": "is a link, and links are not followed",
        f"{PIZZA}/folder": "is a link, and links are not followed",
        f"{PIZZA}/link.jpg": "is a link, and links are not followed",
        f"{PIZZA}/pipe.jpg": "is no picture file",
        f"{PIZZA}/readme.txt": "is no picture file",
    }


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (picture("red", (400, 300))[:-400], "is not a picture that can be read"),
        (b"", "is not a picture that can be read"),
        (b"<svg/>", "is not a picture that can be read"),
        (picture("red", (7000, 6000), "PNG"), "has 42 million pixels; at most 40 million are decoded"),
    ],
    ids=["cut off", "empty", "no picture", "too large"],
)
def test_a_picture_that_cannot_be_read_is_refused_by_its_name(plant, data, why):
    held = zoo.image_folder(plant({f"{PIZZA}/a.jpg": data, f"{PIZZA}/b.jpg": picture("red")}))
    with pytest.raises(ValueError, match=f"^{PIZZA}/a.jpg in .*{why}"):
        held.train.read(0)
    assert held.train.read(1).shape == (256, 256, 3)


def test_a_decompression_bomb_is_refused(plant, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    held = zoo.image_folder(plant({f"{PIZZA}/a.jpg": picture("red")}))
    with pytest.raises(ValueError, match="million pixels; at most 40 million are decoded"):
        held.train.read(0)


def test_a_picture_that_went_away_is_told(tree):
    held = zoo.image_folder(tree)
    (tree / "train" / PIZZA / "d.jpg").unlink()
    with pytest.raises(ValueError, match=r"The picture d\.jpg is not there any more"):
        held.train.read(3)


def test_imagenets_numbers_are_asserted(tree, monkeypatch):
    assert refusal(tree, expect="ILSVRC2012") == (
        "ILSVRC2012 has 1,281,167 pictures to train on, 50,000 to test with and 1,000 classes; "
        "here are 4 pictures to train on, 2 to test with and 3 classes."
    )
    monkeypatch.setitem(image_tree.EXPECTED, "ILSVRC2012", (4, 2, 3))
    assert len(zoo.image_folder(tree, expect="ILSVRC2012").train) == 4
    assert refusal(tree, expect="ILSVRC2010") == "What can be expected is ILSVRC2012; got 'ILSVRC2010'."


def test_what_is_no_tree_of_classes_is_refused(plant, tmp_path):
    assert refusal(tmp_path / "nowhere").startswith("There is no folder ")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / PIZZA).symlink_to(plant({"a.jpg": picture("red")}))
    assert refusal(tmp_path / "tree").endswith("has no folder for a class, such as n01440764.")
    assert refusal(tmp_path / "links").endswith("such as n01440764; its 1 links are not followed.")


def test_classes_without_pictures_and_tests_without_a_class_are_refused(tree):
    (tree / "val" / "n09999999").mkdir()
    assert refusal(tree).endswith("has a folder 'n09999999', and there is no such class to train on.")
    (tree / "train" / "n09999999").mkdir()
    assert "The class n09999999 in " in refusal(tree)
    assert refusal(tree).endswith(" has no picture.")
    (tree / "train" / "n09999998").mkdir()
    assert refusal(tree).endswith(" has no picture, nor have 1 others.")
