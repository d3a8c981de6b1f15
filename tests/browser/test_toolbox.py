"""The live toolbox as a visitor uses it: a real browser, a camera that shows a cat, the real networks."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.seeing import find_faults, read_pixels

CHAPTER = "/voila/render/06_deepvis.ipynb"
WALL = ".dv-channels .dv-wall"
PAINTED = f"Number(document.querySelector('{WALL}').dataset.painted)"
HASH = f"""() => {{
  const canvas = document.querySelector('{WALL} canvas');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum = (sum * 31 + data[i]) % 4294967296;
  return canvas.width + 'x' + canvas.height + ':' + sum;
}}"""


def wait_for_wall(page: Page) -> Page:
    page.wait_for_function(f"document.querySelector('{WALL}') && {PAINTED} > 0", timeout=60_000)
    return page


@pytest.fixture(scope="module")
def opened(open_for_module):
    """The chapter, opened once for most tests of this file."""
    return wait_for_wall(open_for_module(CHAPTER, wait=WALL))


@pytest.fixture
def toolbox(opened):
    """The toolbox as it is when it is opened, with the browser's own camera."""
    opened.evaluate("() => { delete navigator.mediaDevices; delete navigator.mediaDevices.getUserMedia; }")
    opened.get_by_role("button", name="Reset").first.click()
    opened.wait_for_function("() => !/toolbox.(?!channel)/.test(location.hash)")
    # What is out of sight is not computed.
    opened.evaluate("document.querySelector('.dv-shell').scrollIntoView()")
    expect(heading(opened)).to_contain_text("block 14 expand relu")
    expect(opened.locator(".dv-camera img")).to_have_attribute("alt", "photograph cat")
    expect(opened.locator(".dv-camera img")).to_be_visible()
    opened.errors.clear()
    return opened


@pytest.fixture
def short(toolbox):
    """The toolbox in a window that shows only the upper part of it."""
    toolbox.set_viewport_size({"width": 1400, "height": 330})
    toolbox.evaluate("document.querySelector('.dv-shell').scrollIntoView()")
    yield toolbox
    toolbox.set_viewport_size({"width": 1400, "height": 900})


@pytest.fixture
def fresh(open_page):
    """The chapter opened anew, with its first photograph on the wall."""
    return wait_for_wall(open_page(CHAPTER, wait=WALL))


def guesses(page: Page) -> list[str]:
    return page.locator(".dv-bars li:visible .name").all_inner_texts()


def start_camera(page: Page) -> None:
    sent = "Number(document.querySelector('.dv-camera').dataset.sent)"
    before = page.evaluate(f"[{sent}, {PAINTED}]")
    page.get_by_text("Camera", exact=True).first.click()
    page.wait_for_function(
        f"([sent, painted]) => {sent} > sent + 5 && {PAINTED} > painted + 5", arg=before, timeout=20_000
    )


def choose(page: Page, name: str, label: str) -> None:
    page.get_by_role("group", name="Live toolbox").get_by_label(name, exact=True).select_option(label=label)


def heading(page: Page):
    return page.locator(".dv-stage h3").first


@pytest.mark.alone
def test_a_cat_before_the_camera_is_called_a_cat_within_five_seconds(fresh, keep_screen):
    fresh.get_by_text("Camera", exact=True).first.click()
    names = fresh.get_by_label("the network's five best guesses", exact=True)
    expect(names).to_contain_text(re.compile("tabby|tiger cat|Egyptian cat"), timeout=5_000)
    expect(fresh.locator(".dv-shell").first).to_contain_text("frames/s", timeout=5_000)
    keep_screen(fresh, "toolbox_camera")
    assert fresh.errors == []
    assert fresh.outside == []


def test_a_photograph_is_on_the_wall_before_anything_is_pressed(toolbox, keep_screen):
    assert any("cat" in name for name in guesses(toolbox))
    assert toolbox.locator(".dv-camera img").get_attribute("alt") == "photograph cat"
    before = toolbox.evaluate(HASH)
    toolbox.get_by_role("button", name="Next").click()
    expect(toolbox.locator(".dv-camera img")).not_to_have_attribute("alt", "photograph cat")
    toolbox.wait_for_function(f"before => ({HASH})() !== before", arg=before)
    keep_screen(toolbox, "toolbox_photographs")


