"""The training dashboard's settings on their way out and back, what goes with what, and bounds of published pages."""

import ast
from dataclasses import replace

import pytest

from nbutils.boltzmann.settings import Training
from nbutils.rbm import view as views
from nbutils.rbm.examples import Source
from nbutils.rbm.view import KEPT, TrainingView
from nbutils.widgets.link import check_settings

FULL = TrainingView(
    Source("spheres", 2000, seed=3, grid=12, smallest=1.5, largest=4.0),
    training=Training(
        hidden=60,
        rate=0.02,
        rate_on="sum",
        sampler="tempering",
        k=3,
        visible_start="data",
        hidden_bias=-2.5,
        changes=((30, "rate", 0.1), (120, "k", 5)),
    ),
    beside="sum",
)
PATCHES = TrainingView(Source("patches", size=14, whitened=False), training=Training(gaussian=True))
BINARY_PATCHES = replace(PATCHES, training=Training(gaussian=False))


@pytest.mark.parametrize("view", [TrainingView(), FULL, PATCHES, BINARY_PATCHES])
def test_a_link_and_a_line_of_python_carry_the_whole_view(view):
    texts = views.to_settings(view)
    assert views.from_settings(check_settings(texts)) == view
    call = ast.parse(views.to_python(view)).body[-1].value
    assert call.func.id == "training"
    assert views.view_of({word.arg: ast.literal_eval(word.value) for word in call.keywords}) == view


def test_a_new_view_needs_no_words():
    assert views.to_settings(TrainingView()) == {}
    assert views.to_python(TrainingView()).endswith("training()")


def test_own_examples_are_named_and_a_kept_run_is_not_there_for_others():
    view = TrainingView(own=True, beside=KEPT)
    assert views.to_settings(view) == {"own": "true"}
    assert views.from_settings({"own": "true"}).own
    assert views.to_python(view).endswith("training(own=own)")


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({"rate": "1e999"}, "rate must be a number"),
        ({"rate": "much"}, "rate cannot be read"),
        ({"rate": "[" * 1900}, "rate cannot be read"),
        ({"hidden": "0"}, "hidden must be a whole number from 1"),
        ({"hidden": "1e9"}, "hidden must be a whole number"),
        ({"gaussian": "1"}, "gaussian must be True or False"),
        ({"sampler": "guess"}, "sampler must be one of"),
        ({"changes": '[[1,"hidden",9]]'}, "During training these can change"),
        ({"changes": '[[1,"rate"]]'}, "A change is"),
        ({"data": "secrets"}, "data must be one of"),
        ({"data_number": "NaN"}, "data_number must be a whole number"),
        ({"data_number": '"many"'}, "data_number must be a whole number"),
        ({"data_grid": "400"}, "data_grid must be a whole number from 4 to 20"),
        ({"data_smallest": "3", "data_largest": "2"}, "radii must go up"),
        ({"data_whitened": "2"}, "data_whitened must be True or False"),
        ({"data_grid": "20", "data_number": "60000"}, "at most"),
        ({"own": '"../etc"'}, "own must be True or False"),
        ({"beside": "mine"}, "beside must be one of"),
    ],
)
def test_a_hostile_link_is_a_sentence(texts, told):
    with pytest.raises(ValueError, match=told):
        views.from_settings(texts)


def test_names_that_nobody_has_are_left_out_of_a_link_and_refused_from_python():
    assert views.from_settings({"colour": "red"}) == TrainingView()
    with pytest.raises(ValueError, match="no field colour"):
        views.view_of({"colour": "red"})


def test_patches_need_gaussian_units_and_other_examples_do_not():
    patches = views.change_field(TrainingView(), "data", "patches")
    assert patches.training.gaussian
    assert not views.change_field(patches, "data", "mnist").training.gaussian


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("data_smallest", 5.0, {"smallest": 5.0, "largest": 5.0}),
        ("data_largest", 0.5, {"smallest": 0.5, "largest": 0.5}),
        ("data_grid", 4, {"grid": 4, "largest": 10 / 3}),
    ],
)
def test_radii_and_grid_push_each_other(name, value, wanted):
    source = views.change_field(TrainingView(), name, value).source
    assert {each: getattr(source, each) for each in wanted} == pytest.approx(wanted)


def test_a_larger_grid_has_fewer_examples_where_memory_ends_and_the_radii_fit_into_a_small_one():
    large = views.change_field(TrainingView(), "data_grid", 20)
    assert large.source.grid == 20
    assert large.source.number * 11 // 10 * 8000 <= 60_000_000
    wide = views.change_field(large, "data_largest", 18.0)
    assert views.change_field(wide, "data_grid", 6).source.largest == 6


def test_a_sparsity_target_comes_with_a_cost_and_a_bias_given_as_a_number_is_one():
    assert views.change_field(TrainingView(), "sparsity_target", 0.1).training.sparsity_cost == views.SPARSITY_COST
    costly = TrainingView(training=Training(sparsity_cost=3))
    assert views.change_field(costly, "sparsity_target", 0.1).training.sparsity_cost == 3
    from_data = TrainingView(training=Training(visible_start="data"))
    assert views.change_field(from_data, "visible_bias", -3.0).training.visible_start == "number"


def test_a_published_page_is_bounded():
    wild = TrainingView(
        Source(number=50_000), training=Training(hidden=4096, epochs=10_000, k=100, batch=1000, threads=0)
    )
    bounded = views.bound(wild)
    assert {name: getattr(bounded.training, name) for name in views.PUBLISHED} == views.PUBLISHED
    assert bounded.source.number * bounded.source.visible <= views.PUBLISHED_VALUES
    assert views.bound(bounded) == bounded
