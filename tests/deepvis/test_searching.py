import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nbutils import zoo
from nbutils.deepvis import searching
from nbutils.deepvis.search_ranges import MODERN, Range, draw_recipes
from nbutils.deepvis.searching import Failure, Find, arrange
from nbutils.preferred.recipe import Recipe
from nbutils.runs import Store, Unwritable

ROOT = Path(__file__).parents[2]
QUICK = Recipe(objectives=('logit("strawberry")',), size=32, steps=6)
RANGES = {"rate": Range(0.02, 0.2, logarithmic=True), "jitter": Range(1, 4, off=0.3), "decay": Range(0, 0.1)}
SEARCHING = """
import sys
import joblib
from nbutils.deepvis.searching import search
from tests.deepvis.test_searching import QUICK, RANGES

with joblib.parallel_config(backend="sequential"):
    list(search(QUICK, RANGES, 12, 5, sys.argv[1]))
"""


@pytest.fixture(scope="module")
def tiny():
    """A network of 1 channel and 28 pixels whose last channel never answers."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = nn.Sequential(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    with torch.no_grad():
        module[0].weight[3] = 0
        module[0].bias[3] = -1
    return zoo.wrap(module.requires_grad_(False), size=28, mean=0.5, std=0.5, labels=("one", "two", "three"))


def test_twelve_combinations_killed_and_begun_again_lose_nothing(tmp_path):
    """The process that searches is killed when some of the combinations are finished.

    Each search is one process here, as joblib is told: several are tested in tests/runs and with the dashboard.
    """
    first = subprocess.Popen([sys.executable, "-c", SEARCHING, str(tmp_path)], cwd=ROOT)
    wait_for(lambda: len(list(tmp_path.glob("*.json"))) >= 3, first)
    first.kill()
    first.wait()
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.json")}
    assert 3 <= len(before) < 12
    recipes = draw_recipes(QUICK, RANGES, 12, 5)
    kept = {find.place for find in searching.read_kept(recipes, tmp_path)}
    assert len(kept) == len(before)

    with joblib.parallel_config(backend="sequential"):
        found = [find for find in searching.search(QUICK, RANGES, 12, 5, tmp_path, beat=0.1) if find]

    assert [find for find in found if isinstance(find, Failure)] == []
    assert sorted(find.place for find in found) == list(range(12))
    assert {find.place: find.recipe for find in found} == dict(enumerate(recipes))
    assert {find.place for find in found[: len(kept)]} == kept
    names = {f"{Store(tmp_path, VERSION).key(searching.settings_of(recipes[place]))}.json" for place in kept}
    assert names == set(before)
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.json")}
    assert len(after) == 12
    assert {name: after[name] for name in before} == before
    # Killed after a find was written and before its lock was taken away, the process leaves a lock that nobody holds.
    assert {path.suffix for path in tmp_path.iterdir()} - {".lock"} == {".json", ".npz"}
    assert_equal_to_one_process(found, recipes, tmp_path)


VERSION = f"nbutils.deepvis.searching.find_picture {searching.VERSION}"


def wait_for(condition, process):
    end = time.monotonic() + 120
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.005)


def assert_equal_to_one_process(found, recipes, folder):
    """Assert that where a picture was made, and that another search was killed, does not show in it."""
    place = found[0].place
    (here,) = (find for find in searching.search_here(zoo.load("mobilenet_v2"), {place: recipes[place]}) if find)
    np.testing.assert_array_equal(here.large, searching.read_large(found[0], folder))
    np.testing.assert_array_equal(here.picture, found[0].picture)
    assert (here.objective, here.probability) == (found[0].objective, found[0].probability)


def test_two_networks_say_what_they_see_in_the_picture():
    recipe = replace(QUICK, size=64, steps=3)
    found = searching.find_picture(searching.settings_of(recipe, "efficientnet_lite0"))
    pixels = torch.from_numpy(found.arrays["picture"]).permute(2, 0, 1)[None] / 255
    large = F.interpolate(pixels, (224, 224), mode="bilinear", antialias=True)
    mean, std = (torch.tensor(values)[:, None, None] for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    given = {"efficientnet_lite0": (large * 255 - 127) / 128, "mobilenet_v2": (large - mean) / std}
    for name, fact in (("efficientnet_lite0", "verdict"), ("mobilenet_v2", "probability")):
        network = zoo.load(name)
        expected = float(network.module(given[name]).softmax(1)[0, network.labels.index("strawberry")])
        # They were asked before the picture was rounded to 256 levels.
        assert found.facts[fact] == pytest.approx(expected, rel=0.2)
    assert found.arrays["picture"].shape == (64, 64, 3)
    without = searching.find_picture(searching.settings_of(recipe))
    assert without.facts == {**found.facts, "verdict": None}


def test_a_network_of_ones_own_is_searched_in_this_process(tiny):
    base = Recipe(network="own network", objectives=('logit("two")',), size=28, steps=12)
    recipes = draw_recipes(base, {"rate": Range(0.01, 0.3), "zoom": Range(0.02, 0.2, off=0.5)}, 3, seed=0)
    found = [find for find in searching.search_here(tiny, dict(enumerate(recipes))) if find]
    assert [find.place for find in found] == [0, 1, 2]
    assert [find.recipe for find in found] == list(recipes)
    for find in found:
        assert find.large.shape == (28, 28, 3)
        assert find.large.dtype == np.uint8
        assert (find.large == find.large[:, :, :1]).all()  # one channel is shown in grey
        assert find.verdict is None
        assert 0 < find.probability < 1


@pytest.mark.parametrize("labels", [("one", "two", "three"), None])
def test_a_judge_has_no_verdict_on_classes_that_it_does_not_know(tiny, labels):
    maker, judge = replace(tiny, labels=labels), replace(tiny, labels=("one", "2", "three"))
    recipes = {0: Recipe(objectives=("logit(1)",), size=28, steps=2), 1: Recipe(objectives=("logit(2)",), size=28)}
    found = [find for find in searching.search_here(maker, {**recipes, 1: replace(recipes[1], steps=2)}, judge) if find]
    assert found[0].verdict is None
    assert (found[1].verdict is None) == (labels is None)


def test_between_steps_a_page_may_stop(tiny, monkeypatch):
    monkeypatch.setattr("nbutils.preferred.maximizing.QUICK", 0)
    searching_here = searching.search_here(tiny, {0: Recipe(objectives=("logit(1)",), size=28, steps=5)})
    assert [next(searching_here) for _ in range(4)] == [None] * 4
    assert isinstance(next(searching_here), Find)


def test_a_unit_that_never_answers_is_told_to_be_silent(tiny):
    (found,) = (
        find
        for find in searching.search_here(tiny, {0: Recipe(objectives=('unit("1", 3)',), size=28, steps=30)})
        if find is not None
    )
    assert found.silent
    assert found.probability is None


def test_a_combination_whose_numbers_end_is_a_failure_and_the_next_one_goes_on(tiny):
    slow = Recipe(objectives=("logit(1)",), size=28, steps=9, rate=1e-6)
    (begun,) = (find for find in searching.search_here(tiny, {0: slow}) if find)
    limited = nn.Sequential(tiny.module, Limited(begun.objective + 1e-3))
    network = zoo.wrap(limited, size=28, mean=0.5, std=0.5, channels=1, labels=("one", "two", "three"))
    failed, found = (find for find in searching.search_here(network, {3: replace(slow, rate=0.5), 5: slow}) if find)
    assert isinstance(failed, Failure)
    assert "is no finite number any more" in failed.reason
    assert isinstance(found, Find)


class Limited(nn.Module):
    """Answers with no number where an answer would be above a limit."""

    def __init__(self, limit):
        super().__init__()
        self.limit = limit

    def forward(self, x):
        return x.masked_fill(x > self.limit, torch.nan)


def some_finds():
    picture = np.zeros((2, 2, 3), np.uint8)
    rows = [(0, 5.0, 0.2), (1, 9.0, None), (2, 7.0, 0.9), (3, 8.0, 0.2)]
    return [Find(place, replace(QUICK, rate=0.01 * (place + 1)), picture, o, 0.5, v, False) for place, o, v in rows]


@pytest.mark.parametrize(
    ("order", "places"), [("objective", [1, 3, 2, 0]), ("judge", [2, 3, 0, 1]), ("drawn", [0, 1, 2, 3])]
)
def test_finds_are_arranged(order, places):
    finds = some_finds()
    assert [find.place for find in arrange(reversed(finds), order)] == places
    starred = {finds[1].recipe, finds[3].recipe}
    assert [find.place for find in arrange(finds, order, starred)] == [place for place in places if place in (1, 3)]
    assert arrange(finds, order, ()) == []


def test_an_unknown_order_is_refused():
    with pytest.raises(ValueError, match='order must be one of judge, objective, drawn, got "beauty"'):
        arrange([], "beauty")


def test_the_small_picture_is_an_average_of_the_large_one():
    rng = np.random.default_rng(0)
    large = rng.integers(0, 256, (192, 192, 3), np.uint8)
    small = searching._shrink(large, searching.SMALL)
    blocks = large.reshape(96, 2, 96, 2, 3).mean((1, 3))
    assert small.shape == (96, 96, 3)
    assert abs(small - blocks).max() <= 1
    assert searching._shrink(large, 200) is large


def test_where_the_large_picture_was_removed_the_small_one_is_shown(tmp_path):
    find = some_finds()[0]
    assert searching.read_large(find, tmp_path) is find.picture
    Store(tmp_path, VERSION).put(searching.settings_of(find.recipe, "j"), {"picture": np.ones((4, 4, 3))}, {})
    assert searching.read_large(find, tmp_path, "j").shape == (4, 4, 3)
    assert searching.read_large(replace(find, large=np.ones((3, 3, 3))), tmp_path).shape == (3, 3, 3)


def test_a_recipe_as_python_makes_the_recipe():
    recipe = draw_recipes(QUICK, MODERN, 1, seed=2)[0]
    lines = searching.to_python(recipe).splitlines()
    assert lines[0] == "from nbutils.preferred.recipe import Recipe"
    assert eval(lines[1], {"Recipe": Recipe}) == recipe  # noqa: S307  the line was just written by the house
    assert searching.to_python(Recipe()).endswith("Recipe()")


def test_the_judge_is_another_network_and_there_is_none_for_channels():
    assert searching.choose_judge(QUICK) == "efficientnet_lite0"
    assert searching.choose_judge(replace(QUICK, network="efficientnet_lite0")) == "mobilenet_v2"
    assert searching.choose_judge(replace(QUICK, objectives=('channel("block1", 2)',))) == ""


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        joblib.parallel_config(backend="sequential"),
        pytest.raises(Unwritable, match="Choose a folder that you may write in"),
    ):
        list(searching.search(QUICK, RANGES, 1, 0, tmp_path / "file"))


def test_settings_are_plain_json_and_know_the_judge():
    settings = searching.settings_of(QUICK, "vgg16")
    assert json.loads(json.dumps(settings)) == settings
    assert settings != searching.settings_of(QUICK)
    assert settings["recipe"]["objectives"] == ['logit("strawberry")']
