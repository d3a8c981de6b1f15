"""The networks are whole, named readably, frozen, and right about photographs whose subject is known."""

import hashlib
import time

import numpy as np
import pytest
import torch
from torch import nn

from nbutils import zoo
from nbutils.commands import as_typed
from nbutils.runs import threads
from nbutils.zoo.alexnet import make_alexnet, name_alexnet_weights
from nbutils.zoo.catalogue import find_entry
from nbutils.zoo.labels import read_labels

CATS, DOGS, PIZZA = range(281, 286), range(151, 269), range(963, 964)  # ImageNet's house cats, dogs, and pizza


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Work as live dashboards do; with more, these short steps wait for threads that other processes keep busy."""
    before = torch.get_num_threads()
    threads(1)
    yield
    threads(before)


@pytest.fixture(scope="module")
def mobilenet():
    return zoo.load("mobilenet_v2")


@pytest.fixture(scope="module")
def alexnet():
    return zoo.load("alexnet")


@pytest.fixture(params=["mobilenet_v2", "alexnet"])
def network(request, mobilenet, alexnet):
    return {"mobilenet_v2": mobilenet, "alexnet": alexnet}[request.param]


def read(prefix, count):
    """Return pixels of the first fetched photographs of a subject."""
    chosen = [photo for photo in zoo.photos() if photo.name.startswith(f"{prefix}-")][:count]
    return np.stack([zoo.read_photo(photo, 224) for photo in chosen])


def sample(name):
    return next(photo for photo in zoo.photos() if (photo.collection, photo.name) == ("samples", name))


def guess(network, pixels):
    """Return the five best classes of each picture, the best first."""
    with torch.inference_mode():
        return network.module(zoo.prepare(network, pixels)).topk(5).indices.tolist()


def test_layers_of_alexnet_are_named_readably(alexnet):
    names = "conv1 relu1 pool1 conv2 relu2 pool2 conv3 relu3 conv4 relu4 conv5 relu5 pool5"
    assert [name for name, _ in alexnet.module.named_children()] == names.split()


def test_layers_of_mobilenet_are_named_readably(mobilenet):
    names = ["conv1", "conv1_norm", "conv1_relu", *(f"block{number}" for number in range(1, 18))]
    names += ["last", "last_norm", "last_relu", "pool", "classes"]
    assert [name for name, _ in mobilenet.module.named_children()] == names
    inside = [
        "expand",
        "expand_norm",
        "expand_relu",
        "depthwise",
        "depthwise_norm",
        "depthwise_relu",
        "project",
        "project_norm",
    ]
    assert [name for name, _ in mobilenet.module.block1.named_children()] == inside[3:]
    assert [name for name, _ in mobilenet.module.block17.named_children()] == inside


def test_no_activation_writes_over_its_input(network):
    activations = [module for module in network.module.modules() if isinstance(module, nn.ReLU | nn.ReLU6)]
    assert activations
    assert not any(module.inplace for module in activations)


def test_parameters_are_as_many_as_the_papers_say(mobilenet, alexnet):
    assert mobilenet.parameters == 3_504_872
    assert alexnet.parameters == 2_469_696
    assert len(mobilenet.labels) == 1000
    assert alexnet.labels is None


def test_networks_are_frozen_evaluating_and_channels_last(network):
    assert not network.module.training
    assert not any(parameter.requires_grad for parameter in network.module.parameters())
    weights = [module.weight for module in network.module.modules() if isinstance(module, nn.Conv2d)]
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in weights)
    assert all(torch.isfinite(parameter).all() for parameter in network.module.parameters())


def test_answers_have_the_shapes_of_the_papers(mobilenet, alexnet):
    pictures = torch.zeros(2, 3, 224, 224)
    with torch.inference_mode():
        assert mobilenet.module(pictures).shape == (2, 1000)
        assert alexnet.module(pictures).shape == (2, 256, 6, 6)


def test_two_loads_share_nothing():
    first, second = zoo.load("alexnet"), zoo.load("alexnet")
    first.module.conv1.weight.zero_()
    assert second.module.conv1.weight.abs().max() > 0.1


@pytest.mark.parametrize(
    ("name", "label", "least"),
    [("coffee", "espresso", 0.9), ("cat", "Egyptian cat", 0.5), ("photographer", "tripod", 0.9)],
)
def test_samples_are_named_rightly(mobilenet, name, label, least):
    with torch.inference_mode():
        pixels = zoo.read_photo(sample(name), 224)
        probabilities = mobilenet.module(zoo.prepare(mobilenet, pixels)).softmax(1)[0]
    assert mobilenet.labels[int(probabilities.argmax())] == label
    assert probabilities.max() > least


def test_the_sample_cat_is_three_kinds_of_cat(mobilenet):
    assert set(guess(mobilenet, zoo.read_photo(sample("cat"), 224))[0][:3]) == {281, 282, 285}


@pytest.mark.parametrize(("subject", "classes"), [("cat", CATS), ("dog", DOGS), ("pizza", PIZZA)])
def test_photographs_are_named_rightly(mobilenet, subject, classes):
    guesses = guess(mobilenet, read(subject, 24))
    first = np.mean([guessed[0] in classes for guessed in guesses])
    among_five = np.mean([any(index in classes for index in guessed) for guessed in guesses])
    assert first >= 0.7
    assert among_five >= 0.85


def test_the_first_filters_of_alexnet_are_waves(alexnet):
    """Most of a filter's energy lies near one spatial frequency, as in a Gabor; shuffling its weights ends that."""
    filters = alexnet.module.conv1.weight.numpy()
    shuffled = filters.reshape(64, 3, 121)[:, :, np.random.default_rng(0).permutation(121)].reshape(filters.shape)
    assert np.median(share_at_one_frequency(filters)) > 0.7
    assert np.median(share_at_one_frequency(shuffled)) < 0.2


