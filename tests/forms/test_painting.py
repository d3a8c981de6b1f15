"""Painted pictures: the colours that a network answers with, at any size and nearness, and their text for links."""

import base64
import json
import time
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.forms.painting import STUDIO, begin_painting, is_plain, list_mutants, paint, replace_weight
from nbutils.forms.painting_text import LONGEST_TEXT, from_text, to_text
from nbutils.neat import FUNCTIONS, PLANE, Evolution, Genome, Link, Node
from nbutils.neat.innovations import number_link
from tests.forms.bred import BALL
from tests.neat.growing import grow

RED, GREEN, BLUE = PLANE.output_numbers


def make_painter(*links, function="linear"):
    """Return the network of links (input's name, output, weight)."""
    made = [
        Link(number_link(PLANE.inputs.index(name), to), PLANE.inputs.index(name), to, float(weight))
        for name, to, weight in links
    ]
    nodes = tuple(Node(number, function) for number in PLANE.output_numbers)
    return Genome(PLANE, nodes, tuple(sorted(made, key=lambda link: link.innovation)))


SLOPES = make_painter(("x", RED, 1), ("y", GREEN, 1), ("bias", BLUE, -0.2))


def test_x_goes_right_y_goes_up_and_minus_one_to_one_are_the_colours():
    picture = paint(SLOPES, 200, 100)
    assert picture.shape == (100, 200, 3)
    y = 1 - (np.arange(100) + 0.5) / 50
    np.testing.assert_allclose(picture[:, 0, 1], (y + 1) * 127.5, atol=0.51)
    x = -2 + (np.arange(200) + 0.5) / 50
    np.testing.assert_allclose(picture[0, :, 0], (np.clip(x, -1, 1) + 1) * 127.5, atol=0.51)
    assert (picture[..., 2] == 102).all()


def test_a_larger_picture_is_the_same_picture_with_more_pixels():
    genome = list_mutants(begin_painting(3), 4)[0]
    coarse, fine = paint(genome, 30, 20), paint(genome, 90, 60)
    np.testing.assert_array_equal(fine[1::3, 1::3], coarse)


def test_zoom_paints_a_part_anew():
    genome = begin_painting(5)
    whole, part = paint(genome, 99, 99), paint(genome, 33, 33, zoom=3)
    np.testing.assert_allclose(part.astype(int), whole[33:66, 33:66].astype(int), atol=1)
    aside = paint(genome, 33, 33, zoom=3, centre=(-2 / 3, 2 / 3))
    np.testing.assert_allclose(aside.astype(int), whole[:33, :33].astype(int), atol=1)


@pytest.mark.parametrize(
    ("size", "zoom"),
    [((0, 9), 1), ((9, 5000), 1), ((9.0, 9), 1), ((9, True), 1), ((9, 9), 0.5), ((9, 9), float("nan")), ((9, 9), "2")],
)
def test_a_size_and_a_zoom_that_cannot_be_are_refused(size, zoom):
    with pytest.raises(ValueError, match=r"pixels, got|zoom must be a number from 1"):
        paint(SLOPES, *size, zoom=zoom)


@pytest.mark.parametrize("centre", [(float("nan"), 0), (0, float("inf"))])
def test_a_centre_that_is_nowhere_is_refused(centre):
    with pytest.raises(ValueError, match="two finite numbers"):
        paint(SLOPES, 9, 9, centre=centre)


def test_a_network_of_a_shape_does_not_paint():
    with pytest.raises(ValueError, match="A painter's outputs are red, green, blue, got field"):
        paint(BALL, 9, 9)


def test_a_painting_begins_with_few_links_and_more_than_one_colour():
    for seed in range(12):
        genome = begin_painting(seed)
        assert begin_painting(seed) == genome
        assert len(genome.nodes) == 3
        assert np.ptp(paint(genome, 40, 40), axis=(0, 1)).max() >= 8
    assert begin_painting(1) != begin_painting(2)


def test_what_is_of_one_colour_is_plain():
    assert is_plain(make_painter(("bias", RED, 0.3)))
    assert not is_plain(SLOPES)


