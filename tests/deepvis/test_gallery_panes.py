"""What a channel likes, in the toolbox: what ships, what is made here, photographs and their deconv."""

import asyncio
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qsl

import numpy as np
import pytest

from nbutils import zoo
from nbutils.deepvis import best_crops, nine
from nbutils.deepvis.best_photos import read_best
from nbutils.deepvis.dashboards import preferred_panes
from nbutils.deepvis.dashboards.gallery_words import no_example, score
from nbutils.deepvis.dashboards.grids import Tile, grid
from nbutils.deepvis.dashboards.preferred_panes import Liking, PreferredPanes
from nbutils.deepvis.looking import list_layers
from nbutils.deepvis.studio_settings import from_settings
from nbutils.deepvis.view import View
from nbutils.preferred.recipe import Recipe
from nbutils.probe import find_layer
from nbutils.probe.receptive import receptive_field

OPEN, CLOSED = View(likes=True), View(likes=False)


@pytest.fixture
def quick(monkeypatch):
    """Pictures of two steps."""
    monkeypatch.setattr(nine, "_WAITING", {"size": 32, "steps": 2})


def like(network, layer, channel):
    known = list_layers(network)
    return Liking(network, known, find_layer(known, layer), channel, f"{layer} · channel {channel}")


def test_nine_pictures_begin_one_after_the_other(small_network, quick):
    known = list_layers(small_network)
    recipe, box = nine.choose_recipe(small_network, known, find_layer(known, "relu"), 0, None)
    steps = list(nine.make_nine(small_network, recipe, box))
    assert [len(step.pictures) for step in steps] == [place for place in range(1, 10) for _ in range(2)]
    assert steps[-1].finished
    assert steps[-1].seconds_left == 0
    different = {picture.tobytes() for picture in steps[-1].pictures}
    assert len(different) == 9


def test_only_what_a_unit_sees_is_shown(small_network):
    recipe = Recipe(network="small", objectives=('channel("relu", 0)',), size=32, steps=1)
    first = next(nine.make_nine(small_network, recipe, (4, 4, 20, 20)))
    assert first.pictures[0].shape == (16, 16, 3)


def test_what_does_not_ship_is_made_as_soon_as_it_is_looked_at(small_network, quick):
    panes = PreferredPanes()
    panes.show(OPEN, lambda: like(small_network, "relu", 0))
    assert panes.made.value.count("<figure>") == 9
    assert panes.stop.disabled
    assert "do not ship" not in panes.made.value


def test_a_silent_unit_is_told_as_such(small_network, quick):
    panes = PreferredPanes()
    panes.show(OPEN, lambda: like(small_network, "relu", 2))
    assert "silent" in panes.made.value


def test_closed_panes_ask_for_nothing_and_forget(small_network, quick):
    panes = PreferredPanes()
    panes.show(OPEN, lambda: like(small_network, "relu", 0))
    panes.show(CLOSED, lambda: pytest.fail("a closed pane asked for the unit"))
    assert panes.made.value == ""


def test_stop_is_obeyed_between_two_steps_and_the_page_is_answered_meanwhile(small_network, quick):
    async def use():
        panes, turns = PreferredPanes(), 0
        panes.show(OPEN, lambda: like(small_network, "relu", 0))
        while "<figure>" not in panes.made.value:
            await asyncio.sleep(0.001)
            turns += 1
        panes.stop.value += 1
        begun = panes.made.value
        await asyncio.sleep(0.05)
        return panes, turns, begun

    panes, turns, begun = asyncio.run(use())
    assert turns > 0
    assert panes.made.value == begun
    assert begun.count("<figure>") < 9
    assert "Stopped" in panes.progress.value
    assert not panes.start.disabled


def test_another_unit_takes_the_place_of_the_first(small_network, quick):
    async def use():
        panes = PreferredPanes()
        panes.show(OPEN, lambda: like(small_network, "relu", 0))
        panes.show(OPEN, lambda: like(small_network, "relu", 1))
        while panes.stop.disabled is False:
            await asyncio.sleep(0.001)
        return panes

    assert "channel 1" in asyncio.run(use()).made.value


def test_a_failure_is_told_in_the_pane(small_network, monkeypatch):
    def fail(*_given):
        raise ValueError("Nothing of this kind.")

    monkeypatch.setattr(preferred_panes, "choose_recipe", fail)
    panes = PreferredPanes()
    panes.show(OPEN, lambda: like(small_network, "relu", 0))
    assert "Nothing of this kind." in panes.progress.value


@pytest.fixture(scope="module")
def alexnet():
    return zoo.load("alexnet")


def test_crops_are_what_the_unit_sees(alexnet):
    best = read_best("alexnet", "relu2", 7)
    first = next(best_crops.cut_best(alexnet, replace(best, strongest=best.strongest[:1])))
    row, column = first.photo.position
    assert first.photo.box == receptive_field(alexnet.module, "relu2", (row, column), alexnet.shape)
    assert first.seen.shape == first.deconv.shape == (best_crops.SIDE, best_crops.SIDE, 3)
    assert first.deconv.std() > 1


def test_the_three_panes_of_figure_6_1(alexnet):
    panes = PreferredPanes()
    panes.show(OPEN, lambda: like(alexnet, "relu2", 7))
    assert panes.made.value.count("<figure>") == 1
    assert "ships with the suite" in panes.made.value
    assert panes.photos.value.count("<figure>") == panes.deconv.value.count("<figure>") == 9
    best = read_best("alexnet", "relu2", 7)
    assert f"<figcaption>{best.strongest[0].value:.3g}\n{best.strongest[0].percentile:.1f}%<" in panes.photos.value


def test_where_nothing_is_liked_the_pane_says_so():
    best = read_best("mobilenet_v2", "classes", 2)
    assert not best.has_good_example
    assert no_example(best).startswith("No good example here: none of the 593 photographs")


def test_a_weak_example_is_told_as_such():
    photo = read_best("mobilenet_v2", "classes", 2).strongest[0]
    assert score(photo).endswith("weak")


def test_texts_of_a_grid_are_escaped():
    tile = Tile(np.zeros((4, 4, 3), np.uint8), "<b>", "' onerror='alert(1)")
    assert "&lt;b&gt;" in grid([tile])
    assert "alt='&#x27; onerror=&#x27;alert(1)'" in grid([tile])


def test_the_studio_is_set_to_the_unit_by_a_link(small_network):
    network = zoo.load("alexnet")
    html = preferred_panes.link_to_studio(like(network, "conv5", 12))
    fragment = unescape(html.split("href='#")[1].split("'")[0])
    settings = {name.removeprefix("studio."): value for name, value in parse_qsl(fragment)}
    recipe = from_settings(settings).recipe
    assert recipe.network == "alexnet"
    assert recipe.objectives == ('channel("conv5", 12)',)
    assert preferred_panes.link_to_studio(like(small_network, "relu", 0)) == ""
