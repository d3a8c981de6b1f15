"""The bench of preferred pictures: figures by hand, its draws, and a judge that is asked last and changes nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from nbutils import bench, zoo
from nbutils.bench import preferred
from nbutils.cli import main
from nbutils.preferred import judging
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe
from tests.bench.test_results import run

NAMES = (*preferred.CLASS_PRESETS, preferred.CHANNEL_PRESET)
FIGURES = {"top1", "top5", "mean_p", "maker_p", "cpu_s_per_picture", "passes_per_picture"}


@pytest.fixture
def quick(monkeypatch):
    """Let every preset take two small steps."""
    small = {name: replace(PRESETS[name], size=32, steps=2) for name in NAMES}
    monkeypatch.setattr(preferred, "PRESETS", small)


def test_figures_of_probabilities_set_by_hand():
    spread = np.zeros((4, 8), np.float32)
    spread[0, 3] = 0.9  # first
    spread[1, :5] = [0.3, 0.25, 0.2, 0.15, 0.1]  # 4 is the fifth of it
    spread[2, :6] = [0.3, 0.2, 0.15, 0.13, 0.12, 0.1]  # 5 is the sixth
    spread[3, 1] = 0.6
    found = preferred.recognition(spread, [3, 4, 5, 1])
    assert found == {
        "top1": 0.5,
        "top5": 0.75,
        "mean_p": pytest.approx((0.9 + 0.1 + 0.1 + 0.6) / 4),
    }


def test_a_seed_draws_different_classes_and_always_the_same():
    classes, seeds = preferred.draw(1000, 100, 7)
    assert (classes, seeds) == preferred.draw(1000, 100, 7)
    assert len(set(classes)) == len(seeds) == 100
    assert set(classes) != set(preferred.draw(1000, 100, 8)[0])
    assert sorted(preferred.draw(1000, 1000, 0)[0]) == list(range(1000))


@pytest.mark.parametrize("classes", [0, -1, 1001])
def test_more_classes_than_there_are_is_a_sentence(classes):
    with pytest.raises(bench.CannotMeasureError, match="must be 1 to 1000"):
        preferred.draw(1000, classes, 0)


def test_it_names_what_others_rely_on(quick):
    result, said = run("preferred", classes=2, seed=3)
    assert set(result) == {"default", "draft", "baseline", "alexnet_channel", "classes", "seed"}
    assert all(set(result[name]) == FIGURES for name in preferred.CLASS_PRESETS)
    assert all(result[name]["passes_per_picture"] == 2 for name in preferred.CLASS_PRESETS)
    assert all(result[name]["cpu_s_per_picture"] > 0 for name in preferred.CLASS_PRESETS)
    assert result["alexnet_channel"]["cpu_s"] > 0
    assert (result["classes"], result["seed"]) == (2, 3)
    assert said


def test_the_judge_is_asked_when_pictures_are_finished_and_changes_none(quick, monkeypatch):
    made = []

    def judge(answer):
        def say(network, pictures):
            made.append(pictures)
            return np.full((len(pictures), 1000), answer, np.float32)

        return say

    for answer in (0.0, 1.0):
        monkeypatch.setattr(judging, "judge", judge(answer))
        preferred.measure(lambda _: None, classes=1, seed=5)
    first, second = made[: len(made) // 2], made[len(made) // 2 :]
    assert len(first) == 2 * len(preferred.CLASS_PRESETS)
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_pictures_made_in_parts_are_those_made_together(monkeypatch):
    network, recipe = zoo.load("mobilenet_v2"), replace(PRESETS["draft"], size=32, steps=2)
    lines, seeds = ["logit(1)", "logit(2)", "logit(3)"], [4, 5, 6]
    together = preferred.make(network, recipe, lines, seeds, lambda _: None)
    monkeypatch.setattr(preferred, "AT_ONCE", 2)
    parts = preferred.make(network, recipe, lines, seeds, lambda _: None)
    np.testing.assert_allclose(parts.pictures, together.pictures, atol=1e-4)
    assert parts.passes == together.passes == 2


def test_presets_hold_no_class_no_judge_and_no_seed_of_their_own():
    for name in preferred.CLASS_PRESETS:
        recipe = PRESETS[name]
        assert recipe.network == preferred.MAKER
        assert (recipe.objectives, recipe.seeds) == (Recipe().objectives, Recipe().seeds)
    assert PRESETS["baseline"].steps == PRESETS["default"].steps


def test_the_baseline_is_gradient_ascent_and_nothing_else():
    plain = Recipe(picture="pixels", start="mean plus noise", policy="constant")
    baseline = PRESETS["baseline"]
    assert replace(baseline, steps=plain.steps, rate=plain.rate) == plain


def test_the_command_hands_on_classes_and_seed(monkeypatch):
    monkeypatch.setattr(preferred, "measure", lambda _say, **wish: wish)
    done = CliRunner().invoke(main, ["bench", "preferred", "--json", "--classes", "12", "--seed", "34"])
    assert done.exit_code == 0
    result = json.loads(done.stdout.splitlines()[-1])
    assert (result["classes"], result["seed"]) == (12, 34)


def test_another_bench_takes_no_classes():
    done = CliRunner().invoke(main, ["bench", "serve", "--classes", "12"])
    assert done.exit_code == 2
    assert "belong to the bench of preferred pictures" in " ".join(done.output.split())
