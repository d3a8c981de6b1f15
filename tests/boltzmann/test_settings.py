import json
import re
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from nbutils.boltzmann.fields import CHOICES, FIELDS, MEANINGS, STEERED
from nbutils.boltzmann.settings import MOST_CHANGES, Training, change, check_change, from_json, to_json

NUMBERS = {
    name: st.booleans()
    if field.kind is bool
    else st.integers(int(field.least), int(field.most))
    if field.kind is int
    else st.floats(field.least, field.most)
    for name, field in FIELDS.items()
}
WORDS = {name: st.sampled_from(words) for name, words in CHOICES.items()}
CHANGE = st.sampled_from(STEERED).flatmap(lambda name: st.tuples(st.just(name), NUMBERS[name]))
CHANGES = st.lists(st.tuples(st.integers(1, 10_000), CHANGE), max_size=5).map(
    lambda found: tuple((update, *one) for update, one in sorted(found, key=lambda one: one[0]))
)


def test_the_defaults_are_table_4_2_of_the_thesis():
    table = Training()
    assert (table.hidden, table.batch, table.epochs, table.rate) == (400, 20, 45, 0.001)
    assert (table.visible_bias, table.hidden_bias, table.weight_range) == (0, 0, 0.022)
    assert (table.weight_decay, table.momentum, table.sampler, table.k) == (0, 0, "cd", 1)
    assert not table.sparse
    assert not table.gaussian


def test_every_field_is_a_number_with_bounds_a_word_with_choices_or_the_changes():
    assert {field.name for field in fields(Training)} == {*FIELDS, *CHOICES, "changes"}
    assert {name: tuple(words) for name, words in MEANINGS.items()} == CHOICES
    assert set(STEERED) < set(FIELDS)
    for name, field in FIELDS.items():
        assert field.least <= getattr(Training(), name) <= field.most
        assert field.help.endswith(".")
        assert field.title


@settings_of_hypothesis(deadline=None)
@given(st.fixed_dictionaries({**NUMBERS, **WORDS, "changes": CHANGES}))
def test_json_gives_the_same_settings_back(values):
    settings = Training(**values)
    assert from_json(to_json(settings)) == settings
    assert to_json(from_json(to_json(settings))) == to_json(settings)


def test_equal_settings_have_equal_json():
    assert to_json(Training(rate=1, momentum=0)) == to_json(Training(rate=1.0, momentum=0.0))
    assert to_json(Training(changes=((1, "rate", 1),))) == to_json(Training(changes=((1, "rate", 1.0),)))
    assert json.loads(to_json(Training()))["version"] == 1


def test_what_json_leaves_out_is_table_4_2():
    assert from_json('{"hidden": 10}') == Training(hidden=10)


@pytest.mark.parametrize("name", FIELDS)
def test_numbers_out_of_their_bounds_are_refused_by_name(name):
    field = FIELDS[name]
    if field.kind is bool:
        wrong = [1, 0.0, "yes", None]
    else:
        wrong = [field.least - 1, field.most * 2 + 1, float("nan"), float("inf"), "1", None, True, [1]]
        wrong += [field.least + 0.5] if field.kind is int else []
    for value in wrong:
        with pytest.raises(ValueError, match=f"^{name} must be {re.escape(field.wanted)}, got"):
            Training(**{name: value})
    assert getattr(Training(**{name: field.kind(field.most)}), name) == field.most


@pytest.mark.parametrize("name", CHOICES)
def test_unknown_words_are_refused_with_those_that_there_are(name):
    for value in ("no such word", "", None, 3, ["cd"]):
        with pytest.raises(ValueError, match=f"^{name} must be one of {', '.join(CHOICES[name])}; got"):
            Training(**{name: value})


