import ast
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbutils import probe
from nbutils.deepvis.view import (
    COLOURS,
    GAMMAS,
    LIVE_METHODS,
    SEEDS,
    SHARES,
    SHOWN,
    SLOW_METHODS,
    SOURCES,
    WALLS,
    View,
    check,
    from_settings,
    to_python,
    to_settings,
)

views = st.builds(
    View,
    network=st.sampled_from(["alexnet", "mobilenet_v2"]),
    layer=st.text(max_size=30),
    channel=st.none() | st.integers(0, 1000),
    source=st.sampled_from(SOURCES),
    photo=st.text(max_size=30),
    gamma=st.sampled_from(GAMMAS),
    share=st.sampled_from(SHARES),
    colours=st.sampled_from(COLOURS),
    overlay=st.booleans(),
    mirror=st.booleans(),
    wall=st.sampled_from(WALLS),
    kept=st.text(max_size=30),
    backward=st.booleans(),
    method=st.sampled_from(LIVE_METHODS + SLOW_METHODS),
    seed=st.sampled_from(SEEDS),
    shown=st.sampled_from(SHOWN),
    beside=st.sampled_from(["", "alexnet", "vgg16"]),
    beside_layer=st.text(max_size=30),
    beside_channel=st.none() | st.integers(0, 1000),
)
frozen_views = st.builds(
    replace, views, frozen_layer=st.text(min_size=1, max_size=30), frozen_channel=st.integers(0, 9)
)


@given(views | frozen_views)
def test_a_view_survives_its_link(view):
    assert from_settings(to_settings(view)) == view


@given(views | frozen_views)
def test_a_view_survives_its_line_of_python(view):
    line = to_python(view).removeprefix("from nbutils.deepvis.dashboards import toolbox\n")
    call = ast.parse(line, mode="eval").body
    assert call.func.id == "toolbox"
    assert View(**{word.arg: ast.literal_eval(word.value) for word in call.keywords}) == view


def test_a_new_view_is_an_empty_link():
    assert to_settings(View()) == {}
    assert to_python(View()).endswith("\ntoolbox()")


def test_channel_0_is_a_choice_like_any_other():
    assert to_settings(View(channel=0)) == {"channel": "0"}
    assert to_python(View(channel=0)).endswith("\ntoolbox(channel=0)")


def test_unknown_names_in_a_link_are_left_out():
    assert from_settings({"colour_of_the_sky": "blue", "channel": "7"}) == View(channel=7)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"network": "<script>"}, "network must be one of mobilenet_v2, efficientnet_lite0, alexnet, vgg16"),
        ({"channel": "many"}, "channel must be a number"),
        ({"channel": "-1"}, "channel must be 0 to"),
        ({"channel": "9" * 30}, "channel must be 0 to"),
        ({"gamma": "nan"}, "gamma must be a finite number"),
        ({"gamma": "0.123"}, "gamma must be one of"),
        ({"source": "__import__('os')"}, "source must be one of camera, photographs"),
        ({"overlay": "true"}, "overlay must be one of yes, no"),
        ({"layer": "x" * 5000}, "at most 200 letters"),
        ({"wall": "weights"}, "wall must be one of answers, difference, backward"),
        ({"method": "lime"}, "method must be one of gradient, deconv, guided, grad_cam, integrated"),
        ({"seed": "0"}, "seed must be one of activation, one"),
        ({"shown": "<img>"}, "shown must be one of raw, gray, norm, blurred norm"),
        ({"backward": "1"}, "backward must be one of yes, no"),
        ({"kept": "x" * 201}, "kept is a name of at most 200 letters"),
        ({"beside": "../../etc"}, "beside must be one of mobilenet_v2, efficientnet_lite0, alexnet, vgg16"),
        ({"beside": "alexnet", "beside_channel": "-2"}, "beside_channel must be 0 to"),
        ({"beside_layer": "x" * 201}, "beside_layer is a name of at most 200 letters"),
        ({"frozen_channel": "99999999"}, "frozen_channel must be 0 to"),
        ({"frozen_channel": "3"}, "name one unit: give both or neither"),
        ({"frozen_layer": "conv1"}, "name one unit: give both or neither"),
    ],
)
def test_a_wrong_value_is_answered_with_what_it_may_be(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        from_settings(settings)


def test_ways_back_are_those_of_the_probe():
    assert (LIVE_METHODS, SEEDS, SHOWN) == (probe.METHODS, probe.SEEDS, probe.SHOWN)


def test_check_returns_the_view_itself():
    view = View(channel=3)
    assert check(view) is view
