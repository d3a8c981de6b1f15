"""The download button without a browser: files, names, what is too large, what fails."""

import pytest

from nbutils.widgets import Download


def press(download):
    download._handle_custom_msg({"event": "make"}, [])
    return download.report


def test_a_press_makes_the_file_anew_and_the_page_takes_it():
    made = []

    def make():
        made.append(1)
        return f"layer {len(made)}.npz", bytes([len(made)]) * 1_500_000

    download = Download("Save activations", make)
    assert made == []
    assert press(download) == {"count": 1, "sentence": "Saved layer 1.npz, 1.5 MB.", "fault": False}
    assert (download.file_name, bytes(download.file)) == ("layer 1.npz", b"\x01" * 1_500_000)
    download._handle_custom_msg({"event": "saved"}, [])
    assert bytes(download.file) == b""
    press(download)
    assert (download.file_name, download.report["count"]) == ("layer 2.npz", 2)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../.bashrc", "bashrc"),
        ("C:\\a\\view.png", "view.png"),
        ("a\r\nb\x00.png", "ab.png"),
        ("été 映画.npz", "été 映画.npz"),
        ("...", "file"),
        ("y" * 500 + ".npz", "y" * 116 + ".npz"),
    ],
)
def test_a_file_name_is_cleaned(name, cleaned):
    download = Download("Save", lambda: (name, b"x"))
    press(download)
    assert download.file_name == cleaned


def test_a_file_too_large_for_a_page_is_a_sentence():
    download = Download("Save", lambda: ("big.npz", bytes(50_000_001)))
    assert press(download)["fault"]
    assert "50,000,001 bytes, and a page can hand over 50,000,000" in download.report["sentence"]
    assert bytes(download.file) == b""


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (ValueError("There is no frame yet: choose a film."), "There is no frame yet: choose a film."),
        (ZeroDivisionError("division by zero"), "This did not work: ZeroDivisionError: division by zero."),
    ],
)
def test_what_fails_is_a_sentence_and_the_next_press_works(made, sentence):
    answers = [made, ("a.txt", b"a")]

    def make():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    download = Download("Save", make)
    assert press(download) == {"count": 1, "sentence": sentence, "fault": True}
    assert press(download)["sentence"] == "Saved a.txt, 0.0 MB."


@pytest.mark.parametrize("made", [None, ("a.txt",), ("a.txt", "text"), (3, b"x")])
def test_what_is_no_file_is_a_sentence(made):
    assert press(Download("Save", lambda: made))["fault"]


def test_a_page_sets_nothing():
    download = Download("Save", lambda: ("a.txt", b"a"))
    before = download.get_state()
    download.set_state(dict.fromkeys(before, "intruder"))
    assert download.get_state() == before


@pytest.mark.parametrize("content", [None, "make", {"event": "other"}, {"event": None}, [1]])
def test_other_messages_make_nothing(content):
    download = Download("Save", lambda: 1 / 0)
    download._handle_custom_msg(content, [])
    assert download.report == {}