HOSTILE = [
    ("", "no JSON of ours begins"),
    ("[1]", "must be|object, got list"),
    ("3", "object, got int"),
    ("{" * 100_000, "no JSON of ours begins"),
    ("[" * 100_000, "no JSON of ours begins"),
    ("x" * 2_000_001, "at most 2,000,000 characters"),
    (None, "at most 2,000,000 characters"),
    (b"{}", "at most 2,000,000 characters"),
    ('{"version": 2}', "of version 2 was found; this program reads version 1"),
    ('{"version": true}', "of version True was found"),
    ('{"__class__": "os.system", "hidden": 3}', "no field __class__"),
    ('{"hidden": 1e400}', "hidden must be"),
    ('{"hidden": 99999999999999999999}', "hidden must be a whole number from 1 to 4096, got 9999"),
    ('{"rate": NaN}', "no JSON of ours begins"),
    ('{"rate": "0.1"}', "rate must be a number"),
    ('{"changes": 3}', "changes must be a list"),
    ('{"changes": [3]}', "a change must be a list"),
    ('{"changes": [[1, "rate"]]}', r"A change is \(update, field, value\)"),
    ('{"changes": [[0, "rate", 1]]}', "whole numbers from 1 on, in order; got '0'"),
    ('{"changes": [[1.5, "rate", 1]]}', "whole numbers from 1 on"),
    ('{"changes": [[true, "rate", 1]]}', "whole numbers from 1 on"),
    ('{"changes": [[5, "rate", 1], [4, "rate", 1]]}', "in order; got '4'"),
    ('{"changes": [[9007199254740993, "rate", 1]]}', "whole numbers from 1 on"),
    ('{"changes": [[1, "hidden", 3]]}', "these can change: rate, momentum"),
    ('{"changes": [[1, ["rate"], 3]]}', "these can change: rate, momentum"),
    ('{"changes": [[1, "rate", 1e9]]}', "rate must be a number"),
    ('{"changes": [' + ",".join(['[1, "k", 1]'] * (MOST_CHANGES + 1)) + "]}", "at most 10,000 changes"),
]


@pytest.mark.parametrize(("text", "sentence"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_json_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        from_json(text)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 300


def test_settings_at_an_update_have_the_changes_up_to_it():
    settings = Training(changes=((5, "rate", 0.5), (5, "k", 3), (9, "rate", 0.25)))
    found = [(settings.at(update).rate, settings.at(update).k) for update in (0, 4, 5, 8, 9, 1000)]
    assert found == [(0.001, 1), (0.001, 1), (0.5, 3), (0.5, 3), (0.25, 3), (0.25, 3)]


def test_a_change_is_written_down_where_it_differs():
    settings = change(Training(), 7, {"rate": 0.5, "momentum": 0})
    assert settings.changes == ((7, "rate", 0.5),)
    assert change(settings, 9, {"rate": 0.5, "k": 1}) is settings
    assert change(settings, 3, {}) is settings


def test_a_change_at_the_same_update_takes_the_place_of_the_one_before():
    settings = change(change(Training(), 7, {"rate": 0.5, "k": 2}), 7, {"rate": 0.25})
    assert settings.changes == ((7, "k", 2), (7, "rate", 0.25))


def test_changes_that_are_planned_for_later_stay():
    settings = change(Training(changes=((9, "k", 4),)), 7, {"k": 2})
    assert settings.changes == ((7, "k", 2), (9, "k", 4))


def test_only_steered_fields_can_change_and_only_within_their_bounds():
    assert check_change("k", 2.0) == 2
    with pytest.raises(ValueError, match="During training these can change: rate, momentum"):
        change(Training(), 1, {"hidden": 3})
    with pytest.raises(ValueError, match=re.escape("momentum must be a number from 0 to 0.99, got 1")):
        change(Training(), 1, {"momentum": 1})


def test_a_sparsity_target_acts_with_a_cost_alone():
    assert [Training(sparsity_target=one, sparsity_cost=two).sparse for one, two in ((0.1, 0), (0, 1), (0.1, 1))] == [
        False,
        False,
        True,
    ]


def test_settings_are_plain_values():
    settings = replace(Training(), changes=((1, "rate", 0.5),))
    assert Training(**asdict(settings)) == settings
    assert hash(settings) == hash(Training(changes=((1, "rate", 0.5),)))
