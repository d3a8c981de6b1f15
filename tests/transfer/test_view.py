"""The page's settings survive a link and a line of Python, and what cannot be is refused."""

import pytest

from nbutils.transfer.view import View, from_settings, to_python, to_settings
from tests.refusing import is_sentence

OTHER = View(
    tab="distance",
    halves="cifar10_nature",
    score="best_ten",
    treatments=("AnB", "base"),
    subtracted=True,
    thesis=True,
    treatment="random",
    n=7,
    run="0123456789abcdef",
    question=4,
    split=3,
    target="A",
    seed=11,
)


@pytest.mark.parametrize("view", [View(), OTHER, View(treatments=())])
def test_a_link_and_a_line_of_python_bring_the_view_back(view):
    assert from_settings(to_settings(view)) == view
    line = to_python(view).splitlines()
    assert line[0] == "from nbutils.transfer.dashboards import transfer"
    assert eval(line[1], {"transfer": View}) == view  # noqa: S307  a line that was just written


def test_a_link_says_only_what_differs():
    assert to_settings(View()) == {}
    assert set(to_settings(View(n=5))) == {"n"}


def test_treatments_stand_in_their_order_once():
    assert View(treatments=["AnB", "base", "AnB"]).treatments == ("base", "AnB")


@pytest.mark.parametrize(
    "settings",
    [
        {"tab": "gallery"},
        {"n": "0"},
        {"n": "8"},
        {"n": "two"},
        {"halves": "imagenet"},
        {"score": "best"},
        {"treatments": '["AnA"]'},
        {"treatments": "7"},
        {"treatments": "[[1]]"},
        {"run": "../../etc/passwd"},
        {"run": "0123456789ABCDEF"},
        {"question": "6"},
        {"split": "4"},
        {"target": "C"},
        {"seed": "-1"},
        {"thesis": '"yes"'},
        {"treatment": "<b>"},
    ],
)
def test_what_a_link_brings_is_checked(settings):
    with pytest.raises(ValueError, match=r".") as caught:
        from_settings(settings)
    assert is_sentence(str(caught.value))


def test_what_no_view_has_is_left_out():
    assert from_settings({"colour": "red", "n": "4"}) == View(n=4)
