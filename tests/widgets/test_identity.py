"""Who somebody is, without a browser: what a page may say, and that the key goes nowhere."""

import json

import pytest
from ipywidgets import Widget

from nbutils.widgets import Identity

KEY = "aB3_-" * 6


def tell(identity, key=KEY, name="Ada"):
    identity._handle_custom_msg({"event": "identity", "key": key, "name": name}, [])


def test_the_key_and_the_name_arrive():
    identity, heard = Identity("forms"), []
    identity.on_ready(lambda key, name: heard.append((key, name)))
    assert (identity.key, identity.name, heard) == ("", "", [])
    tell(identity, name="  Ada  ")
    assert (identity.key, identity.name, heard) == (KEY, "Ada", [(KEY, "Ada")])


def test_only_changes_are_told_and_who_comes_late_hears_at_once():
    identity, heard = Identity("forms"), []
    tell(identity)
    identity.on_ready(lambda key, name: heard.append(name))
    for name in ("Ada", "Ada", "Grace", ""):
        tell(identity, name=name)
    assert heard == ["Ada", "Grace", ""]


@pytest.mark.parametrize(
    "name", ["محمد", "שלום", "Ωμέγα", "😀" * 40, "👩\u200d🔬", "<b>x</b>", "'; drop table shapes; --", ""]
)
def test_any_script_and_any_emoji_is_a_name(name):
    identity = Identity("forms")
    tell(identity, name=name)
    assert (identity.name, identity.fault) == (name, "")


@pytest.mark.parametrize(
    "key",
    [None, 5, [KEY], "", "short", "x" * 15, "x" * 65, "x" * 16 + "\n", "ключключключключ", "a b" * 8, "x" * 10**6],
)
def test_another_key_is_refused_with_a_sentence_that_does_not_repeat_it(key):
    identity, heard = Identity("forms"), []
    identity.on_ready(lambda *who: heard.append(who))
    tell(identity, key=key)
    assert (identity.key, heard) == ("", [])
    assert identity.fault == "This browser told no key that can be used: reload the page."


@pytest.mark.parametrize("name", [None, 5, {}, "x" * 41, "a\nb", "a\x00b", "\ud800", "a\u2028b", "\x1b[31m"])
def test_another_name_is_refused_with_a_sentence_and_the_one_before_stays(name):
    identity = Identity("forms")
    tell(identity)
    tell(identity, name=name)
    assert (identity.key, identity.name) == (KEY, "Ada")
    assert identity.fault == "A name has at most 40 letters and no control characters."
    tell(identity, name="Grace")
    assert (identity.name, identity.fault) == ("Grace", "")


def test_the_key_is_in_no_state_that_a_page_or_a_saved_notebook_gets():
    identity = Identity("forms")
    sent = []
    identity.comm.send = lambda **message: sent.append(message)
    tell(identity)
    tell(identity, name="Grace")
    assert KEY not in json.dumps(sent, default=str)
    saved = json.dumps(Widget.get_manager_state(widgets=[identity]), default=str)
    assert "Identity" in saved
    assert KEY not in saved
    assert "Grace" not in saved


def test_a_page_sets_nothing():
    identity = Identity("forms")
    before = identity.get_state()
    identity.set_state(dict.fromkeys(identity.keys, "intruder"))
    assert identity.get_state() == before


def test_a_callback_that_fails_is_a_sentence_on_the_page():
    identity = Identity("forms")

    def refuse(_key, _name):
        raise ValueError("The gallery cannot be reached: try again later.")

    identity.on_ready(refuse)
    tell(identity)
    assert identity.fault == "The gallery cannot be reached: try again later."


@pytest.mark.parametrize("room", ["", "Forms", "a b", "../x", "x" * 41, "1"])
def test_a_room_is_a_plain_word(room):
    with pytest.raises(ValueError, match="small letters"):
        Identity(room)
