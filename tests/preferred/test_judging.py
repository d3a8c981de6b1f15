from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from nbutils import zoo
from nbutils.preferred import judge
from nbutils.preferred.judging import find_same_class
from tests.preferred import networks


def test_pictures_are_judged_as_the_network_answers():
    network = networks.make_colour()
    pictures = np.random.default_rng(0).random((20, 3, 32, 32), np.float32)
    seen = (pictures - np.array(network.mean)[:, None, None]) / np.array(network.std)[:, None, None]
    with torch.no_grad():
        wanted = network.module(torch.from_numpy(seen.astype(np.float32))).softmax(1)
    for given in (pictures, torch.from_numpy(pictures)):
        np.testing.assert_allclose(judge(network, given), wanted, rtol=1e-5)


def test_pictures_of_another_size_are_resized_as_photographs_are():
    """EfficientNet-Lite0 knows a cat at any size, as it does when Pillow resizes it."""
    network = zoo.load("efficientnet_lite0")
    cat = next(photo for photo in zoo.photos() if photo.name == "cat")
    large = zoo.read_photo(cat, 300)
    resized = np.array(Image.fromarray(large).resize((224, 224), Image.Resampling.BILINEAR))
    found, wanted = (judge(network, (shown.transpose(2, 0, 1) / 255)[None])[0] for shown in (large, resized))
    assert "cat" in network.labels[found.argmax()].lower() or "tabby" in network.labels[found.argmax()].lower()
    assert np.abs(found - wanted).max() < 0.02


def test_what_cannot_judge_or_be_judged_is_a_sentence():
    with pytest.raises(ValueError, match="has no classes to judge by"):
        judge(networks.make_dead(), np.zeros((1, 3, 16, 16)))
    with pytest.raises(ValueError, match=r"shape \(n, 1, height, width\), these are \(1, 3, 28, 28\)"):
        judge(networks.make_grey(), np.zeros((1, 3, 28, 28)))


def test_a_network_that_ends_with_a_softmax_is_not_squashed_twice():
    plain = networks.make_colour()
    shared = replace(plain, module=nn.Sequential(plain.module, nn.Softmax(1)))
    pictures = np.random.default_rng(1).random((3, 3, 32, 32), np.float32)
    np.testing.assert_allclose(judge(shared, pictures), judge(plain, pictures), rtol=1e-5)


def test_a_class_is_the_same_by_its_name_in_any_case():
    maker = replace(networks.make_colour(), labels=("Cat", "dog", "fox"))
    asked = replace(maker, labels=("fox", "cat", "owl"))
    assert [find_same_class(asked, maker, named) for named in ("cat", "dog", 2)] == [1, None, 0]
    assert find_same_class(replace(asked, labels=None), maker, "dog") is None
    assert find_same_class(replace(asked, shape=(1, 32, 32)), maker, "dog") is None