def test_mutants_are_nine_lively_children_that_a_seed_gives_again():
    genome = begin_painting(1)
    mutants = list_mutants(genome, 8)
    assert len(mutants) == 9
    assert mutants == list_mutants(genome, 8)
    assert mutants != list_mutants(genome, 9)
    assert not any(is_plain(mutant) for mutant in mutants)
    assert sum(mutant != genome for mutant in mutants) >= 8


def test_networks_that_can_paint_only_one_colour_end_the_search():
    only_bias = make_painter(("bias", RED, 1))
    frozen = Evolution(mutate_add_node_probability=0, mutate_add_link_probability=0, mutate_demolish_link_probability=0)
    assert len(list_mutants(only_bias, 1, settings=frozen)) == 9


def test_one_weight_is_replaced_and_no_other():
    link = SLOPES.links[0]
    changed = replace_weight(SLOPES, link.innovation, -0.25)
    assert [one.weight for one in changed.links] == [-0.25, *(one.weight for one in SLOPES.links[1:])]
    with pytest.raises(ValueError, match="This network has no link 5"):
        replace_weight(SLOPES, 5, 1.0)
    with pytest.raises(ValueError, match="A weight must be a number"):
        replace_weight(SLOPES, link.innovation, float("nan"))


def test_half_a_thousand_pixels_square_are_painted_at_once():
    genome = begin_painting(1)
    for step in range(15):
        genome = list_mutants(genome, step, 1)[0]
    begin = time.process_time()
    paint(genome, 512, 512)
    assert time.process_time() - begin < 0.3


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 12))
def test_a_painting_is_read_from_its_text_as_it_was(seed, mutations):
    genome = begin_painting(seed)
    for step in range(mutations):
        genome = list_mutants(genome, step, 1, STUDIO)[0]
    text = to_text(genome)
    assert from_text(text) == genome
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_only_networks_of_the_plane_that_are_not_too_large_fit_into_a_link():
    with pytest.raises(ValueError, match="only networks that paint x and y"):
        to_text(BALL)
    wild = Evolution(mutate_add_node_probability=1, mutate_add_link_probability=1, functions=tuple(FUNCTIONS))
    with pytest.raises(ValueError, match=r"too large for a link: .* 1,800 fit"):
        to_text(grow(1, 90, wild, PLANE))


def pack(held):
    text = held if isinstance(held, bytes) else json.dumps(held).encode()
    return base64.urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip("=")


NODES = [[4, 0], [5, 1], [6, 2]]
HOSTILE = {
    "nothing": "",
    "no text": None,
    "markup": "<script>",
    "too long": "A" * (LONGEST_TEXT + 1),
    "no zlib": base64.urlsafe_b64encode(b"hello").decode(),
    "cut off": to_text(begin_painting(1))[:-9],
    "a bomb": pack(b" " * 1_000_000),
    "no JSON": pack(b"{"),
    "a list": pack([]),
    "a name more": pack({"nodes": NODES, "links": [], "more": 1}),
    "no outputs": pack({"nodes": [], "links": []}),
    "a function that is none": pack({"nodes": [[4, 7], [5, 1], [6, 2]], "links": []}),
    "a node of text": pack({"nodes": ["ab", [5, 1], [6, 2]], "links": []}),
    "a short link": pack({"nodes": NODES, "links": [[0, 4, 1]]}),
    "a link to nowhere": pack({"nodes": NODES, "links": [[0, 9, 1, 1]]}),
    "a link into an input": pack({"nodes": NODES, "links": [[0, 1, 1, 1]]}),
    "a link twice": pack({"nodes": NODES, "links": [[0, 4, 1, 1], [0, 4, 2, 1]]}),
    "a large weight": pack({"nodes": NODES, "links": [[0, 4, 1e9, 1]]}),
    "a weight that is none": pack(b'{"nodes": [[4,0],[5,1],[6,2]], "links": [[0,4,NaN,1]]}'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_from_anywhere_is_a_painting_or_a_sentence(name):
    begin = time.process_time()
    with pytest.raises(ValueError, match=r"\.$|\?$") as caught:
        from_text(HOSTILE[name])
    assert time.process_time() - begin < 0.5
    assert len(str(caught.value)) < 300


def test_no_mutant_is_the_network_itself():
    parent = begin_painting(3)
    assert parent not in list_mutants(parent, seed=0, number=300)
