"""The browser of galleries without a browser: what ships, its montages, and what is set."""

import numpy as np
import pytest

from nbutils import zoo
from nbutils.deepvis import best_photos, galleries, montages, studies
from nbutils.deepvis.dashboards import gallery_photos
from nbutils.deepvis.dashboards.gallery import GalleryPage
from nbutils.deepvis.studies import GalleryStudy
from nbutils.widgets.wall import MOST_BYTES


@pytest.fixture(scope="module")
def page():
    return GalleryPage(GalleryStudy(layer="conv2", unit=7))


@pytest.fixture(scope="module")
def alexnet():
    return galleries.read_gallery("alexnet")


def test_every_channel_of_alexnet_ships(alexnet):
    assert [len(hung.made) for hung in alexnet.layers] == [64, 192, 384, 256, 256]
    for hung in alexnet.layers:
        tiles = galleries.read_tiles(alexnet, hung)
        assert len(tiles) == hung.part.units
        flat = [one for one, tile in zip(hung.made, tiles, strict=True) if tile.std() < 4]
        assert set(flat) <= hung.silent  # a grey picture never stands there without a word


def test_classes_of_mobilenet_ship_and_what_is_missing_is_counted():
    found = galleries.read_gallery("mobilenet_v2")
    (hung,) = found.layers
    assert len(hung.made) >= 100
    assert np.mean(hung.probabilities) > 0.9
    page = GalleryPage(GalleryStudy(network="mobilenet_v2"))
    assert f"{len(hung.made)} " in page.heading.value
    assert ("not made yet" in page.heading.value) == (len(hung.made) < hung.part.units)


def test_what_ships_stays_small():
    folders = [galleries.gallery_folder(name) for name in galleries.NETWORKS]
    assert sum(path.stat().st_size for folder in folders for path in folder.iterdir()) < 29_000_000


def test_a_layer_is_on_one_wall(page, alexnet):
    page.change(shows="layer", layer="conv2")
    assert page.wall.shape[0] == 192
    assert page.wall.format == "rgb"
    assert len(page.wall.data) <= MOST_BYTES


def test_a_class_is_found_by_name_and_by_number():
    page = GalleryPage(GalleryStudy(network="mobilenet_v2"))
    offered = [label for _, label in page.go_to.labels]
    assert "963 pizza" in offered
    page.go_to.value = 963
    assert page.study.unit == 963
    assert "pizza" in page.caption.value


def test_a_click_shows_a_picture_large_with_its_recipe(page, alexnet):
    page.change(layer="conv2")
    page.wall.set_state({"selected": 12})
    tile = galleries.read_hit(alexnet, "conv2", 12).pixels
    assert bytes(page.large.data) == tile.tobytes()
    assert "unit(&quot;conv2&quot;, 12)" in page.recipe.value


def test_the_weakest_photographs_are_cut_out_when_their_fold_is_opened(page):
    page.change(layer="conv2", unit=7)
    best, photos = best_photos.read_best("alexnet", "conv2", 7), page.photos
    assert photos.strongest.value.count("<figure>") == 9
    assert photos.weakest.value == ""
    photos.fold.heading.is_open = True
    assert photos.weakest.value.count("<figure>") == 9
    assert f"<figcaption>{best.weakest[0].value:.3g} · {best.weakest[0].percentile:.1f}%</figcaption>" in (
        photos.weakest.value
    )
    page.change(unit=8)
    other = best_photos.read_best("alexnet", "conv2", 8).weakest[0]
    assert f"<figcaption>{other.value:.3g} · " in photos.weakest.value
    photos.fold.heading.is_open = False
    page.change(unit=7)
    assert photos.weakest.value == ""


def test_a_photograph_that_cannot_be_cut_out_is_told_at_its_end(page, monkeypatch):
    def fail(*_given, **_named):
        yield from ()
        raise zoo.Unavailable("The photographs are not there yet.")

    monkeypatch.setattr(gallery_photos, "cut_best", fail)
    page.change(layer="conv2", unit=9)
    assert "The photographs are not there yet." in page.photos.strongest.value
    page.photos.fold.heading.is_open = True
    assert "The photographs are not there yet." in page.photos.weakest.value
    page.photos.fold.heading.is_open = False


def test_layers_are_compared_at_the_size_of_what_their_units_see(alexnet):
    montage, rows = montages.compare_layers(alexnet, first=3)
    assert [(row.layer, row.side) for row in rows] == [
        ("conv5", 163),
        ("conv4", 131),
        ("conv3", 99),
        ("conv2", 51),
        ("conv1", 11),
    ]
    assert all(row.bottom - row.top == row.side and row.units[0] == 3 for row in rows)
    assert montage[rows[1].top : rows[1].bottom, montages.GAP : montages.GAP + 131].std() > 10
    assert montage[rows[0].bottom + 1, :].max() <= max(montages.DARK)


def test_tiles_are_brought_down_to_what_may_be_sent():
    tiles = np.zeros((1000, 128, 128, 3), np.uint8)
    assert montages.shrink_tiles(tiles, MOST_BYTES, 400).nbytes <= MOST_BYTES
    assert montages.shrink_tiles(tiles[:4], MOST_BYTES, 20).shape == (4, 20, 20, 3)


def test_page_keys_go_from_layer_to_layer(page):
    page.change(layer="conv2", unit=7)
    page.step_layer(1)
    assert page.study.layer == "conv3"
    page.step_layer(9)
    assert page.study.layer == "conv5"


def test_settings_come_back_from_a_link(page):
    page.change(layer="conv3", unit=9, shows="compared")
    there = studies.from_settings(GalleryStudy, dict(page.link.settings))
    assert there == page.study
    page.change(shows="layer")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"network": "../../etc"}, "network must be one of alexnet, mobilenet_v2"),
        ({"layer": "conv9"}, "has no layer"),
        ({"unit": "-1"}, "unit must be 0 to"),
        ({"shows": "x"}, "shows must be one of"),
    ],
)
def test_an_impossible_link_is_told_and_changes_nothing(page, settings, sentence):
    before = page.study
    page.link.set_state({"arrived": {"count": 1, "settings": settings}})
    assert sentence in page.error.sentence
    assert page.study == before
    page.error.clear()
    page.link.set_state({"arrived": {"count": 2, "settings": {}}})


def test_the_gallery_is_saved_as_one_page(page):
    name, content = page.save_page()
    assert name == "gallery_alexnet.html"
    assert content.count(b"data:image/webp;base64,") == 6  # sheets: conv3 takes two
