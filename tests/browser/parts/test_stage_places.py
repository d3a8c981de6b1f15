"""Shapes come into their places, are chosen, turned and opened; pieces stand on a board: read from the pixels."""

import base64
import io
import re

import nbformat
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

BACKGROUND = (20, 22, 26)
GREEN = np.array([0x30, 0xA0, 0x40])
CELLS = (
    """
import ipywidgets as ipw
import numpy as np
from nbutils.figures.scenes import Mesh, Voxels
from nbutils.widgets import StatusLine
from nbutils.widgets.stage_board import BoardStage, Piece
from nbutils.widgets.stage_places import PlaceStage

def body(values, **more):
    surface = Voxels(values).cover()
    return Mesh(surface.vertices, surface.triangles, flat=True, **more)

corner = np.zeros((4, 4, 8))
corner[:2], corner[:, :2, 4:] = 1, 1
coarse, fine, tower = body(corner), body(np.kron(corner, np.ones((2, 2, 2)))), body(np.ones((2, 2, 4)))
fine = Mesh(fine.vertices / 2, fine.triangles, flat=True)
corners = np.array([[bit >> axis & 1 for axis in range(3)] for bit in range(8)]) * 4.0
sides = [(0, 4, 6, 2), (1, 3, 7, 5), (0, 1, 5, 4), (2, 6, 7, 3), (0, 2, 3, 1), (4, 5, 7, 6)]
cube = Mesh(corners, np.array([(a, b, c) for a, b, c, _ in sides] + [(a, c, d) for a, _, c, d in sides]))
box, told = ((0, 0, 0), (4, 4, 8)), StatusLine()
""",
    """
stage = PlaceStage("Six shapes", height=330, enter="tells")
stage.on_act(lambda: told.say(f"acted with {list(stage.chosen)}"))
stage.on_open(lambda index: told.say(f"opened {index}"))
def lay_out(_=None):
    stage.lay_out([f"shape {index + 1}" for index in range(6)], 3, box=box)
def fill(_=None):
    lay_out()
    stage.put_all([coarse] * 6)
def button(name, act):
    made = ipw.Button(description=name)
    made.on_click(act)
    return made
names = {"Empty": lay_out, "Fill": fill,
         "Put 3": lambda _: stage.put(2, coarse), "Finer 3": lambda _: stage.put(2, fine),
         "Cube in 1": lambda _: stage.put(0, cube),
         "None in 5": lambda _: stage.put(4, None), "Clear": lambda _: stage.clear("Nothing was bred yet.")}
fill()
ipw.VBox([stage, ipw.HBox([button(*item) for item in names.items()]), told])
""",
    """
board = BoardStage("Three towers", height=330)
board.show_board([Piece(tower, 4, 0, "#30a040", "green tower"), Piece(tower, 4, 1, "#3f6f9e", "blue tower"),
                  Piece(tower, 0, 7, "#3f6f9e", "far tower")])
board
""",
)
# What the canvas holds after the next picture: reading before it would find the one before.
READ = """(stage) => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
    resolve(stage.querySelector("canvas").toDataURL()))))"""
# The least and the most that is drawn of a place, at every picture of the screen until its shape is another.
WATCH = """async ([stage, place, act]) => {
    const canvas = stage.querySelector("canvas"), copy = document.createElement("canvas"), counts = [];
    [copy.width, copy.height] = [60, 60];
    const context = copy.getContext("2d", { willReadFrequently: true });
    const drawn = () => stage.dataset.drawn.split(",")[place], before = drawn();
    const ratio = canvas.width / canvas.clientWidth;
    const box = stage.querySelectorAll("[role=option]")[place].getBoundingClientRect();
    const from = canvas.getBoundingClientRect();
    const cut = [box.left - from.left, box.top - from.top, box.width, box.height].map((side) => side * ratio);
    act.click();
    for (let after = 0; after < 4; after += drawn() !== before) {
        context.drawImage(canvas, ...cut, 0, 0, 60, 60);
        const data = context.getImageData(0, 0, 60, 60).data;
        let number = 0;
        for (let i = 0; i < data.length; i += 4) number += data[i] + data[i + 1] + data[i + 2] > 100;
        counts.push(number);
        await new Promise(requestAnimationFrame);
    }
    return counts;
}"""
# Ten pictures of the screen: time enough to turn, where anything turned by itself.
REST = """async () => { for (let turn = 0; turn < 10; turn++) await new Promise(requestAnimationFrame); }"""
LOSE = """(stage) => {
    const canvas = stage.querySelector("canvas"), context = canvas.getContext("webgl2") || canvas.getContext("webgl");
    window.taken = context.getExtension("WEBGL_lose_context");
    window.taken.loseContext();
}"""


@pytest.fixture(scope="module")
def page(serve, open_for_module, tmp_path_factory):
    """A page with six places and a board, both drawn."""
    folder = tmp_path_factory.mktemp("stages")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in CELLS])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "stages.ipynb")
    page = open_for_module(serve("--notebooks", str(folder)) + "/voila/render/stages.ipynb", wait=".dv-stage3")
    expect(page.get_by_role("application", name="Three towers")).to_have_attribute("data-drawn", "1")
    return page


