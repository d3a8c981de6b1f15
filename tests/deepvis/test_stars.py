import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from nbutils.deepvis import stars
from nbutils.deepvis.stars import read_stars, set_star
from nbutils.preferred.recipe import Recipe, to_json
from nbutils.runs import Unwritable

ONE, TWO = Recipe(decay=0.1), Recipe(blur=0.5, blur_every=4, changes=((3, "decay", 0.2),))


def test_stars_are_given_and_taken_away(tmp_path):
    folder = tmp_path / "searches"
    assert read_stars(folder) == ()
    assert set_star(folder, ONE, True) == (ONE,)
    assert set_star(folder, TWO, True) == (ONE, TWO)
    assert set_star(folder, ONE, True) == (TWO, ONE)
    assert read_stars(folder) == (TWO, ONE)
    assert set_star(folder, TWO, False) == read_stars(folder) == (ONE,)
    assert set_star(folder, TWO, False) == (ONE,)


@pytest.mark.parametrize("content", ["", "[", "{}", "3", '[{"decay": 7}, 3, null, "x", {"version": 99}, {"new": 1}]'])
def test_a_damaged_or_hostile_file_costs_what_cannot_be_read(tmp_path, content):
    (tmp_path / stars.FILE).write_text(content)
    assert read_stars(tmp_path) == ()
    assert set_star(tmp_path, ONE, True) == (ONE,)


def test_one_star_that_cannot_be_read_costs_only_itself(tmp_path):
    (tmp_path / stars.FILE).write_text(f'[{to_json(ONE)}, {{"unknown": 1}}, {to_json(TWO)}]')
    assert read_stars(tmp_path) == (ONE, TWO)


def test_a_file_that_is_far_too_large_is_not_read(tmp_path, monkeypatch):
    set_star(tmp_path, ONE, True)
    monkeypatch.setattr(stars, "LONGEST_FILE", 10)
    assert read_stars(tmp_path) == ()


def test_two_at_once_lose_no_star(tmp_path):
    recipes = [Recipe(seeds=(seed,)) for seed in range(20)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda recipe: set_star(tmp_path, recipe, True), recipes))
    assert set(read_stars(tmp_path)) == set(recipes)
    assert len(json.loads((tmp_path / stars.FILE).read_text())) == 20


def test_there_are_only_so_many_stars(tmp_path, monkeypatch):
    monkeypatch.setattr(stars, "MOST_STARS", 1)
    set_star(tmp_path, ONE, True)
    with pytest.raises(ValueError, match="1 recipes have a star already: take one away first"):
        set_star(tmp_path, TWO, True)
    assert read_stars(tmp_path) == (ONE,)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable, match="The star could not be kept in"):
        set_star(tmp_path / "file", ONE, True)
