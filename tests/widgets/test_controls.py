"""Sliders, choices, switches and buttons without a browser: values, their bounds, and the order of events."""

import pytest
import traitlets

from nbutils.widgets import button, choice, segmented, slider, switch


def news(widget, trait="value"):
    """Return a list that grows by every new value of a trait."""
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), trait)
    return seen


def test_a_slider_of_whole_steps_gives_ints_and_others_floats():
    whole, fine = slider("steps", 8, 1, 64, 1), slider("blur", 0, 0, 1, 0.1)
    whole.set_state({"value": 9.0})
    fine.set_state({"value": 1})
    assert (whole.value, type(whole.value)) == (9, int)
    assert (fine.value, type(fine.value)) == (1.0, float)


def test_a_slider_tells_only_of_changes():
    width = slider("width", 3, 0, 10, 1)
    seen = news(width)
    for value in (3, 4, 4, 99, 10):
        width.set_state({"value": value})
    assert seen == [4, 10]


def test_python_may_not_set_what_is_no_number():
    width = slider("width", 3, 0, 10, 1)
    with pytest.raises(TypeError, match="number is wanted"):
        width.value = "5"
    width.value = 50
    assert width.value == 10


def test_a_slider_follows_a_narrower_range():
    width = slider("width", 8, 0, 10, 1)
    width.max = 5
    assert width.value == 5


@pytest.mark.parametrize("bounds", [(1, 1, 1), (2, 1, 1), (0, 1, 0), (0, float("inf"), 1), (float("nan"), 1, 1)])
def test_a_slider_without_a_range_is_refused(bounds):
    with pytest.raises(ValueError, match='"width" needs finite bounds'):
        slider("width", 0, *bounds)


def test_a_choice_gives_the_object_behind_the_label():
    conv = object()
    layer = choice("layer", {"early": ["conv1"], "late": [("the last one", conv)]})
    assert layer.labels == [["early", "conv1"], ["late", "the last one"]]
    assert layer.value == "conv1"
    layer.set_state({"index": 1})
    assert layer.value is conv


def test_setting_a_value_moves_the_index_and_tells_once():
    layer = choice("layer", ["conv1", "conv2", "conv3"], "conv2")
    seen = news(layer)
    layer.value = "conv3"
    assert (layer.index, seen) == (2, ["conv3"])
    layer.set_state({"index": 0})
    assert (layer.value, seen) == ("conv1", ["conv3", "conv1"])


def test_an_unknown_value_is_refused_with_the_known_ones():
    layer = choice("layer", ["conv1", "conv2"])
    with pytest.raises(ValueError, match="has no option 'conv9'; it has conv1, conv2"):
        layer.value = "conv9"
    assert layer.value == "conv1"


@pytest.mark.parametrize("options", [[], {}, {"early": []}])
def test_a_choice_without_options_is_refused(options):
    with pytest.raises(ValueError, match="at least one option"):
        choice("layer", options)


def test_options_can_be_replaced_by_more_and_by_fewer():
    channel = choice("channel", ["a", "b", "c"], "c")
    seen = news(channel)
    channel.offer([f"channel {number}" for number in range(300)], "channel 7")
    assert (channel.index, channel.value) == (7, "channel 7")
    channel.offer(["c", "d"])
    assert (channel.index, channel.value) == (0, "c")
    channel.set_state({"index": 7})
    assert channel.value == "c"
    assert seen == ["channel 7", "c"]


def test_options_replaced_keep_a_value_that_moved():
    channel = choice("channel", ["a", "b", "c"], "c")
    seen = news(channel)
    channel.offer(["c", "a"], "c")
    assert (channel.index, channel.value, seen) == (0, "c", [])


def test_too_many_options_are_refused():
    with pytest.raises(ValueError, match="at most 5000 options"):
        choice("channel", list(range(5_001)))


def test_segments_are_a_choice_side_by_side():
    source = segmented("source", ["camera", "photographs"], "photographs")
    assert (source.kind, source.value) == ("segmented", "photographs")


def test_a_switch_is_true_or_false():
    mirror = switch("mirror", True)
    mirror.set_state({"value": False})
    assert mirror.value is False
    with pytest.raises(traitlets.TraitError):
        mirror.value = "yes"


def test_a_button_calls_at_every_press_and_counts():
    presses = []
    evolve = button("Evolve", lambda: presses.append("first"))
    evolve.on_press(lambda: presses.append("second"))
    for _ in range(2):
        evolve._handle_custom_msg({"event": "press"}, [])
    assert (evolve.value, presses) == (2, ["first", "second"] * 2)


def test_a_disabled_button_does_nothing():
    evolve = button("Evolve")
    evolve.disabled = True
    evolve._handle_custom_msg({"event": "press"}, [])
    assert evolve.value == 0