@pytest.fixture
def stage(page):
    """The six places, filled, nothing chosen, at the first view."""
    stage = page.get_by_role("listbox", name="Six shapes")
    before = stage.get_attribute("data-drawn")
    page.get_by_role("button", name="Fill").click()
    expect(stage).not_to_have_attribute("data-drawn", before)
    expect(stage).to_have_attribute("data-drawn", re.compile("^([1-9][0-9]*,?){6}$"))
    stage.focus()
    page.keyboard.press("0")
    yield stage
    assert page.errors == []


@pytest.fixture
def board(page):
    board = page.get_by_role("application", name="Three towers")
    board.focus()
    page.keyboard.press("0")
    yield board
    assert page.errors == []


def pixels(stage):
    """Return what the canvas shows: (height, width, 3), int."""
    encoded = stage.evaluate(READ).split(",")[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")).astype(int)


def places(stage):
    """Return what each place shows: six of (height, width, 3), int."""
    picture, frame = pixels(stage), stage.bounding_box()
    ratio, cut = picture.shape[1] / frame["width"], []
    for option in stage.get_by_role("option").all():
        box = option.bounding_box()
        left, top = (round((box[side] - frame[side]) * ratio) for side in "xy")
        side = int(box["width"] * ratio)
        cut.append(picture[max(0, top) : top + side, left : left + side])
    return cut


def changed(before, after):
    """Return the indices of the places that look different."""
    return [index for index, (old, new) in enumerate(zip(before, after, strict=True)) if not np.array_equal(old, new)]


def drawn_on(picture):
    return (np.abs(picture - BACKGROUND).sum(-1) > 12).mean()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_each_place_waits_until_its_shape_comes_and_no_other_changes(stage, page):
    page.get_by_role("button", name="Empty").click()
    expect(stage).to_have_attribute("data-drawn", "0,0,0,0,0,0")
    empty = places(stage)
    assert max(map(drawn_on, empty)) == 0
    third = stage.get_by_role("option").nth(2)
    expect(third).to_have_accessible_name("shape 3, being made")
    expect(third.locator(".dv-stage-loading")).to_be_visible()
    page.get_by_role("button", name="Put 3").click()
    expect(stage).to_have_attribute("data-drawn", re.compile("^0,0,[1-9][0-9]*,0,0,0$"))
    filled = places(stage)
    assert changed(empty, filled) == [2]
    assert drawn_on(filled[2]) > 0.05
    expect(third).to_have_accessible_name("shape 3")
    expect(third.locator(".dv-stage-loading")).to_be_hidden()
    expect(stage.locator(".dv-stage-loading").nth(3)).to_be_visible()


def test_a_place_without_a_shape_says_so(stage, page):
    page.get_by_role("button", name="None in 5").click()
    expect(stage.get_by_text("no shape").nth(4)).to_be_visible()
    assert drawn_on(places(stage)[4]) == 0


def test_a_finer_shape_takes_the_place_of_a_coarse_one_without_an_empty_picture_between(stage, page):
    before = places(stage)
    act = page.get_by_role("button", name="Finer 3").element_handle()
    counts = np.array(page.evaluate(WATCH, [stage.element_handle(), 2, act]))
    assert counts.min() > 0.9 * counts.max()
    after = places(stage)
    # The same body with four times the faces: nothing jumps, and nobody else is touched.
    assert drawn_on(after[2]) == pytest.approx(drawn_on(before[2]), rel=0.02)
    assert set(changed(before, after)) <= {2}


def test_a_sharp_edge_stays_sharp_where_its_triangles_share_their_corners(stage, page):
    before = stage.get_attribute("data-drawn")
    page.get_by_role("button", name="Cube in 1").click()
    expect(stage).not_to_have_attribute("data-drawn", before)
    seen = places(stage)[0].reshape(-1, 3)
    _, number = np.unique(seen[np.abs(seen - BACKGROUND).sum(-1) > 12], axis=0, return_counts=True)
    large = number > 0.1 * number.sum()
    # Three sides of a cube are seen, each of one colour.
    assert large.sum() == 3
    assert number[large].sum() > 0.85 * number.sum()


def test_keys_choose_many_places_and_enter_acts_on_them(stage, page):
    press(page, "ArrowRight", "ArrowRight", " ", "ArrowDown", " ")
    expect(page.get_by_text("shape 5, chosen; 2 chosen in all")).to_be_attached()
    selected = stage.get_by_role("option", selected=True)
    expect(selected).to_have_count(2)
    assert [option.get_attribute("aria-label") for option in selected.all()] == ["shape 2", "shape 5"]
    # Never colour alone: the chosen have a check mark.
    expect(stage.locator(".dv-stage-check:visible")).to_have_count(2)
    cursor = stage.get_attribute("aria-activedescendant")
    assert page.locator(f"#{cursor}").get_attribute("aria-label") == "shape 5"
    press(page, "Enter")
    expect(page.get_by_text("acted with [1, 4]")).to_be_visible()
    press(page, " ", "o")
    expect(selected).to_have_count(1)
    expect(page.get_by_text("opened 4")).to_be_visible()


def test_a_click_chooses_and_a_double_click_opens_and_changes_nothing_else(stage, page):
    options = stage.get_by_role("option")
    options.nth(5).click()
    expect(options.nth(5)).to_have_attribute("aria-selected", "true")
    options.nth(0).dblclick()
    expect(page.get_by_text("opened 0")).to_be_visible()
    expect(stage.get_by_role("option", selected=True)).to_have_count(1)


def test_all_shapes_turn_together_or_only_the_one_that_is_meant(stage, page):
    first = places(stage)
    press(page, "Shift+ArrowLeft")
    assert changed(first, places(stage)) == list(range(6))
    press(page, "0")
    assert changed(first, places(stage)) == []
    together = page.get_by_role("switch", name="Turn all together")
    together.uncheck()
    box = stage.get_by_role("option").nth(1).bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 70, steps=2)
    page.mouse.up()
    assert changed(first, places(stage)) == [1]
    expect(stage.get_by_role("option", selected=True)).to_have_count(0)
    together.check()
    assert changed(first, places(stage)) == []


