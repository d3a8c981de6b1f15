from nbutils.runs.fields import Field
from nbutils.widgets.controls import choice
from nbutils.widgets.fields import bring, control_field

RATE = Field("learning rate", "a step", 1e-8, 10, 10, "What it does.", logarithmic=True)
COUNT = Field("hidden units", "", 1, 4096, 2, "How many.", int)
KEPT = Field("L2 kept", "", 0, 1, 1, "Whether.", bool)


def test_a_number_has_a_slider_with_all_that_its_field_says():
    made = control_field(RATE)
    assert (made.name, made.unit, made.min, made.max, made.value) == ("Learning rate", "a step", 1e-8, 10, 1e-8)
    assert (made.step, made.logarithmic, made.wait, made.help) == (1, True, False, "What it does.")


def test_title_unit_and_range_may_be_others():
    made = control_field(COUNT, "Units", usual=(2, 400), unit="of them", wait=True)
    assert (made.name, made.unit, made.min, made.max, made.value) == ("Units", "of them", 2, 400, 2)
    assert (made.step, made.logarithmic, made.wait) == (2, False, True)
    assert control_field(RATE, unit="").unit == ""


def test_what_is_true_or_false_has_a_switch():
    made = control_field(KEPT)
    assert (made.name, made.kind, made.value) == ("L2 kept", "switch", False)


def test_a_slider_is_stretched_to_what_it_is_brought_to():
    made = control_field(COUNT, usual=(10, 400))
    bring(made, 4000)
    assert (made.min, made.max, made.value) == (10, 4000, 4000)
    bring(made, 3)
    assert (made.min, made.max, made.value) == (3, 4000, 3)


def test_a_switch_and_a_choice_are_brought_to_a_value():
    kept, word = control_field(KEPT), choice("Word", ["one", "two"])
    bring(kept, True)
    bring(word, "two")
    assert (kept.value, word.value) == (True, "two")
