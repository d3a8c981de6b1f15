"""The studio's settings on their way out and back; what goes with what; bounds of published pages."""

import ast
from dataclasses import fields, replace
from itertools import pairwise

import pytest

from nbutils.deepvis import recipe_groups
from nbutils.deepvis import studio_settings as settings
from nbutils.deepvis.studio_settings import NEW, StudioView
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe
from nbutils.widgets.link import check_settings

FULL = StudioView(
    replace(
        PRESETS["low frequency"],
        network="alexnet",
        objectives=('channel("conv5", 12) - 0.5 * unit("conv4", 3)', 'channel("conv5", 13)'),
        seeds=(4, 5),
        settle=True,
        changes=((3, "decay", 0.25), (9, "blur_every", 2)),
    ),
    tab="sweeps",
    other="draft",
)


@pytest.mark.parametrize("view", [StudioView(), FULL, *(StudioView(recipe) for recipe in PRESETS.values())])
def test_a_link_and_a_line_of_python_carry_the_whole_view(view):
    texts = settings.to_settings(view)
    assert settings.from_settings(check_settings(texts)) == view
    call = ast.parse(settings.to_python(view)).body[-1].value
    assert call.func.id == "studio"
    assert settings.view_of({word.arg: ast.literal_eval(word.value) for word in call.keywords}) == view


def test_a_new_view_needs_no_words():
    assert settings.to_settings(StudioView()) == {}
    assert settings.to_python(StudioView()).endswith("studio()")


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"steps": "1e999"}, "steps must be a whole number"),
        ({"steps": "many"}, "steps cannot be read"),
        ({"steps": "[" * 1900}, "steps cannot be read"),
        ({"decay": "NaN"}, "decay must be a number from 0 to 1"),
        ({"decay": "true"}, "decay must be a number"),
        ({"seeds": '["a"]'}, "A seed is a whole number"),
        ({"seeds": "3"}, "seeds must be a list"),
        ({"objectives": '["__import__(1)"]'}, "An objective is made of"),
        ({"method": "guess"}, "method must be one of"),
        ({"tab": "nowhere"}, "tab must be one of"),
        ({"other": "mine"}, "other must be one of"),
        ({"changes": '[[1,"size",9]]'}, "While pictures are made these can change"),
    ],
)
def test_a_hostile_link_is_a_sentence(texts, told):
    with pytest.raises(ValueError, match=told):
        settings.from_settings(texts)


def test_names_that_nobody_has_are_left_out_of_a_link_and_refused_from_python():
    assert settings.from_settings({"colour": "red"}) == StudioView()
    with pytest.raises(ValueError, match="no field colour"):
        settings.view_of({"colour": "red"})


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_preset_keeps_the_subject_and_is_found_by_its_name(name):
    recipe = replace(NEW, network="alexnet", objectives=('channel("conv5", 3)',), seeds=(1, 2), threads=2)
    taken = settings.take_preset(recipe, name)
    assert [getattr(taken, field) for field in recipe_groups.SUBJECT] == [
        getattr(recipe, field) for field in recipe_groups.SUBJECT
    ]
    assert settings.name_of(taken) == name
    assert settings.name_of(replace(taken, steps=taken.steps + 1)) == ""


def test_a_published_page_is_bounded():
    wild = Recipe(size=1024, steps=100_000, seeds=tuple(range(256)), threads=0, coarse_size=1000, coarse_steps=90_000)
    bounded = settings.bound(wild)
    assert (bounded.size, bounded.steps, bounded.pictures, bounded.threads) == (256, 256, 4, 1)
    assert (bounded.coarse_size, bounded.coarse_steps) == (256, 256)
    assert settings.bound(NEW) == NEW
    many = replace(NEW, objectives=tuple(f"logit({number})" for number in range(9)))
    assert settings.bound(many).pictures == 4


