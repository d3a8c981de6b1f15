"""Galleries on a small network: made in batches, broken off and gone on with, put into sheets and read back."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from nbutils.deepvis import galleries, gallery_making, gallery_plans, gallery_writing, rendering
from nbutils.deepvis.gallery_sheets import cut_sheet, encode_sheet
from nbutils.preferred import maximizing
from nbutils.preferred.maximizing import maximize
from nbutils.preferred.recipe import Recipe
from nbutils.preferred.saving import to_colours
from nbutils.probe import find_layer
from nbutils.zoo import load


@pytest.fixture
def parts(small_network):
    """The classes and the rectified filters of the small network, in pictures of two steps."""
    plans = gallery_plans.plan_gallery(small_network, ("classes", "relu"), "draft")
    return tuple(replace(part, recipe=replace(part.recipe, steps=2, size=min(part.recipe.size, 32))) for part in plans)


@pytest.fixture
def store(tmp_path):
    return gallery_making.open_store(tmp_path / "work")


def make_all(network, parts, store, **also):
    return list(gallery_making.make_pictures(network, parts, store, **also))


def write(network, parts, store, folder, there=None):
    return gallery_writing.write_gallery(network, parts, store, folder, {"command": "a test"}, there)


def test_progress_counts_to_the_end_and_time_left_to_zero(small_network, parts, store):
    found = make_all(small_network, parts, store)
    assert found[-1].done == found[-1].total == 3 + 4
    assert found[-1].seconds_left == 0
    assert all(one.done <= next_one.done for one, next_one in pairwise(found))


def test_a_killed_run_goes_on_where_it_was(small_network, parts, store, monkeypatch):
    monkeypatch.setattr(gallery_making, "TOGETHER", 2)
    monkeypatch.setattr(maximizing, "QUICK", 0)  # tell of every step, however quick
    work = gallery_making.make_pictures(small_network, parts, store)
    while next(work).done < 2:
        pass
    next(work)  # the first step of the next batch, which is lost
    work.close()
    made = list(dict.fromkeys(step.units for step in make_all(small_network, parts, store)))
    assert made == [(2,), (0, 1), (2, 3)]
    assert make_all(small_network, parts, store) == []


def test_a_picture_of_a_batch_is_the_one_that_its_recipe_makes_alone(small_network, parts, store):
    make_all(small_network, parts, store)
    kept = gallery_making.find_picture(store, parts[0], 1).arrays["picture"]
    *_, last = maximize(small_network, parts[0].recipe_of(1))
    alone = to_colours(last.pictures[0])
    assert np.abs(kept.astype(int) - alone).max() <= 1


def test_only_the_units_that_are_asked_for_are_made(small_network, parts, store):
    found = make_all(small_network, parts, store, units=(1, 3, 99))
    assert found[-1].total == 1 + 2
    assert gallery_making.find_picture(store, parts[0], 0) is None


def test_a_unit_that_nothing_raises_is_reported(small_network, parts, store, tmp_path):
    make_all(small_network, parts, store)
    index = write(small_network, parts, store, tmp_path / "out")
    assert index["parts"][1]["silent"] == [2, 3]  # one never answers, the other always alike


def test_the_index_and_the_sheets_are_read_back(small_network, parts, store, tmp_path):
    make_all(small_network, parts, store)
    write(small_network, parts, store, tmp_path / "out")
    found = galleries.read_gallery("small", tmp_path / "out")
    assert found.find("relu").made == (0, 1, 2, 3)
    hit = galleries.read_hit(found, "classes", 2)
    picture = gallery_making.find_picture(store, parts[0], 2)
    expected = gallery_writing.cut_tile(picture.arrays["picture"], parts[0])
    assert np.abs(hit.pixels.astype(float) - expected).mean() < 8  # WebP is lossy
    assert hit.objective == picture.facts["objective"]
    assert found.find("classes").part == parts[0]
    assert galleries.read_hit(found, "classes", 7) is None
    assert galleries.read_hit(found, "pool", 0) is None


def test_a_gallery_is_gone_on_with_without_the_work_of_the_first_time(small_network, parts, store, tmp_path):
    make_all(small_network, parts[:1], store, units=(0,))
    write(small_network, parts[:1], store, tmp_path / "out")
    there = galleries.read_gallery("small", tmp_path / "out")
    elsewhere = gallery_making.open_store(tmp_path / "elsewhere")
    other = replace(parts[0], recipe=replace(parts[0].recipe, steps=7))
    whole = gallery_writing.adopt((other,), there)
    assert whole == parts[:1]  # by the recipe of the gallery, not by another one
    assert make_all(small_network, whole, elsewhere, there=there)[-1].units == (1, 2)
    index = write(small_network, whole, elsewhere, tmp_path / "out", there)
    assert index["parts"][0]["made"] == [0, 1, 2]


def test_layers_that_are_not_asked_for_stay(small_network, parts, store, tmp_path):
    make_all(small_network, parts, store)
    write(small_network, parts, store, tmp_path / "out")
    there = galleries.read_gallery("small", tmp_path / "out")
    before = (tmp_path / "out" / "relu-1.webp").read_bytes()
    empty = gallery_making.open_store(tmp_path / "empty")
    index = write(small_network, gallery_writing.adopt(parts[:1], there), empty, tmp_path / "out", there)
    assert [part["layer"] for part in index["parts"]] == ["classes", "relu"]
    assert (tmp_path / "out" / "relu-1.webp").read_bytes() == before  # not encoded once more


def test_tiles_come_out_of_a_sheet_where_they_went_in():
    tiles = np.repeat(np.arange(20, dtype=np.uint8) * 12, 16 * 16 * 3).reshape(20, 16, 16, 3)
    back = cut_sheet(encode_sheet(tiles), 16, 20, "sheet")
    assert back.shape == tiles.shape
    assert np.abs(back.astype(int) - tiles).max() <= 8  # neighbours are 12 apart


@pytest.mark.parametrize("broken", [b"", b"no picture", encode_sheet(np.zeros((3, 32, 32, 3), np.uint8))])
def test_a_damaged_sheet_is_told_as_such(broken):
    with pytest.raises(ValueError, match=r"sheet.webp of a gallery is damaged"):
        cut_sheet(broken, 16, 3, "sheet.webp")


@pytest.mark.parametrize(
    ("field", "value"),
    [("sheets", ["../../secret.webp"]), ("objectives", [1.0]), ("sheets", []), ("recipe", {"steps": -1})],
)
def test_a_damaged_index_is_told_as_such(small_network, parts, store, tmp_path, field, value):
    make_all(small_network, parts, store)
    index = write(small_network, parts, store, tmp_path / "out")
    index["parts"][0][field] = value
    (tmp_path / "out" / "index.json").write_text(json.dumps(index))
    with pytest.raises(ValueError, match="index of the gallery out cannot be read"):
        galleries.read_gallery("small", tmp_path / "out")


def test_no_path_is_made_of_the_name_of_another_network():
    assert galleries.read_gallery("../../..") is None


@pytest.mark.parametrize(("text", "units"), [("all", None), ("0-2,7", (0, 1, 2, 7)), (" 5 ", (5,))])
def test_units_are_read(text, units):
    assert gallery_making.read_units(text) == units


@pytest.mark.parametrize("text", ["", "a", "1-", "-3", "1;2"])
def test_units_that_cannot_be_read_are_told_as_such(text):
    with pytest.raises(ValueError, match="units must be"):
        gallery_making.read_units(text)


def test_pictures_of_alexnet_are_as_large_as_what_its_units_see():
    parts = gallery_plans.plan_gallery(load("alexnet"))
    sides = {part.layer: part.box[2] - part.box[0] for part in parts}
    assert sides == {"conv1": 11, "conv2": 51, "conv3": 99, "conv4": 131, "conv5": 163}  # worked out by hand
    assert all(part.box[0] >= 0 and part.box[2] <= part.recipe.size for part in parts)
    assert [part.same for part in parts] == [(f"relu{number}",) for number in range(1, 6)]
    assert sum(part.units for part in parts) == 1152


def test_every_layer_of_a_network_can_be_planned(small_network):
    layer = find_layer(gallery_plans.list_layers(small_network), "conv")
    (part,) = gallery_plans.plan_gallery(small_network, ("conv",))
    assert part.units == layer.channels
    with pytest.raises(ValueError, match='There is no recipe "best"'):
        gallery_plans.plan_gallery(small_network, (), "best")


def test_the_command_says_how_far_it_is_and_how_many_there_are(small_network, monkeypatch, tmp_path):
    monkeypatch.setattr(rendering.zoo, "load", lambda name: small_network)
    monkeypatch.setitem(gallery_plans.PRESETS, "quick", Recipe(steps=2))
    lines = list(
        rendering.render("small", "typed", units="0-1", preset="quick", work=tmp_path / "w", out=tmp_path / "o")
    )
    assert lines[-1] == f"2 of 3 pictures in {tmp_path / 'o'}"
    with Image.open(tmp_path / "o" / "classes-1.webp") as sheet:
        assert sheet.size == (16 * 160, 160)
