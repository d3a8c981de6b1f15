"""How recipes are compared by what another network recognises."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from nbutils import zoo
from nbutils.deepvis import __main__ as command
from nbutils.deepvis import recognition, records
from nbutils.preferred.presets import TUNED


def test_every_recipe_differs_from_the_plain_one_in_its_regularizer_alone():
    recipes = recognition.make_recipes(7)
    assert list(recipes) == ["none", *recognition.ALONE, *TUNED]
    plain = vars(recipes["none"])
    for name, strengths in recognition.ALONE.items():
        assert {key for key, value in vars(recipes[name]).items() if value != plain[key]} == set(strengths)
    assert {recipe.steps for recipe in recipes.values()} == {7}
    assert not any(plain[field] for field in ("decay", "blur", "small_norm", "small_contribution"))


def test_classes_are_drawn_by_the_seed_without_repeats():
    network = zoo.load("mobilenet_v2")
    first, again, other = (recognition.draw_classes(network, 50, seed) for seed in (3, 3, 4))
    assert first == again != other
    assert len(set(first)) == 50
    with pytest.raises(ValueError, match="1000 classes; got 1001"):
        recognition.draw_classes(network, 1001, 0)


def test_a_network_recognises_what_it_made_itself_and_a_slow_climb_is_no_success():
    network, plain = zoo.load("mobilenet_v2"), recognition.make_recipes(15)["none"]
    recipes = {"far": plain, "hardly": replace(plain, steps=1)}
    far, hardly = recognition.measure(network, network, recipes, (949,), seed=1)
    assert (far.name, far.ranks) == ("far", (0,))
    assert far.maker[0] > 0.9
    assert hardly.ranks[0] > 5
    np.testing.assert_allclose(far.judge + hardly.judge, far.maker + hardly.maker, atol=0.01)


def test_means_count_first_and_among_the_first_five():
    found = recognition.Recognition("x", maker=(1.0, 0.5), judge=(0.8, 0.1), ranks=(0, 4))
    told = recognition.sum_up(found)
    assert (told["top1"], told["top5"]) == (0.5, 1.0)
    assert (told["mean_p"], told["maker_p"]) == pytest.approx((0.45, 0.75))


def test_the_command_keeps_each_recipe_beside_the_others_of_its_setting(tmp_path, monkeypatch):
    for name in ("read_record", "write_record"):
        function = getattr(records, name)
        monkeypatch.setattr(records, name, lambda *given, kept=function: kept(*given, folder=tmp_path))

    def run(*words):
        return CliRunner().invoke(command.main, ["regularizers", *words, "--classes", "1"])

    for words in (("blur", "--steps", "1"), ("none", "--steps", "1")):
        done = run(*words)
        assert done.exit_code == 0, done.output
    held = json.loads((tmp_path / "regularizers.json").read_text())
    assert [entry["name"] for entry in held["recipes"]] == ["none", "blur"]
    assert (
        held["setting"]["classes"][0]["label"]
        == zoo.load("mobilenet_v2").labels[held["setting"]["classes"][0]["number"]]
    )
    assert held["recipes"][0]["provenance"]["command"].endswith('"none" --classes 1 --steps 1 --seed 0')
    assert run("blur", "--steps", "2").exit_code == 0
    held = json.loads((tmp_path / "regularizers.json").read_text())
    assert ([entry["name"] for entry in held["recipes"]], held["setting"]["steps"]) == (["blur"], 2)
    wrong = run("sharpen")
    assert wrong.exit_code == 2
    assert 'no recipe "sharpen"' in wrong.output


def test_what_ships_holds_every_recipe_for_classes_that_its_seed_draws():
    held = records.read_record("regularizers")
    setting = held["setting"]
    assert [entry["name"] for entry in held["recipes"]] == list(recognition.make_recipes())
    assert setting["steps"] == recognition.STEPS
    drawn = recognition.draw_classes(zoo.load(setting["maker"]), recognition.CLASSES, setting["seed"])
    assert tuple(entry["number"] for entry in setting["classes"]) == drawn
    for entry in held["recipes"]:
        found = recognition.Recognition(
            entry["name"], tuple(entry["maker"]), tuple(entry["judge"]), tuple(entry["ranks"])
        )
        assert recognition.sum_up(found) | {"provenance": entry["provenance"]} == entry
        assert entry["provenance"]["command"].startswith("python -m nbutils.deepvis regularizers ")
