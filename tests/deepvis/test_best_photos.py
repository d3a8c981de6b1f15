"""Tables of the best photographs: what a search found comes back from disk, and what ships is what a search finds."""

import json
from functools import partial
from math import isnan

import numpy as np
import pytest
from click.testing import CliRunner

from nbutils import zoo
from nbutils.deepvis import __main__ as command
from nbutils.deepvis import best_photos, records
from nbutils.probe import activations, receptive_field, strongest

LAYERS = ("relu", "classes")


@pytest.fixture(scope="module")
def album():
    return zoo.photos()[:12]


@pytest.fixture(scope="module")
def found(small_network, album):
    *_, last = strongest(small_network, album, LAYERS, n=3)
    return last


@pytest.fixture(scope="module")
def folder(found, album, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    table = best_photos.make_table(found, album)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(best_photos.LAYERS, "small", LAYERS)
        best_photos.write_table(table, records.describe_origin("a test", 0), folder)
        yield folder


@pytest.mark.parametrize(("layer", "channel"), [("relu", 0), ("relu", 3), ("classes", 2)])
def test_what_was_found_comes_back_with_names(found, folder, album, layer, channel):
    best = best_photos.read_best("small", layer, channel, folder=folder)
    ranking = found.rankings[layer]
    for photos, kept in ((best.strongest, ranking.strongest), (best.weakest, ranking.weakest)):
        assert [(photo.collection, photo.name) for photo in photos] == [
            (album[place].collection, album[place].name) for place in kept.photos[channel].tolist()
        ]
        assert [photo.value for photo in photos] == kept.values[channel].tolist()
        assert [list(photo.box) for photo in photos] == kept.boxes[channel].tolist()
        assert [list(photo.position) for photo in photos] == kept.positions[channel].tolist()
    assert best.mean == pytest.approx(ranking.mean[channel])
    assert best.deviation == pytest.approx(ranking.deviation[channel])
    assert best.photographs == 12
    assert best.strongest[0].percentile == pytest.approx(100 * 11 / 12 if layer == "classes" or channel == 0 else 0)


def test_a_silent_channel_has_no_good_example_and_neither_has_one_far_below_its_synthetic_image(folder):
    silent = best_photos.read_best("small", "relu", 2, folder=folder)
    assert [photo.value for photo in silent.strongest] == [0, 0, 0]
    assert not silent.has_good_example
    loud = best_photos.read_best("small", "relu", 0, folder=folder)
    assert loud.has_good_example
    assert not best_photos.read_best("small", "relu", 0, reached=1e6, folder=folder).has_good_example


def test_a_class_is_shown_only_where_the_network_sees_it(folder):
    for channel in range(3):
        for photo in best_photos.read_best("small", "classes", channel, folder=folder).strongest:
            assert photo.good == (photo.probability >= 0.2 and photo.value > 0)


def test_nothing_shipped_is_none_and_a_wrong_channel_a_sentence(folder):
    assert best_photos.read_best("small", "conv", 0, folder=folder) is None
    assert best_photos.read_best("vgg16", "relu5_3", 0, folder=folder) is None
    assert best_photos.read_best("../small", "relu", 0, folder=folder) is None
    with pytest.raises(ValueError, match=r'"relu" has the channels 0 to 3, got 4\.'):
        best_photos.read_best("small", "relu", 4, folder=folder)


@pytest.mark.parametrize("damage", ["other bytes", "cut off", "gone"])
def test_halves_that_do_not_belong_together_are_a_sentence(folder, tmp_path, damage):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    target = tmp_path / "strongest_small.npz"
    content = target.read_bytes()
    if damage == "gone":
        target.unlink()
    else:
        target.write_bytes(content[:100] if damage == "cut off" else content[:-1] + b"x")
    with pytest.raises(ValueError, match=r"strongest_small\.npz cannot be read: get it from the repository again"):
        best_photos.read_best("small", "relu", 0, folder=tmp_path)


def test_the_command_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(command.zoo, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(best_photos, "write_table", partial(best_photos.write_table, folder=tmp_path))
    monkeypatch.setitem(best_photos.LAYERS, "alexnet", ("relu1", "relu5"))
    monkeypatch.setattr(command, "EVERY", 1)
    network, album = zoo.load("alexnet"), zoo.photos()[:4]
    search = command.probe.search(
        tmp_path / "cache" / "searches" / "strongest_alexnet.npz", network, album, ("relu1", "relu5"), every=0
    )
    assert next(search).place == 1
    assert next(search).place == 2
    search.close()
    ran = CliRunner().invoke(command.main, ["strongest", "--network", "alexnet", "--photographs", "4"])
    assert ran.exit_code == 0, ran.output
    assert "3 of 4 photographs" in ran.output
    assert "2 of 4" not in ran.output
    assert not list((tmp_path / "cache" / "searches").iterdir())
    facts = json.loads((tmp_path / "strongest_alexnet.json").read_text())
    assert facts["provenance"]["command"].endswith("strongest --network alexnet --photographs 4")
    best = best_photos.read_best("alexnet", "relu5", 17, folder=tmp_path)
    assert len(best.strongest) == len(best.weakest) == 4


SHIPPED = [("alexnet", "conv2", 5), ("alexnet", "relu5", 200), ("mobilenet_v2", "classes", 285)]


@pytest.mark.parametrize(("name", "layer", "channel"), SHIPPED)
def test_what_ships_names_photographs_at_hand_and_what_the_network_answers_to_them(name, layer, channel):
    best = best_photos.read_best(name, layer, channel)
    network = zoo.load(name)
    at_hand = {(photo.collection, photo.name): photo for photo in zoo.photos()}
    assert best.photographs == len(at_hand) == 593
    assert len(best.strongest) == len(best.weakest) == 9
    for shown in (best.strongest[0], best.strongest[8], best.weakest[0]):
        picture = zoo.prepare(network, zoo.read_photo(at_hand[shown.collection, shown.name], network.size))
        answer = activations(network.module, picture, [layer])[layer][0, channel]
        assert float(answer.max()) == pytest.approx(shown.value, rel=1e-4, abs=1e-4)
        place = shown.position if answer.dim() else None
        assert receptive_field(network.module, layer, place, network.shape, channel) == shown.box
    values = [photo.value for photo in best.strongest]
    assert values == sorted(values, reverse=True)
    assert best.weakest[0].value < best.mean < values[-1]


def test_what_ships_has_every_channel_and_tells_where_it_has_no_example():
    for name, channels in (("alexnet", 2 * 1152), ("mobilenet_v2", 1000)):
        table = best_photos.read_table(name)
        assert sum(table.facts["layers"].values()) == channels
        assert set(table.facts["layers"]) == set(best_photos.LAYERS[name])
    labels = zoo.load("mobilenet_v2").labels
    shows = {
        label: best_photos.find_best(table, "classes", number).has_good_example for number, label in enumerate(labels)
    }
    assert shows["pizza"]
    assert shows["Egyptian cat"]
    assert not shows["volcano"]
    assert not shows["banjo"]
    assert 50 < sum(shows.values()) < 250
    assert all(isnan(photo.probability) for photo in best_photos.read_best("alexnet", "relu1", 3).strongest)
    assert np.isfinite(best_photos.read_best("mobilenet_v2", "classes", 3).strongest[0].probability)
