"""The painter: what a person does becomes a picture, a step, a link; what a page sends is looked at first."""

import io
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from nbutils.forms import studio as studios
from nbutils.forms.dashboards.painter_past import MOST_STEPS, Past
from nbutils.forms.dashboards.painter_tab import Painter, make_painter, painter
from nbutils.forms.dashboards.session import Session
from nbutils.forms.painting import begin_painting, fit_height, list_mutants, paint
from nbutils.forms.studio import Studio, from_settings, to_python, to_settings
from nbutils.neat import PLANE, Evolution, Genome, Node
from nbutils.neat import Link as NeatLink
from nbutils.neat.innovations import number_link
from nbutils.widgets import Link, Shell
from tests.neat.growing import grow

TEXT = studios.write_network(list_mutants(begin_painting(2), 5, 1)[0], 1)


@pytest.fixture
def made():
    found = Painter(Studio(seed=3), Link("painter"))
    found.seen()
    return found


def seen(made):
    return np.array(Image.open(io.BytesIO(made.wall.data))).astype(int)


def is_painted(made, genome=None):
    """Whether the picture on the page is what the network paints, but for the loss of a JPEG."""
    studio, picture = made.studio, seen(made)
    high, width = picture.shape[:2]
    wanted = paint(genome or made.past.now, width, high, studio.zoom, (studio.x, studio.y))
    return np.abs(picture - wanted).mean() < 2


def press(made, text):
    pressed = {"Undo": made.undo_button, "Redo": made.redo_button}.get(text)
    for part in [] if pressed else made.page.panes.children[0].children:
        for child in getattr(part, "children", ()):
            pressed = child if getattr(child, "text", "") == text else pressed
    pressed.set_state({"value": 5})
    pressed.value += 1


def drag(slider, value):
    slider.set_state({"value": value})


def test_a_picture_its_network_its_weights_and_nine_mutants_are_there_at_first(made):
    assert is_painted(made, begin_painting(3))
    assert len(made.diagram.drawing["nodes"]) == len(PLANE.inputs) + 3
    assert len(made.mutants.rows) == 9
    assert made.error.sentence == ""
    largest = max(made.past.now.links, key=lambda link: abs(link.weight))
    assert made.diagram.selected == f"link {largest.innovation}"


def test_a_slider_on_a_weight_changes_the_picture_and_that_weight(made):
    before, link = seen(made), next(iter(made.past.now.links))
    made.diagram.set_state({"selected": f"link {link.innovation}"})
    slider = made.weights.page.children[0]
    assert slider.value == link.weight
    drag(slider, -3.25)
    weights = {one.innovation: one.weight for one in made.past.now.links}
    assert weights[link.innovation] == -3.25
    assert sum(one.weight != weights[one.innovation] for one in begin_painting(3).links) == 1
    assert np.abs(seen(made) - before).mean() > 1
    assert is_painted(made)
    assert next(row for row in made.diagram.drawing["links"] if row["number"] == link.innovation)["weight"] == -3.25


def test_dragging_one_slider_is_one_step_and_another_slider_the_next(made):
    first, second = (link.innovation for link in made.past.now.links[:2])
    for weight in (0.1, 0.2, 0.3):
        made.set_weight(first, weight)
    made.set_weight(second, 1.0)
    made.undo()
    assert next(one.weight for one in made.past.now.links if one.innovation == first) == 0.3
    made.undo()
    assert made.past.now == begin_painting(3)
    assert made.undo_button.disabled
    made.redo()
    made.redo()
    assert next(one.weight for one in made.past.now.links if one.innovation == second) == 1.0
    assert made.redo_button.disabled


def test_every_link_that_carries_something_has_a_slider_when_the_fold_is_open(made):
    fold = made.weights.page.children[1]
    sliders = fold.children[1].children[0]
    assert sliders.children == ()
    fold.heading.is_open = True
    assert sorted(one.value for one in sliders.children) == sorted(link.weight for link in made.past.now.enabled_links)
    drag(sliders.children[0], 2.5)
    assert 2.5 in [link.weight for link in made.past.now.links]
    made.mutate()
    assert len(sliders.children) == len(made.past.now.enabled_links)


def test_a_node_tells_its_function_and_what_it_sums(made):
    red = PLANE.output_numbers[0]
    made.diagram.set_state({"selected": f"node {red}"})
    function = made.past.now.nodes[0].function
    assert f"{function} of the weighted sum of" in made.told.value
    assert made.weights.page.children[0].disabled


def test_a_mutant_that_is_opened_paints_and_has_mutants_of_its_own(made):
    wanted, pictures = made._mutants[4], made.mutants.pictures
    made.mutants._receive(None, {"event": "open", "index": 4}, None)
    assert made.past.now == wanted
    assert is_painted(made, wanted)
    assert made.mutants.pictures != pictures
    made.undo()
    assert made.mutants.pictures == pictures, "the same network has the same nine"


def test_buttons_mutate_begin_anew_and_draw_nine_others(made):
    press(made, "Mutate")
    assert made.past.now != begin_painting(3)
    press(made, "Undo")
    assert made.past.now == begin_painting(3)
    pictures = made.mutants.pictures
    press(made, "Nine others")
    assert made.mutants.pictures != pictures
    press(made, "New painting")
    assert made.past.now == begin_painting(made.studio.seed) != begin_painting(3)


def test_zoom_paints_a_smaller_part_anew(made):
    drag(made.views["zoom"], 40)
    drag(made.views["x"], 0.5)
    assert (made.studio.zoom, made.studio.x) == (40, 0.5)
    assert is_painted(made)
    assert made.link.settings == {"seed": "3", "zoom": "40.0", "x": "0.5"}


