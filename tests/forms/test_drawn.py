"""Shapes in the text of a page: a picture each, with words for those who do not see it."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from nbutils.forms.dashboards.drawn import MOST, drawn
from nbutils.forms.handmade import connect

BALL = connect({"r_xyz": 1, "bias": -0.7})


def pictures(html):
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))) for data in re.findall(r"base64,([^\"]+)", html)]


def test_every_shape_is_a_picture_in_which_it_is_seen():
    ball, egg = pictures(drawn(BALL, connect({"r_xyz": 1, "z": 0.4, "bias": -0.7})).value)
    middle = len(ball) // 2
    assert ball[middle, middle].min() > 100
    assert ball[0, 0].max() < 40
    assert (ball != egg).any()


def test_words_say_what_the_network_computes():
    html = drawn(connect({"r_xy": 4, "bias": -1}, "sine")).value
    assert "sine of" in html
    assert "4 r_xy" in html
    assert "-1 bias" in html


@pytest.mark.parametrize("number", [0, MOST + 1])
def test_what_does_not_fit_is_a_sentence(number):
    with pytest.raises(ValueError, match="fit side by side"):
        drawn(*[BALL] * number)
