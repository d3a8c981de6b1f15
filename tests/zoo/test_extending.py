"""The examples of docs/extending.md run as they are printed, and do what is said of them."""

import re
import runpy
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
import torch
from PIL import Image

from nbutils import preferred, probe, zoo
from nbutils.boltzmann import Training, initial_machine, save_machine

DOCUMENT = (Path(__file__).parents[2] / "docs" / "extending.md").read_text("utf-8")


def blocks(title):
    """Return the code of one section, in its order."""
    (section,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    code = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert code
    return code


@pytest.fixture
def run(torchvision, monkeypatch, tmp_path):
    """Return a function that runs code as a cell does and gives the value of its last line; resnet18 downloads nothing.

    Names are shared by the cells of one test, as in a notebook.
    """
    made = torchvision.models.resnet18
    monkeypatch.setattr(torchvision.models, "resnet18", lambda weights: made(weights=None))
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    names = {}

    def run_cell(code):
        *lines, last = code.rstrip().splitlines()
        (tmp_path / "cell.py").write_text("\n".join([*lines, f"value = {last}"]), "utf-8")
        names.update(runpy.run_path(str(tmp_path / "cell.py"), names))
        return names, names["value"]

    return run_cell


def listed(network):
    """Return {name: layer} of a wrapped network."""
    example = zoo.prepare(network, np.zeros((network.size, network.size, 3), np.uint8))
    return {layer.name: layer for layer in probe.layers(network.module, example)}


def test_a_network_of_torchvision(run):
    (code,) = blocks("A network of torchvision")
    names, page = run(code)
    network = names["network"]
    assert isinstance(page, ipywidgets.Widget)
    assert (network.shape, len(network.labels), network.parameters) == ((3, 224, 224), 1000, 11_689_512)
    layers = listed(network)
    assert {"layer1.0.relu", "layer1.0.add()", "layer1.0.relu@2", "fc"} <= set(layers)
    assert "ResNet-18" in told(page)


def test_one_channel_of_28_pixels_and_a_preparation_of_ones_own(run):
    first, second = blocks("One channel, 28 pixels")
    names, page = run(first)
    assert isinstance(page, ipywidgets.Widget)
    layers = listed(names["network"])
    assert list(layers) == ["conv1", "relu()", "max_pool2d()", "conv2", "relu()@2", "max_pool2d()@2", "classes"]
    names, page = run(second)
    assert isinstance(page, ipywidgets.Widget)
    white = np.full((28, 28, 3), 255, np.uint8)
    usual, inverted = (zoo.prepare(names[name], white) for name in ("network", "inverted"))
    assert torch.allclose(usual, torch.tensor((1 - 0.1307) / 0.3081))
    assert torch.allclose(inverted, torch.tensor(-0.1307 / 0.3081))


def test_a_vision_transformer_and_what_is_seen_of_it(run, capsys):
    (code,) = blocks("A vision transformer")
    names, page = run(code)
    assert isinstance(page, ipywidgets.Widget)
    layers = listed(names["network"])
    attention = layers["encoder.layers.encoder_layer_0.self_attention.attention()"]
    assert (attention.kind, attention.shape) == ("attention", (4, 8, 8))
    assert layers["encoder.layers.encoder_layer_2.ln_1"].shape == (64, 8, 8)
    (code,) = blocks("What is seen, and what is not")
    run(code)
    said = capsys.readouterr().out.splitlines()
    assert said[:-1] == [f"{layer.name} {layer.kind} {layer.shape}" for layer in layers.values()]
    assert said[-1] == "()"


def test_photographs_of_ones_own(run, tmp_path, capsys):
    (tmp_path / "holiday").mkdir()
    for name, colour in (("sea", "blue"), ("wood", "green")):
        Image.new("RGB", (300, 200), colour).save(tmp_path / "holiday" / f"{name}.jpg")
    (tmp_path / "holiday" / "letter.jpg").write_text("Dear all,")
    (code,) = blocks("Your own photographs")
    _, page = run(code)
    assert isinstance(page, ipywidgets.Widget)
    assert capsys.readouterr().out == "2 photographs; 1 skipped: 1 is no picture (letter.jpg).\n"
    assert "sea.jpg" in told(page)


def test_what_excites_a_unit_in_photographs_of_ones_own(run, tmp_path, capsys):
    (tmp_path / "holiday").mkdir()
    rng = np.random.default_rng(0)
    for name in ("sea", "wood"):
        Image.fromarray(rng.integers(0, 256, (60, 80, 3), np.uint8)).save(tmp_path / "holiday" / f"{name}.png")
    (code,) = blocks("What excites a unit in your photographs")
    names, back = run(code)
    assert capsys.readouterr().out == "1 of 2 photographs\n2 of 2 photographs\n"
    assert names["photo"].name in ("sea.png", "wood.png")
    assert names["crop"].shape == back.shape == (163, 163, 3)
    run(code)
    assert capsys.readouterr().out == "2 of 2 photographs\n"


def told(page):
    """Return all texts of all widgets on a page."""
    texts, waiting = [], [page]
    while waiting:
        widget = waiting.pop()
        waiting += [*getattr(widget, "children", ()), *getattr(widget, "parts", ())]
        texts += [str(value) for value in widget.get_state().values()]
    return " ".join(texts)


def test_what_a_unit_of_ones_own_network_prefers(run, tmp_path):
    (network_code, _), (code,) = blocks("One channel, 28 pixels"), blocks("What a unit of your network prefers")
    run(network_code)
    names, reached = run(code)
    first, *_ = preferred.maximizing.every_step(names["network"], names["recipe"])
    assert (reached > first.objectives).all()
    assert not names["last"].silent.any()
    *_, again = preferred.remake(names["network"], preferred.read_saved(tmp_path / "two.png"))
    assert again.pictures.tobytes() == names["last"].pictures.tobytes()


def test_examples_of_ones_own_and_the_weights_that_come_back(run, tmp_path, capsys):
    (tmp_path / "letters").mkdir()
    for number in range(24):
        pixels = np.random.default_rng(number).integers(0, 256, (30, 30), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "letters" / f"{number}.png")
    first, second = blocks("Your own examples for a Boltzmann machine")
    names, page = run(first)
    assert capsys.readouterr().out.startswith("letters: 24 examples of 20 x 20 numbers.\n")
    assert isinstance(page, ipywidgets.Widget)
    assert "24 examples of 20 x 20 numbers" in told(page)
    save_machine(tmp_path / "letters.safetensors", initial_machine(names["examples"].train, Training(hidden=50)))
    names, means = run(second)
    assert names["machine"].hidden == 50
    assert means.shape == (16, 20, 20)
    assert ((means > 0) & (means < 1)).all()


def test_the_document_says_the_bounds_that_hold():
    from nbutils.rbm.own import LEAST_EXAMPLES
    from nbutils.rbm.own_files import MOST_BYTES, MOST_NUMBERS, MOST_VISIBLE
    from nbutils.zoo.contact_sheet import MOST
    from nbutils.zoo.folder import MOST_FILES
    from nbutils.zoo.pixels import MAX_IMAGE_PIXELS

    assert f"Up to {MOST_FILES:,} files" in DOCUMENT
    assert f"More than {MAX_IMAGE_PIXELS // 1_000_000} million pixels" in DOCUMENT
    assert f"up to {2 * Image.MAX_IMAGE_PIXELS // 1_000_000} million" in DOCUMENT
    assert f"the first {MOST:,} are kept" in DOCUMENT
    assert f"At least {LEAST_EXAMPLES} examples, at most {MOST_VISIBLE:,} numbers in each" in DOCUMENT
    assert f"and {MOST_NUMBERS // 1_000_000} million together; files of up to {MOST_BYTES // 1_000_000} MB" in DOCUMENT
