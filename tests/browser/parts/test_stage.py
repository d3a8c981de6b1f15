"""The stage draws, turns, zooms, plays, selects and sorts: read from the pixels of its canvas."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

BACKGROUND = (20, 22, 26)
ORANGE, BLUE, SEEN_THROUGH = np.array([255, 169, 14]), np.array([63, 144, 218]), 0.28
# What the canvas holds after the next picture: reading before it would find the one before.
READ = """(stage) => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
    resolve(stage.querySelector("canvas").toDataURL()))))"""
WITHOUT_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return /webgl/.test(kind) ? null : get.call(this, kind, ...rest);
};"""
# How much of the canvas is drawn on, at every picture of the screen for two thirds of a second.
WATCH = """(stage) => new Promise((resolve) => {
    const canvas = stage.querySelector("canvas"), copy = document.createElement("canvas"), counts = [];
    [copy.width, copy.height] = [90, 34];
    const context = copy.getContext("2d", { willReadFrequently: true }), begun = performance.now();
    const look = () => {
        context.drawImage(canvas, 0, 0, 90, 34);
        const data = context.getImageData(0, 0, 90, 34).data;
        let drawn = 0;
        for (let i = 0; i < data.length; i += 4) drawn += data[i] + data[i + 1] + data[i + 2] > 100;
        counts.push([drawn, Number(stage.dataset.frame)]);
        performance.now() - begun < 900 ? requestAnimationFrame(look) : resolve(counts);
    };
    look();
})"""


@pytest.fixture
def stage(parts):
    """The stage of the page of all parts, at its first view and its first frame."""
    stage = parts.get_by_role("application", name="A ball that grows")
    stage.scroll_into_view_if_needed()
    expect(stage).not_to_have_attribute("data-painted", "0")
    parts.get_by_role("slider", name="Frame").fill("0")
    expect(stage).to_have_attribute("data-frame", "0")
    stage.focus()
    parts.keyboard.press("0")
    return stage


def pixels(stage):
    """Return what the canvas shows: (height, width, 3), int."""
    encoded = stage.evaluate(READ).split(",")[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")).astype(int)


def drawn_on(picture):
    return np.abs(picture - BACKGROUND).sum(-1) > 12


def test_it_draws_on_near_black_without_asking_any_other_machine(stage, parts):
    picture = pixels(stage)
    assert tuple(picture[0, 0]) == BACKGROUND
    left, right = np.array_split(drawn_on(picture), 2, axis=1)
    assert 0.01 < left.mean() < 0.5
    assert 0.05 < right.mean() < 0.5
    assert parts.outside == []


@pytest.mark.parametrize("key", ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "+"])
def test_keys_turn_and_zoom_and_0_brings_the_first_view_back(stage, parts, key):
    before = pixels(stage)
    parts.keyboard.press(key)
    changed = pixels(stage)
    assert (changed != before).any(-1).mean() > 0.02
    parts.keyboard.press("0")
    np.testing.assert_array_equal(pixels(stage), before)


def test_a_drag_turns_and_the_button_brings_the_first_view_back(stage, parts):
    before, box = pixels(stage), stage.bounding_box()
    parts.mouse.move(box["x"] + 300, box["y"] + 150)
    parts.mouse.down()
    parts.mouse.move(box["x"] + 360, box["y"] + 170, steps=3)
    parts.mouse.up()
    assert (pixels(stage) != before).any(-1).mean() > 0.02
    expect(stage.locator(".dv-stage-ring")).to_be_hidden()
    parts.get_by_role("button", name="First view").first.click()
    np.testing.assert_array_equal(pixels(stage), before)


def test_each_frame_of_the_film_is_a_larger_ball(stage, parts):
    sizes, film = [], parts.get_by_role("group", name="Film").filter(has_text="radius")
    for radius in range(5):
        expect(film).to_contain_text(f"Frame {radius + 1} of 5: radius {radius}")
        sizes.append(drawn_on(pixels(stage)).sum())
        if radius < 4:
            film.get_by_role("button", name="Step forward").click()
            expect(stage).to_have_attribute("data-frame", str(radius + 1))
    assert sizes == sorted(set(sizes))


def test_a_film_plays_without_an_empty_picture_between_two_frames(stage, parts):
    film = parts.get_by_role("group", name="Film").filter(has_text="radius")
    film.get_by_role("button", name="Play").click()
    counts = np.array(stage.evaluate(WATCH))
    film.get_by_role("button", name="Pause").click()
    assert len(set(counts[:, 1])) >= 3
    assert counts[:, 0].min() > 0.5 * np.median(counts[:, 0])


def test_what_lies_behind_is_seen_through_blue_and_not_through_orange(stage, parts):
    # 12 times 10 degrees bring the blue pane to the front, 18 more the orange one.
    shown = []
    for turns in (12, 18):
        for _ in range(turns):
            parts.keyboard.press("ArrowLeft")
        picture = pixels(stage)
        height, width = picture.shape[:2]
        middle = picture[height // 2 - 2 : height // 2 + 3, width // 2 + height // 2 - 2 : width // 2 + height // 2 + 3]
        shown.append(np.median(middle.reshape(-1, 3), 0))
    mixed = SEEN_THROUGH * BLUE + (1 - SEEN_THROUGH) * ORANGE
    for seen, expected in zip(shown, (mixed, ORANGE), strict=True):
        # Light makes a colour darker or brighter and keeps its proportions.
        np.testing.assert_allclose(seen / seen.sum(), expected / expected.sum(), atol=0.015)


def test_a_click_and_shift_with_arrows_select(stage, parts):
    box = stage.bounding_box()
    stage.click(position={"x": box["width"] / 2 + 100, "y": box["height"] / 2})
    told = parts.get_by_text("selected shape")
    expect(told).to_have_text("selected shape 1")
    ring = stage.locator(".dv-stage-ring").bounding_box()
    assert ring["x"] == pytest.approx(box["x"] + box["width"] / 2, abs=2)
    assert ring["height"] == pytest.approx(box["height"], abs=2)
    parts.keyboard.press("Shift+ArrowLeft")
    expect(told).to_have_text("selected shape 0")
    assert stage.locator(".dv-stage-ring").bounding_box()["x"] < ring["x"] - 100


def test_a_browser_without_webgl_says_what_to_do(browser, suite):
    context = browser.new_context()
    context.add_init_script(WITHOUT_WEBGL)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(suite + "/voila/render/dev_parts.ipynb", wait_until="domcontentloaded")
    stage = page.get_by_role("application", name="A ball that grows")
    expect(stage).to_contain_text("turn on WebGL", timeout=60_000)
    assert errors == []
    context.close()
