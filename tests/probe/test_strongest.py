"""The search over photographs against looking at each of them, gone on with after a stop, and with broken files."""

import os
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from nbutils import zoo
from nbutils.probe import activations, load_strongest, receptive_field, save_strongest, search, strongest
from nbutils.probe.strongest import to_shares


class Small(nn.Module):
    """Three maps, and four classes behind global pooling."""

    def __init__(self):
        super().__init__()
        self.conv, self.relu = nn.Conv2d(3, 3, 5, stride=4, padding=2), nn.ReLU()
        self.pool, self.classes = nn.AdaptiveAvgPool2d(1), nn.Linear(3, 4)

    def forward(self, x):
        return self.classes(self.pool(self.relu(self.conv(x))).flatten(1))


LAYERS = ("relu", "classes")


@pytest.fixture(scope="module")
def network():
    with torch.random.fork_rng():
        torch.manual_seed(1)
        module = Small()
        nn.init.normal_(module.classes.weight, std=20)
    return zoo.wrap(module, size=(40, 48), mean=0.5, std=0.25, labels=("a", "b", "c", "d"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twenty-four pictures of blurred noise, two of them the same."""
    folder = tmp_path_factory.mktemp("album")
    rng = np.random.default_rng(2)
    for number in range(24):
        pixels = rng.integers(0, 256, (12, 12, 3), np.uint8).repeat(5, 0).repeat(5, 1)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    (folder / "23.png").write_bytes((folder / "05.png").read_bytes())
    return folder


@pytest.fixture(scope="module")
def album(folder):
    return zoo.photos(folder)


@pytest.fixture(scope="module")
def found(network, album):
    return list(strongest(network, album, LAYERS, n=4))


def same(one, other):
    """Return whether two searches hold the same, to the last bit."""
    return all(
        np.array_equal(getattr(getattr(one.rankings[name], end), field), getattr(kept, field), equal_nan=True)
        for name, ranking in other.rankings.items()
        for end, kept in (("strongest", ranking.strongest), ("weakest", ranking.weakest))
        for field in kept.__dataclass_fields__
    ) and all(np.array_equal(one.rankings[name].mean, other.rankings[name].mean) for name in other.rankings)


def test_each_channel_keeps_the_photographs_that_excite_it_most_and_least(network, album, found):
    assert len(found) == len(album)
    assert [snapshot.finished for snapshot in found] == [False] * 23 + [True]
    pictures = [zoo.prepare(network, zoo.read_photo(photo, network.size)) for photo in album]
    answers = [activations(network.module, picture, LAYERS) for picture in pictures]
    for name in LAYERS:
        largest = torch.cat([answer[name].flatten(2).amax(2) if name == "relu" else answer[name] for answer in answers])
        ranking = found[-1].rankings[name]
        for channel in range(largest.shape[1]):
            column = largest[:, channel].numpy()
            most, least = (np.argsort(sign * column, kind="stable")[:4] for sign in (-1, 1))
            for kept, order in ((ranking.strongest, most), (ranking.weakest, least)):
                assert kept.photos[channel].tolist() == order.tolist()
                assert np.array_equal(kept.values[channel], column[order])
        assert np.allclose(ranking.mean, largest.numpy().mean(0))


def test_positions_and_boxes_are_those_of_the_largest_answer(network, album, found):
    kept = found[-1].rankings["relu"].strongest
    for channel in range(3):
        picture = zoo.prepare(network, zoo.read_photo(album[int(kept.photos[channel, 0])], network.size))
        map_ = activations(network.module, picture, ["relu"])["relu"][0, channel]
        row, column = kept.positions[channel, 0].tolist()
        assert map_[row, column] == map_.max() == kept.values[channel, 0]
        assert tuple(kept.boxes[channel, 0]) == receptive_field(network.module, "relu", (row, column), network.shape)
        assert np.isnan(kept.probabilities[channel]).all()
    classes = found[-1].rankings["classes"].strongest
    assert (classes.boxes == [0, 0, 39, 47]).all()  # the windows of the convolution end one pixel before the picture
    photo = album[int(classes.photos[2, 0])]
    logits = activations(network.module, zoo.prepare(network, zoo.read_photo(photo, network.size)), ["classes"])
    assert classes.probabilities[2, 0] == pytest.approx(float(logits["classes"].softmax(1)[0, 2]))


@pytest.mark.parametrize("stop", [1, 11, 24])
def test_a_search_goes_on_from_what_was_saved_to_the_last_bit(network, album, found, stop, tmp_path):
    path = tmp_path / "search.npz"
    save_strongest(path, found[stop - 1])
    loaded = load_strongest(path)
    assert loaded.place == stop
    rest = list(strongest(network, album, LAYERS, n=4, start=loaded))
    assert len(rest) == max(1, 24 - stop)
    assert same(rest[-1], found[-1])
    assert list(tmp_path.iterdir()) == [path]


def test_a_killed_search_loses_only_what_came_after_its_last_saving(network, album, found, tmp_path):
    path = tmp_path / "search.npz"
    child = os.fork()
    if not child:
        for snapshot in strongest(network, album, LAYERS, n=4):
            save_strongest(path, snapshot)
            if snapshot.place == 9:
                os.kill(os.getpid(), signal.SIGKILL)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    loaded = load_strongest(path)
    assert loaded.place == 9
    *_, last = strongest(network, album, LAYERS, n=4, start=loaded)
    assert same(last, found[-1])


def test_a_search_in_a_file_begins_anew_where_the_file_is_of_another_or_broken(network, album, found, tmp_path):
    path = tmp_path / "folder" / "search.npz"
    assert len(list(search(path, network, album[:5], LAYERS, n=4))) == 5
    assert load_strongest(path).place == 5
    whole = list(search(path, network, album, LAYERS, n=4, every=0))
    assert len(whole) == 24
    assert same(whole[-1], found[-1])
    assert len(list(search(path, network, album, LAYERS, n=4))) == 1
    path.write_bytes(path.read_bytes()[:1000])
    assert next(search(path, network, album, LAYERS, n=4)).place == 1


def test_a_published_server_writes_no_search(network, album, tmp_path, monkeypatch):
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    *_, last = search(tmp_path / "search.npz", network, album[:3], LAYERS, n=4, every=0)
    assert last.finished
    assert not list(tmp_path.iterdir())


def test_what_is_no_saved_search_is_a_sentence(tmp_path):
    assert load_strongest(tmp_path / "absent.npz") is None
    for content in (b"", b"PK\x03\x04 cut off", b"not at all"):
        (tmp_path / "broken.npz").write_bytes(content)
        with pytest.raises(ValueError, match=r"broken\.npz holds no search"):
            load_strongest(tmp_path / "broken.npz")
    np.savez(tmp_path / "foreign.npz", facts=np.array([object()], dtype=object))
    with pytest.raises(ValueError, match=r"foreign\.npz holds no search"):
        load_strongest(tmp_path / "foreign.npz")


def test_a_search_is_not_gone_on_with_by_another_network_album_or_n(network, album, found):
    half = found[11]
    changed = Small()
    others = {
        "weights": (replace(network, module=changed.eval()), album, LAYERS, 4),
        "photographs": (network, album[:23], LAYERS, 4),
        "layers or n": (network, album, LAYERS, 5),
        "network": (replace(network, name="another"), album, LAYERS, 4),
    }
    for what, (network_, album_, layers_, n) in others.items():
        with pytest.raises(ValueError, match=f"begun with other {what}"):
            next(strongest(network_, album_, layers_, n=n, start=half))


def test_photographs_that_cannot_be_read_are_counted_and_passed_over(network, folder, tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.png").write_bytes((folder / f"0{number}.png").read_bytes())
    album = zoo.photos(tmp_path)
    (tmp_path / "1.png").write_bytes(b"no longer a picture")
    (tmp_path / "2.png").unlink()
    *_, last = strongest(network, album, LAYERS, n=4)
    assert last.finished
    assert last.unread == 2
    assert [reason.split()[0] for reason in last.reasons] == ["1.png", "The"]
    assert last.rankings["relu"].looked == 1
    assert last.rankings["relu"].strongest.photos.tolist() == [[0, -1, -1, -1]] * 3


def test_nan_stops_the_search_with_a_sentence(album):
    module = Small()
    with torch.no_grad():
        module.conv.bias[0] = float("nan")
    network = zoo.wrap(module, size=(40, 48), mean=0.5, std=0.25)
    with pytest.raises(ValueError, match=r'"relu" answered with NaN or infinity to "00\.png"'):
        next(strongest(network, album, ["relu"]))


@pytest.mark.parametrize(
    ("photos", "layers", "n", "said"),
    [(0, LAYERS, 9, "no photograph"), (3, ("conv9",), 9, "conv9"), (3, LAYERS, 0, "n must be 1 to 100, got 0")],
)
def test_what_cannot_be_searched_is_a_sentence(network, album, photos, layers, n, said):
    with pytest.raises(ValueError, match=said):
        next(strongest(network, album[:photos], layers, n=n))


def test_probabilities_are_taken_as_they_are_and_logits_are_made_into_them():
    logits = torch.tensor([[1.0, 2.0, -3.0]])
    assert torch.equal(to_shares(logits.softmax(1)), logits.softmax(1))
    assert torch.equal(to_shares(logits), logits.softmax(1))


def test_a_grey_network_of_28_pixels_has_strongest_photographs(album):
    module = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.MaxPool2d(2), nn.Conv2d(2, 2, 3))
    network = zoo.wrap(module, size=28, mean=0.5, std=0.5)
    *_, last = strongest(network, album[:3], ["0", "2"], n=2)
    kept = last.rankings["2"].strongest
    assert (kept.boxes[..., 2] - kept.boxes[..., 0] == 8).all()