def share_at_one_frequency(filters):
    """Return for each filter the share of its energy within three steps of 1/32 of its strongest frequency."""
    centred = filters - filters.mean((2, 3), keepdims=True)
    energy = (np.abs(np.fft.fft2(centred, s=(32, 32))) ** 2).sum(1)
    near = np.arange(-3, 4)
    shares = []
    for spectrum in energy:
        row, column = np.unravel_index(spectrum.argmax(), spectrum.shape)
        chosen = np.zeros(spectrum.shape, bool)
        chosen[np.ix_((row + near) % 32, (column + near) % 32)] = True
        chosen[np.ix_((-row + near) % 32, (-column + near) % 32)] = True
        shares.append(spectrum[chosen].sum() / spectrum.sum())
    return shares


def test_the_last_layer_of_alexnet_tells_pizza_from_dogs_and_random_weights_do_so_less(alexnet):
    torch.manual_seed(0)
    pixels = np.concatenate([read("pizza", 20), read("dog", 20)])
    pictures = zoo.prepare(alexnet, pixels)
    trained, untrained = (nearest_mean_accuracy(module, pictures) for module in (alexnet.module, make_alexnet().eval()))
    assert trained >= 0.9
    assert untrained < trained


def nearest_mean_accuracy(module, pictures):
    """Return how many of the second ten of each twenty lie nearer to the mean of their own first ten."""
    with torch.inference_mode():
        features = module(pictures).amax((2, 3)).reshape(2, 20, -1)
    features = features / (features.std((0, 1)) + 1e-9)
    means = features[:, :10].mean(1)
    distances = (features[:, 10:, None] - means).norm(dim=-1)
    return float((distances.argmin(-1) == torch.tensor([[0], [1]])).float().mean())


def test_a_flax_kernel_keeps_its_rows_and_columns():
    kernel = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)
    held = {f"Conv_{index}": {"kernel": kernel, "bias": np.zeros(5, np.float32)} for index in range(5)}
    weight = name_alexnet_weights(held)["conv3.weight"]
    assert weight.shape == (5, 4, 2, 3)
    assert weight[4, 3, 1, 2] == kernel[1, 2, 3, 4]
    assert weight[0, 1, 1, 0] == kernel[1, 0, 1, 0]


