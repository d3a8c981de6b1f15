import io
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from nbutils import zoo
from nbutils.preferred import saving
from nbutils.preferred.maximizing import every_step
from nbutils.preferred.recipe import Recipe
from nbutils.preferred.saving import pack, read_recipe, read_saved, remake, save, to_colours, to_pixels
from tests.preferred import networks

RECIPE = Recipe(size=32, steps=9, objectives=('logit("three")', 'channel("conv2", 4)'), seeds=(3, 4), jitter=2)


@pytest.fixture(scope="module")
def tiny():
    return networks.make_colour()


def last_of(network, recipe, **given):
    *_, last = every_step(network, recipe, **given)
    return last


def pixels_of(source):
    with Image.open(source) as picture:
        return np.array(picture)


@pytest.mark.parametrize("place", [0, 1])
def test_a_saved_picture_is_made_again_bit_for_bit(tiny, tmp_path, place):
    made = last_of(tiny, RECIPE, steer=iter([{}, {}, {}, {"rate": 0.2}, {"decay": 0.1}, {}, {}, {}, {}]).__next__)
    save(tmp_path / "a.png", made, place)
    saved = read_saved(tmp_path / "a.png")
    assert saved.recipe == made.recipe == read_recipe(tmp_path / "a.png")
    assert saved.recipe.changes == ((4, "rate", 0.2), (5, "decay", 0.1))
    assert (saved.place, saved.step) == (place, 9)
    assert saved.objective == float(made.objectives[place])
    assert (saved.probability is None) == (place == 1)
    *_, again = remake(tiny, saved)
    assert again.pictures.tobytes() == made.pictures.tobytes()
    np.testing.assert_array_equal(pixels_of(tmp_path / "a.png"), to_pixels(again.pictures[place]))
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize("method", ["modern", "published"])
def test_a_picture_of_a_stopped_run_is_made_again(tiny, method):
    recipe = RECIPE
    if method == "published":
        recipe = replace(RECIPE, method=method, policy="constant", rate=1e3, start="mean plus noise", steps=7)
    stopped = next(snapshot for snapshot in every_step(tiny, recipe) if snapshot.step == 5)
    *_, again = remake(tiny, read_saved(io.BytesIO(pack(stopped))))
    assert again.step == 5
    assert again.pictures.tobytes() == stopped.pictures.tobytes()


def test_the_picture_of_a_zoo_network_is_made_again():
    network = zoo.load("alexnet")
    made = last_of(network, Recipe(size=64, steps=3, objectives=('channel("conv5", 3)',), jitter=3, rotation=5))
    *_, again = remake(network, read_saved(io.BytesIO(pack(made))))
    assert again.pictures.tobytes() == made.pictures.tobytes()


def test_another_network_is_refused(tiny):
    saved = read_saved(io.BytesIO(pack(last_of(tiny, RECIPE))))
    with pytest.raises(ValueError, match='made with "tiny", not with "digits"'):
        next(remake(networks.make_grey(), saved))


def test_colours_are_rounded_and_odd_channels_stacked():
    ramp = np.linspace(0, 1, 5 * 4 * 6, dtype=np.float32).reshape(5, 4, 6)
    np.testing.assert_array_equal(to_pixels(ramp), np.rint(ramp * 255).reshape(20, 6))
    np.testing.assert_array_equal(to_pixels(ramp[:3]), np.rint(ramp[:3] * 255).transpose(1, 2, 0))
    np.testing.assert_array_equal(to_pixels(ramp[:1]), np.rint(ramp[0] * 255))
    np.testing.assert_array_equal(to_colours(ramp), to_pixels(ramp[:3]))
    np.testing.assert_array_equal(to_colours(ramp[1:3]), to_pixels(ramp[[1, 1, 1]]))


def test_pictures_of_one_channel_are_grey():
    made = last_of(networks.make_grey(), Recipe(size=28, steps=2, objectives=("logit(1)",)))
    found = pixels_of(io.BytesIO(pack(made)))
    np.testing.assert_array_equal(found, np.rint(255 * made.pictures[0, 0]))


def test_a_full_disk_leaves_nothing_behind(tiny, tmp_path, monkeypatch):
    made = last_of(tiny, replace(RECIPE, steps=1))
    (tmp_path / "a.png").write_bytes(b"before")

    def fill(path, packed):
        path.open("wb").write(packed[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving.Path, "write_bytes", fill)
    with pytest.raises(OSError, match="No space left"):
        save(tmp_path / "a.png", made)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.png", b"before")]


def test_a_place_that_there_is_not_is_a_sentence(tiny):
    with pytest.raises(ValueError, match="pictures 0 to 1, got 2"):
        pack(last_of(tiny, replace(RECIPE, steps=1)), 2)


def forge(text=None, kind="PNG"):
    said = PngInfo()
    if text is not None:
        said.add_itxt(saving.KEY, text)
    out = io.BytesIO()
    Image.new("L", (3, 3)).save(out, kind, **({"pnginfo": said} if kind == "PNG" else {}))
    out.seek(0)
    return out


GOOD = {"recipe": {"steps": 9}, "place": 0, "step": 3, "objective": 1.0, "probability": 0.5}


def test_what_is_forged_here_could_be_read():
    saved = read_saved(forge(json.dumps(GOOD)))
    assert (saved.recipe, saved.step, saved.probability) == (Recipe(steps=9), 3, 0.5)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (lambda: io.BytesIO(b""), "no PNG picture"),
        (lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "no PNG picture"),
        (lambda: forge(kind="JPEG"), "no PNG picture"),
        (lambda: forge(), "carries no recipe"),
        (lambda: forge("{"), "cannot be read"),
        (lambda: forge("[" * 100_000), "cannot be read"),
        (lambda: forge("[1]"), "cannot be read"),
        (lambda: forge("{}"), "cannot be read"),
        (lambda: forge("x" * 3_000_000), "no PNG picture|cannot be read"),
        *(
            (lambda wrong=wrong: forge(json.dumps(GOOD | wrong)), r"\.$")
            for wrong in (
                {"recipe": {"size": 10**9}},
                {"recipe": {"unknown": 1}},
                {"recipe": [1]},
                {"place": 1},
                {"place": -1},
                {"place": "0"},
                {"step": 10},
                {"step": 0},
                {"step": True},
                {"objective": "1"},
                {"objective": None},
                {"objective": float("nan")},
                {"probability": float("inf")},
                {"probability": {}},
            )
        ),
    ],
)
def test_hostile_files_are_refused_with_a_sentence(source, said):
    with pytest.raises(ValueError, match=said):
        read_saved(source())


def test_a_huge_file_is_not_opened(tmp_path):
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(saving.LARGEST_FILE + 1)
    with pytest.raises(ValueError, match="at most 50 million bytes"):
        read_saved(tmp_path / "huge.png")


def test_threads_are_part_of_what_makes_a_picture(tiny):
    made = last_of(tiny, replace(RECIPE, threads=1, steps=2))
    assert read_saved(io.BytesIO(pack(made))).recipe.threads == 1
    assert torch.get_num_threads() == 1
