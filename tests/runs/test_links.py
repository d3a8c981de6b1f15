import pytest

from nbutils.runs.links import read_value, write_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (3, "3"),
        (True, "true"),
        ("größer", "größer"),
        ("0.1", "0.1"),
        ([[1, "rate", 0.5]], '[[1,"rate",0.5]]'),
    ],
)
def test_values_become_text_and_come_back_as_their_kind(value, text):
    assert write_value(value) == text
    found = read_value("field", text, value)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["", "x", "[1", "[" * 100_000, "9" * 5_000])
def test_what_is_no_value_is_a_short_sentence(text):
    with pytest.raises(ValueError, match=r"^rate cannot be read from") as caught:
        read_value("rate", text, 0.1)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 80