def test_reset_goes_back_to_the_beginning_and_can_be_undone(made):
    made.mutate()
    mutant = made.past.now
    made.look(zoom=7.0)
    made.show(made.start)
    assert (made.past.now, made.studio) == (begin_painting(3), Studio(seed=3))
    made.undo()
    assert made.past.now == mutant


def test_a_link_opens_the_same_picture_and_the_line_of_python_too(made):
    made.mutate()
    made.look(zoom=3.0)
    other = Painter(Studio(), Link("painter"))
    other.link.arrived = {"count": 1, "settings": dict(made.link.settings)}
    assert other.past.now == made.past.now
    assert (seen(other) == seen(made)).all()
    code = to_python(made._describe())
    assert code.startswith("from nbutils.forms.dashboards import painter\npainter(")
    scope = {}
    exec(code.replace("\npainter(", "\nfound = painter("), scope)  # noqa: S102  our own line
    assert isinstance(scope["found"], Shell)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"network": "nonsense"}, "could not be read: was all of the address copied"),
        ({"zoom": "0"}, "zoom must be a number from 1 to 10000"),
        ({"zoom": "NaN"}, "zoom"),
        ({"seed": "[]"}, "seed must be a whole number"),
        ({"x": '"<script>"'}, "x must be a number from -1 to 1"),
    ],
)
def test_a_link_that_cannot_be_is_told_and_nothing_is_lost(made, settings, sentence):
    made.mutate()
    before = made.past.now
    made.link.arrived = {"count": 1, "settings": settings}
    assert sentence in made.error.sentence
    assert made.past.now == before
    assert is_painted(made)


def make_wide(hidden):
    """Return a network with so many hidden nodes side by side."""
    random, red = np.random.default_rng(1), PLANE.output_numbers[0]
    numbers = sorted(random.integers(64, 2**53 - 1, hidden).tolist())
    nodes = [*(Node(number, "tanh") for number in PLANE.output_numbers), *(Node(number, "sine") for number in numbers)]
    pairs = [pair for number in numbers for pair in ((0, number), (1, number), (number, red))]
    weights = (random.normal(size=len(pairs)) / 4).tolist()
    links = [NeatLink(number_link(*pair), *pair, weight) for pair, weight in zip(pairs, weights, strict=True)]
    return Genome(PLANE, tuple(nodes), tuple(sorted(links, key=lambda link: link.innovation)))


def test_a_network_that_is_too_large_for_a_link_still_paints_and_says_so(made):
    made.go_on(make_wide(60))
    assert is_painted(made)
    assert "too large for a link" in made.status.message
    assert made.link.settings == {}
    assert made.error.sentence == ""


def test_the_largest_network_is_painted_in_fewer_pixels_and_does_not_hold_up_the_page(made):
    wild = Evolution(mutate_add_node_probability=1, mutate_add_link_probability=1)
    largest = grow(1, 200, wild, PLANE)
    assert fit_height(largest, 480, 0.3) < 60 < fit_height(make_wide(5), 480, 0.3)
    begin = time.process_time()
    made.past.add(largest)
    made._paint()
    assert time.process_time() - begin < 3
    made.size.value = 1920
    with pytest.raises(ValueError, match="1920 pixels would take more than 20 s to paint: choose a smaller size"):
        made.save()


def test_the_file_is_a_png_painted_at_its_own_size(made):
    made.size.value = 480
    name, data = made.save()
    assert name == "painting_480.png"
    np.testing.assert_array_equal(np.array(Image.open(io.BytesIO(data))), paint(made.past.now, 640, 480))


def test_what_a_page_sends_changes_only_what_it_may(made):
    genome, data = made.past.now, made.wall.data
    made.wall.set_state({"data": b"x", "label": "<b>", "shape": [9, 9, 9]})
    made.diagram.set_state({"selected": "link 12345", "drawing": {}})
    made.mutants._receive(None, {"event": "open", "index": 99}, None)
    made.mutants._receive(None, {"event": "open", "index": "0"}, None)
    drag(made.views["zoom"], float("nan"))
    drag(made.weights.page.children[0], "many")
    assert (made.past.now, made.wall.data, made.studio) == (genome, data, Studio(seed=3))
    drag(made.views["zoom"], 1e30)
    assert made.studio.zoom == 10_000


def test_the_tab_and_the_notebook_have_links_of_their_own():
    tab = make_painter(Session())
    assert tab.link.name != "painter"
    assert tab.wall.data == b"", "nothing is painted before it is seen"
    tab.seen()
    assert tab.wall.data
    assert isinstance(painter(seed=2), Shell)
    assert "seed must be a whole number" in painter(seed=-1).sentence


def test_a_record_holds_what_differs_and_is_read_back():
    studio = Studio(seed=9, network=TEXT, zoom=2.5, x=-0.25)
    settings = to_settings(studio)
    assert settings == {"seed": "9", "network": TEXT, "zoom": "2.5", "x": "-0.25"}
    assert from_settings(settings | {"other": "1"}) == studio
    assert to_settings(Studio()) == {}
    assert studios.write_network(begin_painting(4), 4) == ""
    assert replace(studio, network="").genome == begin_painting(9)


def test_the_past_is_bounded_and_what_was_undone_is_dropped():
    past = Past(0)
    for number in range(1, MOST_STEPS + 20):
        past.add(number)
    past.move(-1000)
    assert past.now == 20
    past.move(2)
    past.add("other")
    assert (past.now, past.can_redo) == ("other", False)
    past.move(-1)
    assert past.now == 22