def test_labels_are_unique_and_in_order():
    labels = read_labels()
    assert len({label.lower() for label in labels}) == 1000
    assert [labels[index] for index in (0, 281, 963, 967, 999)] == [
        "tench",
        "tabby",
        "pizza",
        "espresso",
        "toilet tissue",
    ]
    assert (labels[134], labels[517]) == ("crane bird", "construction crane")


def test_prepare_is_the_formula(network):
    pixels = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), np.uint8)
    prepared = zoo.prepare(network, pixels)
    expected = ((pixels / 255 - np.array(network.mean)) / np.array(network.std)).transpose(0, 3, 1, 2)
    assert prepared.dtype == torch.float32
    assert prepared.is_contiguous(memory_format=torch.channels_last)
    np.testing.assert_allclose(prepared.numpy(), expected, atol=1e-5)


def test_prepare_takes_one_picture_that_cannot_be_written_or_is_a_view(alexnet, recwarn):
    pixels = np.random.default_rng(0).integers(0, 256, (224, 448, 3), np.uint8)
    view = pixels[:, ::-2]
    frozen = np.frombuffer(view.tobytes(), np.uint8).reshape(224, 224, 3)
    assert torch.equal(zoo.prepare(alexnet, view), zoo.prepare(alexnet, frozen))
    assert zoo.prepare(alexnet, frozen).shape == (1, 3, 224, 224)
    assert list(recwarn) == []


def test_prepare_takes_no_pictures_at_all(alexnet):
    assert zoo.prepare(alexnet, np.empty((0, 224, 224, 3), np.uint8)).shape == (0, 3, 224, 224)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((224, 224, 3), np.float32),
        np.zeros((224, 223, 3), np.uint8),
        np.zeros((224, 224), np.uint8),
        np.zeros((224, 224, 4), np.uint8),
        np.zeros((1, 1, 224, 224, 3), np.uint8),
    ],
    ids=lambda pixels: f"{pixels.dtype} {pixels.shape}",
)
def test_prepare_says_what_it_takes(alexnet, pixels):
    with pytest.raises(ValueError, match="takes uint8 pixels of shape"):
        zoo.prepare(alexnet, pixels)


@pytest.mark.parametrize("name", ["vgg", "food"])
def test_a_name_that_is_no_network_is_answered(name):
    with pytest.raises(ValueError, match="mobilenet_v2, alexnet"):
        zoo.load(name)


def test_loading_what_was_not_fetched_names_the_command_and_fetches_nothing(cache):
    with pytest.raises(zoo.Unavailable, match=as_typed("nbutils data fetch alexnet")):
        zoo.load("alexnet")
    assert not cache.exists()


def test_loading_changed_weights_is_refused(cache, monkeypatch):
    with monkeypatch.context() as patch:
        patch.delenv("NBUTILS_CACHE")
        whole = zoo.cache_folder() / "alexnet"
    folder = cache / "alexnet"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes((whole / "manifest.json").read_bytes())
    data = bytearray((whole / "weights.safetensors").read_bytes())
    data[5_000_000] ^= 1
    (folder / "weights.safetensors").write_bytes(data)
    with pytest.raises(zoo.Unavailable, match=r"has changed since it was fetched.*data verify"):
        zoo.load("alexnet")


def test_loading_and_preparing_are_quick(mobilenet):
    assert fastest(lambda: zoo.load("mobilenet_v2"), 3) < 0.3
    pixels = np.zeros((224, 224, 3), np.uint8)
    assert fastest(lambda: zoo.prepare(mobilenet, pixels), 30) < 0.001


def fastest(work, times):
    """Return the seconds of the quickest of several tries: what it costs when nothing else runs."""
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def test_the_converted_hash_is_of_the_weights_and_not_of_the_day(mobilenet):
    from safetensors.torch import save

    tensors = {name: tensor.contiguous() for name, tensor in mobilenet.module.state_dict().items()}
    shuffled = dict(sorted(tensors.items(), key=lambda item: hashlib.sha256(item[0].encode()).digest()))
    assert hashlib.sha256(save(shuffled, {"format": "pt"})).hexdigest() == find_entry("mobilenet_v2").converted_sha256
