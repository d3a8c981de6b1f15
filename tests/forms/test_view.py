"""What the page of chapter 3 is set to: links, lines of Python, and what a hostile link may not set."""

import ast

import pytest

from nbutils.forms import view as views
from nbutils.forms.view import TABS, View
from nbutils.neat import Evolution

ALL_SET = View(7, "a" * 32, 2.5, True, "fine", "thesis", "gallery", "b" * 32)


def test_a_link_brings_back_every_field():
    assert views.from_settings(views.to_settings(ALL_SET)) == ALL_SET
    assert views.to_settings(View()) == {}


def test_the_line_of_python_gives_the_same_view():
    call = ast.parse(views.to_python(ALL_SET)).body[1].value
    assert call.func.id == "forms"
    assert View(**{word.arg: ast.literal_eval(word.value) for word in call.keywords}) == ALL_SET


def test_what_a_link_leaves_out_is_as_in_a_new_view_and_unknown_names_are_left_out():
    assert views.from_settings({"seed": "5", "colour": "red", "__class__": "x"}) == View(seed=5)


def test_without_crossover_evolution_is_table_3_1():
    assert View().evolution == Evolution()
    assert View(crossover=True).evolution.mutate_only_probability == views.CROSSING


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"seed": "-1"}, "seed must be a whole number from 0"),
        ({"seed": "1e400"}, "seed must be"),
        ({"seed": "NaN"}, "seed must be"),
        ({"seed": "[" * 1900}, "seed cannot be read"),
        ({"strength": "99"}, "strength must be a number from 0.1 to 5"),
        ({"strength": "true"}, "strength must be a number"),
        ({"crossover": "1"}, "crossover must be True or False"),
        ({"resolution": "finest"}, "resolution must be one of coarse, thesis, fine, finer"),
        ({"mode": "../x"}, "mode must be one of"),
        ({"tab": "<script>"}, "tab must be one of"),
        ({"shape": "../../etc/passwd"}, "shape must be the id of a shape"),
        ({"shape": "a" * 65}, "shape must be the id of a shape"),
        ({"start": "'; drop table shapes"}, "start must be the id of a shape"),
    ],
)
def test_a_hostile_link_is_refused_with_a_sentence(settings, told):
    with pytest.raises(ValueError, match=told) as refused:
        views.from_settings(settings)
    assert len(str(refused.value)) < 300
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_can_be_linked(tab):
    assert views.from_settings({"tab": tab}).tab == tab