def test_choosing_a_layer_and_a_network_changes_the_wall(toolbox):
    before = toolbox.evaluate(HASH)
    choose(toolbox, "Layer", "block 2 expand · 96 × 112 × 112")
    expect(heading(toolbox)).to_contain_text("96 channels, 112 × 112")
    toolbox.wait_for_function(f"before => ({HASH})() !== before", arg=before)
    choose(toolbox, "Layer", "classes · 1000")
    expect(heading(toolbox)).to_contain_text("1000 units")
    choose(toolbox, "Network", "AlexNet")
    expect(heading(toolbox)).to_contain_text("relu5 activation: 256 channels, 13 × 13")
    expect(toolbox.get_by_text("no classes").first).to_be_visible()
    assert toolbox.errors == []


def test_click_and_keys_select_a_channel_and_step_through_layers(toolbox):
    wall, caption = toolbox.locator(WALL), toolbox.locator(".dv-details h3").first
    wall.locator("canvas").click(position={"x": 4, "y": 4}, force=True)
    expect(caption).to_have_text("block 14 expand relu · channel 0")
    wall.press("ArrowRight")
    expect(caption).to_have_text("block 14 expand relu · channel 1")
    wall.press("End")
    expect(caption).to_have_text("block 14 expand relu · channel 575")
    wall.press("PageDown")
    expect(heading(toolbox)).to_contain_text("block 14 depthwise convolution")
    wall.press("PageUp")
    wall.press("PageUp")
    expect(heading(toolbox)).to_contain_text("block 14 expand norm normalization")
    wall.press("Home")
    expect(caption).to_have_text("block 14 expand norm · channel 0")


def test_hovering_tells_the_channel_and_its_range(toolbox):
    box = toolbox.locator(f"{WALL} canvas").bounding_box()
    toolbox.mouse.move(box["x"] + 4, box["y"] + 4)
    expect(toolbox.locator(".dv-wall-tip").first).to_have_text(re.compile(r"channel 0 · \S+ to \S+"))


def test_every_channel_is_drawn_as_the_network_answers(toolbox):
    """The pixels on the page are those of the layer, computed here once more."""
    import numpy as np

    from nbutils import zoo
    from nbutils.deepvis import looking
    from nbutils.probe import find_layer

    choose(toolbox, "Layer", "block 17 project norm · 320 × 7 × 7")
    choose(toolbox, "Faint answers", "as they are")
    choose(toolbox, "Each channel's scale", "the layer's largest answer")
    expect(heading(toolbox)).to_contain_text("320 channels")
    network = zoo.load("mobilenet_v2")
    known = looking.list_layers(network)
    cat = next(photo for photo in zoo.photos() if photo.name == "cat")
    wish = looking.Wish(find_layer(known, "block17.project_norm"), room=64, share=0.0, signed=True)
    tiles = looking.look(network, known, zoo.read_photo(cat, network.size), wish).tiles.pixels
    toolbox.wait_for_function("() => document.querySelector('.dv-channels .dv-wall canvas').width % 7 === 0")
    pixels = read_pixels(toolbox.locator(f"{WALL} canvas"))[..., 0]
    shown = pixels.reshape(-1, 7, pixels.shape[1] // 7, 7).swapaxes(1, 2).reshape(-1, 7, 7)
    np.testing.assert_allclose(shown[: len(tiles)].astype(int), tiles, atol=2)
    assert len(shown) >= len(tiles) == 320


def test_hold_freezes_the_picture_and_the_rest_still_works(toolbox):
    start_camera(toolbox)
    toolbox.get_by_label("Hold the picture").check()
    expect(toolbox.locator(".dv-camera-held")).to_be_visible()
    toolbox.wait_for_timeout(300)
    sent, painted = (toolbox.evaluate(what) for what in ("document.querySelector('.dv-camera').dataset.sent", PAINTED))
    toolbox.wait_for_timeout(700)
    assert toolbox.evaluate("document.querySelector('.dv-camera').dataset.sent") == sent
    assert toolbox.evaluate(PAINTED) == painted
    choose(toolbox, "Layer", "conv1 · 32 × 112 × 112")
    expect(heading(toolbox)).to_contain_text("conv1 convolution: 32 channels")
    toolbox.wait_for_function(f"painted => {PAINTED} > painted", arg=painted)
    toolbox.get_by_label("Hold the picture").uncheck()
    toolbox.wait_for_function("sent => document.querySelector('.dv-camera').dataset.sent !== sent", arg=sent)


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        ("NotAllowedError", "allow it, then press Camera again"),
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "in use by another program"),
        ("", "https:// or at localhost"),
    ],
)
def test_no_camera_is_a_sentence_and_photographs_go_on(toolbox, cause, sentence):
    refuse = f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{cause}'))"
    gone = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true })"
    toolbox.evaluate(f"() => {{ {refuse if cause else gone}; }}")
    toolbox.get_by_text("Camera", exact=True).first.click()
    expect(toolbox.locator(".dv-camera-says")).to_contain_text(sentence)
    expect(toolbox.locator(".dv-camera img")).to_be_visible()
    assert any("cat" in name for name in guesses(toolbox))
    toolbox.get_by_role("button", name="Next").click()
    expect(toolbox.locator(".dv-camera-says")).to_be_hidden()
    assert toolbox.errors == []