def test_shapes_turn_by_themselves_only_when_asked_to_and_never_for_who_wants_no_motion(stage, page):
    gently, first = page.get_by_role("switch", name="Turn gently"), places(stage)
    painted = stage.get_attribute("data-painted")
    page.emulate_media(reduced_motion="reduce")
    gently.check()
    page.evaluate(REST)
    assert stage.get_attribute("data-painted") == painted
    page.emulate_media(reduced_motion="no-preference")
    gently.uncheck()
    gently.check()
    expect(stage).not_to_have_attribute("data-painted", painted)
    gently.uncheck()
    assert changed(first, places(stage)) == list(range(6))
    painted = stage.get_attribute("data-painted")
    page.evaluate(REST)
    assert stage.get_attribute("data-painted") == painted


def test_a_lost_graphics_card_is_said_and_what_was_drawn_comes_back_with_it(stage, page):
    first = places(stage)
    stage.evaluate(LOSE)
    expect(stage.get_by_text("took the graphics card away")).to_be_visible()
    page.evaluate("window.taken.restoreContext()")
    expect(stage.get_by_text("took the graphics card away")).to_be_hidden()
    assert changed(first, places(stage)) == []


def test_a_cleared_stage_says_what_to_do(stage, page):
    page.get_by_role("button", name="Clear").click()
    expect(stage.get_by_text("Nothing was bred yet.")).to_be_visible()
    expect(stage.get_by_role("option")).to_have_count(0)


def at_middle_of(board, colour):
    """Return the middle of what has a colour: (x, y) in pixels of the page, and how many pixels have it."""
    picture = pixels(board)
    shares = picture / np.maximum(picture.sum(-1, keepdims=True), 1)
    rows, columns = np.nonzero((np.abs(shares - colour / colour.sum()) < 0.012).all(-1) & (picture.sum(-1) > 150))
    ratio = picture.shape[1] / board.bounding_box()["width"]
    return np.median(columns) / ratio, np.median(rows) / ratio, len(rows)


def test_a_click_selects_the_piece_that_is_seen_there(board, page):
    x, y, _ = at_middle_of(board, GREEN)
    board.click(position={"x": x, "y": y})
    expect(page.get_by_text("green tower, e1 selected")).to_be_attached()
    ring, frame = board.locator(".dv-stage-ring").bounding_box(), board.bounding_box()
    assert ring["x"] < frame["x"] + x < ring["x"] + ring["width"]
    assert ring["y"] < frame["y"] + y < ring["y"] + ring["height"]
    press(page, "Shift+ArrowUp")
    expect(page.get_by_text("blue tower, e2 selected")).to_be_attached()


def test_what_stands_in_front_hides_what_is_behind_it_from_either_side(board, page):
    # Two times 10 degrees: the board is seen straight on, the green tower before the blue one; 18 more, behind it.
    press(page, *["ArrowLeft"] * 2, *["ArrowUp"] * 2)
    _, _, before = at_middle_of(board, GREEN)
    press(page, *["ArrowLeft"] * 18)
    _, _, behind = at_middle_of(board, GREEN)
    assert 0 < behind < 0.8 * before


def test_a_board_turns_by_hand_never_shows_its_lower_side_and_comes_back(board, page):
    first = pixels(board)
    press(page, "ArrowRight", "+")
    assert (pixels(board) != first).any(-1).mean() > 0.02
    press(page, *["ArrowUp"] * 12)
    lowest = pixels(board)
    press(page, "ArrowUp")
    np.testing.assert_array_equal(pixels(board), lowest)
    page.get_by_role("button", name="First view").nth(1).click()
    np.testing.assert_array_equal(pixels(board), first)