FITTING = [
    (name, value)
    for name, value in [
        ("method", "published"),
        ("policy", "constant"),
        ("start", "photograph"),
        ("size", 64),
        ("coarse_steps", 10),
        ("coarse_size", 512),
        ("octaves", 3),
        ("settle", True),
        ("decay", 0.5),
    ]
]


@pytest.mark.parametrize(("first", "second"), [(one, two) for one in FITTING for two in FITTING if one != two])
def test_any_two_changes_fit_together(first, second):
    recipe = NEW
    for name, value in (first, second):
        recipe = settings.change_field(recipe, name, value, ("cat",))
        assert getattr(recipe, name) == value or (name, value) == ("coarse_size", 512)


def test_a_method_brings_its_steps_and_back():
    published = settings.change_field(NEW, "method", "published")
    assert (published.policy, published.rate, published.picture) == ("constant", 100, "pixels")
    again = settings.change_field(published, "method", "modern")
    assert (again.policy, again.rate, again.start) == ("adam", NEW.rate, "noise")
    assert settings.change_field(published, "policy", "adam").method == "modern"


def test_a_blur_by_itself_acts():
    blurred = settings.change_field(NEW, "blur", 2.0)
    assert (NEW.blur_every, blurred.blur_every) == (0, 4)
    assert settings.change_field(replace(blurred, blur_every=2), "blur", 1.0).blur_every == 2
    assert settings.change_field(NEW, "blur", 0.0) == NEW


def test_two_recipes_share_unit_and_seeds():
    recipe = replace(NEW, seeds=(3, 4), decay=0.1)
    mine, other = recipe_groups.pair(recipe, "mine", "baseline")
    assert mine.recipes == (recipe,)
    assert settings.name_of(other.recipes[0]) == "baseline"
    assert other.recipes[0].pairs() == recipe.pairs()


def test_the_rows_of_table_61_have_its_numbers():
    """Thesis, Table 6.1: decay, blur width, blur every, small norm, small contribution."""
    rows = [group.recipes[0] for group in recipe_groups.four_rows(NEW)]
    names = ("decay", "blur", "blur_every", "small_norm", "small_contribution")
    assert [tuple(getattr(row, name) for name in names) for row in rows] == [
        (0, 0.5, 4, 50, 0),
        (0.3, 0, 0, 20, 0),
        (0.0001, 1.0, 4, 0, 0),
        (0, 0.5, 4, 0, 90),
    ]
    assert {row.method for row in rows} == {"published"}


def test_a_sweep_turns_one_regularizer_alone_in_equal_steps_from_none():
    groups = recipe_groups.sweeps(replace(NEW, seeds=(5, 6), size=96, steps=7))
    assert [group.title.split(",")[0] for group in groups] == ["decay", "blur", "small norm", "small contribution"]
    for group, field in zip(groups, recipe_groups.STRONGEST, strict=True):
        values = [getattr(recipe, field) for recipe in group.recipes]
        assert len(values) == 6
        assert values[0] == 0
        assert values[-1] == recipe_groups.STRONGEST[field]
        assert [later - before for before, later in pairwise(values)] == pytest.approx([values[1]] * 5)
        off = [name for name in recipe_groups.STRONGEST if name != field]
        assert {getattr(recipe, name) for recipe in group.recipes for name in off} == {0}
        assert {(recipe.size, recipe.steps, recipe.seeds) for recipe in group.recipes} == {(96, 7, (5,))}
    assert len({group.recipes[0] for group in groups}) == 1, "the first of each is the same"


def test_every_field_of_a_recipe_has_its_place_in_the_studio():
    from nbutils.deepvis.dashboards.studio_controls import FOLDS
    from nbutils.preferred.fields import CHOICES, FIELDS

    placed = [name for names in FOLDS.values() for name in names]
    assert sorted(placed) == sorted([*FIELDS, *CHOICES, "photo"])
    assert {field.name for field in fields(Recipe)} - set(placed) == {"network", "objectives", "seeds", "changes"}
