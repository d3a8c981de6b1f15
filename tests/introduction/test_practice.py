import pytest

from nbutils.introduction import practice
from nbutils.introduction.practice import Practice


def test_a_link_brings_back_what_was_set():
    shown = Practice(directions=30, tile=7, contrast=5, colours="cividis")
    assert practice.from_settings(practice.to_settings(shown)) == shown
    assert practice.to_settings(Practice()) == {}


def test_the_line_of_python_names_only_what_was_changed():
    assert practice.to_python(Practice()) == "practice_wall()"
    assert practice.to_python(Practice(tile=3, colours="gray")) == "practice_wall(tile=3)"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"directions": "many"}, "cannot be read"),
        ({"directions": "1"}, "directions must be a whole number from 2 to 72"),
        ({"tile": "12"}, "tile must be a whole number from 0 to 11"),
        ({"contrast": "0"}, "contrast must be"),
        ({"colours": "<b>"}, "colours must be one of"),
    ],
)
def test_a_link_out_of_range_is_a_sentence(settings, message):
    with pytest.raises(ValueError, match=message):
        practice.from_settings(settings)


def test_names_that_the_record_does_not_have_are_left_out():
    assert practice.from_settings({"tile": "2", "__class__": "x"}) == Practice(tile=2)


@pytest.mark.parametrize("value", [True, 3.0, "3", None])
def test_a_field_of_another_type_is_refused(value):
    with pytest.raises(ValueError, match="whole number"):
        practice.check(Practice(contrast=value))
