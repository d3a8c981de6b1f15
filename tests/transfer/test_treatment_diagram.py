"""The drawing of a treatment: whose weights each layer has, which are frozen and which are new."""

import xml.etree.ElementTree as ET

import pytest

from nbutils.transfer.dashboards.treatment_diagram import describe, draw, list_layers
from nbutils.transfer.records import LAYERS, TREATMENTS, RunSettings

ALL = [
    RunSettings(treatment=name, n=n, target=target)
    for name in TREATMENTS
    for n in ((0,) if name == "base" else range(1, LAYERS))
    for target in "AB"
]


def shapes(settings):
    """The boxes of the network below: (letters, dashed) of each, its locks, and what can be pressed."""
    tree = ET.fromstring(draw(settings))  # noqa: S314  our own drawing
    tags = [(element.tag, element) for element in tree.iter()]
    texts = [element.text for tag, element in tags if tag == "text"]
    dashed = sum("stroke-dasharray" in element.attrib for tag, element in tags if tag == "rect")
    locks = sum("a2.9" in element.get("d", "") for tag, element in tags if tag == "path")
    parts = [element.get("data-part") for _, element in tags if element.get("data-part")]
    return texts, dashed, locks, parts


@pytest.mark.parametrize("settings", ALL, ids=lambda settings: settings.name)
def test_layers_are_drawn_as_the_run_has_them(settings):
    layers = list_layers(settings)
    assert len(layers) == LAYERS
    assert sum(layer.frozen for layer in layers) == settings.frozen
    assert [layer.new for layer in layers] == [number > settings.n for number in range(1, LAYERS + 1)]
    kept = {layer.origin for layer in layers[: settings.n]}
    assert kept == ({settings.source or "R"} if settings.n else set())
    texts, dashed, locks, parts = shapes(settings)
    assert dashed == LAYERS - settings.n
    assert locks == settings.frozen
    assert parts == [f"n {n}" for n in range(1, LAYERS)]
    assert all(f"{side}{number}" in texts for side in "AB" for number in range(1, LAYERS + 1))
    assert ("copied, frozen" in texts) == (settings.treatment in ("AnB", "BnB"))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            RunSettings(treatment="AnB", n=3),
            "A3B: Layers 1 to 3 come from the base of A and are frozen; layers 4 to 8 begin anew and learn B.",
        ),
        (
            RunSettings(treatment="BnB+", n=1, target="A"),
            "A1A+: Layer 1 comes from the base of A and learns on; layers 2 to 8 begin anew and learn A.",
        ),
        (
            RunSettings(treatment="random", n=7),
            "random 7, then B: Layers 1 to 7 are random and frozen; layer 8 begins anew and learns B.",
        ),
        (RunSettings(), "baseB: all 8 layers begin with random weights and learn B."),
    ],
)
def test_the_words_say_what_is_drawn(settings, told):
    assert describe(settings) == told
    assert ET.fromstring(draw(settings)).get("aria-label").endswith(told)  # noqa: S314


def test_halves_by_nature_have_their_names():
    settings = RunSettings(split="nature", treatment="AnB", n=2)
    assert "learn B, natural" in describe(settings, ("man-made", "natural"))
    assert "man-made" in shapes_texts(settings)


def shapes_texts(settings):
    tree = ET.fromstring(draw(settings, ("man-made", "natural")))  # noqa: S314
    return [element.text for element in tree.iter("text")]