def test_after_a_refusal_the_camera_can_be_allowed_and_pressed_again(toolbox):
    toolbox.evaluate(
        """() => { const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        let asked = 0;
        navigator.mediaDevices.getUserMedia = wish =>
            asked++ ? real(wish) : Promise.reject(new DOMException('', 'NotAllowedError')); }"""
    )
    toolbox.get_by_text("Camera", exact=True).first.click()
    expect(toolbox.locator(".dv-camera-says")).to_contain_text("press Camera again")
    start_camera(toolbox)
    expect(toolbox.locator(".dv-camera-says")).to_be_hidden()


def test_a_camera_left_before_it_has_started_is_let_go_without_a_word(toolbox):
    toolbox.evaluate(
        """() => { const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async wish => {
            window.taken = await real(wish);
            await new Promise(done => { window.hand_over = done; });
            return window.taken;
        }; }"""
    )
    toolbox.get_by_text("Camera", exact=True).first.click()
    expect(toolbox.locator(".dv-camera-says")).to_have_text("Allow the camera in the browser.")
    toolbox.wait_for_function("() => Boolean(window.hand_over)")
    toolbox.get_by_text("Photographs", exact=True).first.click()
    expect(toolbox.locator(".dv-camera-says")).to_be_hidden()
    toolbox.evaluate("() => { window.hand_over(); }")
    toolbox.wait_for_function("window.taken.getTracks()[0].readyState === 'ended'")
    expect(toolbox.locator(".dv-camera-says")).to_be_hidden()
    assert toolbox.errors == []


def test_mirror_turns_the_picture_round(toolbox):
    start_camera(toolbox)
    halves = """() => { const c = document.querySelector('.dv-camera-live');
        const data = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, sums = [0, 0];
        for (let i = 0; i < data.length; i += 4) sums[(i / 4) % c.width < c.width / 2 ? 0 : 1] += data[i];
        return sums[0] - sums[1]; }"""
    mirrored = toolbox.evaluate(halves)
    toolbox.get_by_label("Mirror").uncheck()
    toolbox.wait_for_function(f"before => Math.sign(({halves})()) === -Math.sign(before)", arg=mirrored)
    assert mirrored * toolbox.evaluate(halves) < 0


def test_contrast_and_colours_change_how_the_same_answers_look(toolbox):
    looks = [toolbox.evaluate(HASH)]
    for name, label in (
        ("Faint answers", "lifted (gamma 0.3)"),
        ("Each channel's scale", "its own largest answer"),
        ("Colours", "inferno"),
    ):
        choose(toolbox, name, label)
        toolbox.wait_for_function(f"before => ({HASH})() !== before", arg=looks[-1])
        looks.append(toolbox.evaluate(HASH))
    assert len(set(looks)) == 4


def test_zoom_keys_make_tiles_larger_and_smaller(toolbox):
    wall, ring = toolbox.locator(WALL), toolbox.locator(f"{WALL} .dv-wall-ring.selected")
    side = ring.bounding_box()["width"]
    wall.press("+")
    toolbox.wait_for_function(f"side => document.querySelector('{WALL} .selected').offsetWidth > 1.3 * side", arg=side)
    wall.press("0")
    toolbox.wait_for_function(f"side => document.querySelector('{WALL} .selected').offsetWidth < 1.1 * side", arg=side)
    assert ring.bounding_box()["width"] == pytest.approx(side, abs=1)


def test_what_comes_into_sight_belongs_to_the_picture_that_is_there(short):
    short.wait_for_timeout(300)
    short.evaluate("[...document.querySelectorAll('button')].find(b => b.textContent === 'Next').click()")
    expect(short.locator(".dv-camera img")).to_have_attribute("alt", "photograph coffee")
    short.get_by_label("the network's five best guesses", exact=True).scroll_into_view_if_needed()
    expect(short.get_by_label("the network's five best guesses", exact=True)).to_contain_text("espresso")


def test_switching_to_photographs_lets_the_camera_go(toolbox):
    toolbox.evaluate(
        """() => { const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async wish => (window.taken = await real(wish)); }"""
    )
    start_camera(toolbox)
    assert toolbox.evaluate("window.taken.getTracks().map(track => track.readyState)") == ["live"]
    toolbox.get_by_text("Photographs", exact=True).first.click()
    toolbox.wait_for_function("window.taken.getTracks()[0].readyState === 'ended'")


