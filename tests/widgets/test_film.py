"""A film without a browser: frames that grow, places that are told, and what a page may set."""

import pytest

from nbutils.widgets import Film
from nbutils.widgets.film import LONGEST_CAPTION, MOST_FRAMES


def playing(frames=5):
    film, told = Film("Epochs"), []
    film.on_place(told.append)
    film.show([f"epoch {place}" for place in range(frames)])
    return film, told


def test_it_goes_along_with_the_newest_frame():
    film, told = playing()
    assert (film.place, told) == (4, [4])
    film.show([f"epoch {place}" for place in range(8)])
    assert (film.place, told) == (7, [4, 7])


def test_who_went_elsewhere_stays_there_until_the_newest_is_wanted():
    film, told = playing()
    film.set_state({"place": 1, "newest": False})
    film.show([f"epoch {place}" for place in range(8)])
    assert film.place == 1
    film.set_state({"newest": True})
    assert (film.place, told) == (7, [4, 1, 7])


def test_fewer_frames_bring_the_place_into_them():
    film, _ = playing()
    film.set_state({"place": 3, "newest": False})
    film.show(["epoch 0"])
    assert film.place == 0
    film.show([])
    assert film.place == 0


@pytest.mark.parametrize("sent", [-1, 5, 10**9, 1e300, float("nan"), "2", None, True, [1]])
def test_a_page_cannot_leave_the_film(sent):
    film, _ = playing()
    film.set_state({"place": sent})
    assert 0 <= film.place <= 4


def test_a_page_sets_the_place_and_two_switches_and_nothing_else():
    film, _ = playing()
    before = {name: value for name, value in film.get_state().items() if name not in ("place", "playing", "newest")}
    film.set_state({"captions": ["<b>"], "fps": 0, "name": "x", "playing": True, "newest": "no"})
    after = film.get_state()
    assert {name: after[name] for name in before} == before
    assert (film.playing, film.newest) == (True, True)


def test_reset_lets_all_go():
    film, _ = playing()
    film.set_state({"place": 1, "newest": False, "playing": True})
    film.reset()
    assert (film.captions, film.place, film.newest, film.playing) == ([], 0, True, False)


def test_films_are_bounded():
    film, _ = playing()
    with pytest.raises(ValueError, match=f"at most {MOST_FRAMES:,} frames, got"):
        film.show([""] * (MOST_FRAMES + 1))
    film.show(["x" * 500])
    assert film.captions == ["x" * LONGEST_CAPTION]