def test_a_link_brings_the_view_back(toolbox, open_page, suite):
    choose(toolbox, "Network", "AlexNet")
    expect(heading(toolbox)).to_contain_text("relu5")
    choose(toolbox, "Layer", "conv3 · 384 × 13 × 13")
    room = f"(({{ width, height }}) => width * height / 169)(document.querySelector('{WALL} canvas'))"
    toolbox.wait_for_function(f"{room} >= 384")  # the tiles themselves: End goes to the last one that is there
    toolbox.locator(WALL).press("End")
    expect(toolbox.locator(".dv-details h3").first).to_have_text("conv3 · channel 383")
    toolbox.wait_for_function("location.hash.includes('toolbox.channel=383')")
    again = wait_for_wall(open_page(toolbox.url, wait=WALL))
    expect(again.locator(".dv-details h3").first).to_have_text("conv3 · channel 383")
    assert (
        again.get_by_role("group", name="Live toolbox")
        .get_by_label("Network", exact=True)
        .evaluate("s => s.selectedOptions[0].label")
        == "AlexNet"
    )


def test_a_wrong_link_is_a_sentence_and_the_page_lives_on(open_page):
    page = wait_for_wall(open_page(f"{CHAPTER}#toolbox.layer=nonsense", wait=WALL))
    expect(page.locator("[role=alert]").first).to_contain_text('There is no layer "nonsense"')
    for fragment, sentence in (
        ("toolbox.network=%3Cscript%3E", "network must be one of mobilenet_v2, "),
        ("toolbox.channel=-9", "channel must be"),
    ):
        page.evaluate("fragment => { location.hash = fragment; }", fragment)
        expect(page.locator("[role=alert]").first).to_contain_text(sentence)
        page.locator(WALL).press("Home")
        expect(page.locator(".dv-details h3").first).to_contain_text("channel 0")


def test_reset_and_the_line_of_python(toolbox):
    choose(toolbox, "Network", "AlexNet")
    expect(heading(toolbox)).to_contain_text("relu5")
    toolbox.get_by_role("button", name="python").first.click()
    expect(toolbox.locator(".dv-code").first).to_contain_text("toolbox(network='alexnet'")
    toolbox.keyboard.press("Escape")
    toolbox.get_by_role("button", name="Reset").first.click()
    expect(heading(toolbox)).to_contain_text("block 14 expand relu")


def test_all_photographs_can_be_seen_and_one_chosen(toolbox, keep_screen):
    toolbox.get_by_role("switch", name="All photographs").check()
    strip = toolbox.locator(".dv-strip .dv-wall")
    expect(strip).to_be_visible()
    toolbox.wait_for_function("Number(document.querySelector('.dv-strip .dv-wall').dataset.painted) > 0")
    strip.locator("canvas").click(position={"x": 30, "y": 30}, force=True)
    expect(toolbox.locator(".dv-camera img")).to_have_attribute("alt", "photograph astronaut")
    keep_screen(toolbox, "toolbox_all_photographs")
    toolbox.get_by_role("switch", name="All photographs").uncheck()
    expect(strip).to_be_hidden()


def test_two_visitors_do_not_disturb_each_other(toolbox, open_page):
    other = wait_for_wall(open_page(CHAPTER, wait=WALL))
    before = other.evaluate(HASH)
    choose(toolbox, "Network", "AlexNet")
    expect(heading(toolbox)).to_contain_text("relu5")
    start_camera(toolbox)
    assert other.evaluate(HASH) == before
    expect(heading(other)).to_contain_text("block 14 expand relu")


def test_nothing_scrolls_sideways_and_axe_finds_nothing_serious(toolbox, keep_screen):
    for width in (900, 1400):
        toolbox.set_viewport_size({"width": width, "height": 900})
        toolbox.wait_for_function("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
        assert find_faults(toolbox) == []
        keep_screen(toolbox, f"toolbox_{width}")


def test_an_exercise_is_checked_by_measuring(toolbox):
    narrow = toolbox.locator(".dv-exercise", has_text="only 7 pixels wide")
    pets = toolbox.locator(".dv-exercise", has_text="cats and dogs")
    for exercise, answer, sentence in (
        (narrow, "block 14 expand relu", "still 14 pixels wide"),
        (narrow, "block 14 depthwise", "576 maps of 7 × 7"),
        (pets, "5000", "has the channels 0 to 255"),
    ):
        exercise.get_by_role("textbox").fill(answer)
        exercise.get_by_role("button", name="Check").click()
        expect(exercise).to_contain_text(sentence, timeout=20_000)
