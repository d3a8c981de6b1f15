"""Uploads, films and saved files of the live toolbox, as a visitor meets them."""

import io
import json
import re

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from nbutils import zoo
from nbutils.zoo import films
from tests.browser.seeing import find_faults

CHAPTER = "/voila/render/06_deepvis.ipynb"
WALL = ".dv-channels .dv-wall"
PAINTED = f"Number(document.querySelector('{WALL}').dataset.painted)"
FRAMES = 30
CUP = re.compile("espresso|cup|coffee mug")
CAT = re.compile("tabby|tiger cat|Egyptian cat")


def photo(name, size=224):
    return zoo.read_photo(next(photo for photo in zoo.photos() if photo.name == name), size)


@pytest.fixture
def toolbox(open_page):
    page = open_page(CHAPTER, wait=WALL)
    page.wait_for_function(f"{PAINTED} > 0", timeout=60_000)
    # What is out of sight is not computed: picture, guesses and wall are looked at together.
    page.evaluate("document.querySelector('.dv-shell').scrollIntoView()")
    return page


@pytest.fixture(scope="session")
def film(tmp_path_factory):
    """A film of three seconds: a cat, then a cup of coffee."""
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"crf": "12"})
        stream.width = stream.height = 320
        stream.pix_fmt = "yuv420p"
        for name in ("cat", "coffee"):
            frame = photo(name, 320)
            for _ in range(FRAMES // 2):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """Pictures that can be looked at, and files that only seem to be some."""
    folder = tmp_path_factory.mktemp("files")
    Image.fromarray(photo("coffee", 400)).save(folder / "coffee.png")
    Image.fromarray(photo("cat", 500)).convert("L").resize((10_000, 10_000)).save(folder / "large.jpg", quality=70)
    (folder / "renamed.png").write_text("these are words " * 50)
    whole = (folder / "coffee.png").read_bytes()
    (folder / "broken.png").write_bytes(whole[:200] + bytes(len(whole) - 200))
    noise = np.random.default_rng(0).integers(0, 256, (3650, 3650, 3), np.uint8)
    Image.fromarray(noise).save(folder / "heavy.png", compress_level=0)
    assert (folder / "heavy.png").stat().st_size > 39_000_000
    return folder


def press_source(page: Page, name: str) -> None:
    page.get_by_text(name, exact=True).first.click()


def picture(page: Page):
    return page.locator(".dv-camera img")


def names(page: Page):
    return page.locator(".dv-controls .dv-bars")


def frame_number(page: Page) -> int:
    return int(re.search(r"frame (\d+) of", picture(page).get_attribute("alt"))[1])


def expect_to_fit(page: Page) -> None:
    """Nothing scrolls sideways, and no label of the controls is cut off."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.dv-controls button, .dv-controls label, .dv-details button')]
        .filter(part => part.offsetParent && part.scrollWidth > part.clientWidth + 1).map(part => part.textContent)"""
    )
    assert cut == []


def overlap(one: dict, other: dict) -> bool:
    """Say whether two boxes on the page share a place."""
    return all(
        one[start] < other[start] + other[length] and other[start] < one[start] + one[length]
        for start, length in (("x", "width"), ("y", "height"))
    )


def open_film(page: Page, film) -> None:
    press_source(page, "Video")
    expect(page.locator(".dv-status").first).to_contain_text("Choose a film from your files")
    expect(picture(page)).to_have_attribute("alt", "photograph cat")
    page.locator(".dv-player input[type=file]").set_input_files(film)
    expect(picture(page)).to_have_attribute("alt", f"film film.mp4, frame 1 of {FRAMES}")


def test_pictures_of_every_kind_are_looked_at_or_answered_with_a_sentence(toolbox, files, keep_screen):
    press_source(toolbox, "Upload")
    expect(toolbox.locator(".dv-status").first).to_contain_text("Choose a picture from your files")
    field, said = toolbox.locator(".dv-picker input[type=file]"), toolbox.locator(".dv-picker [role=status]")
    field.set_input_files(files / "coffee.png")
    expect(picture(toolbox)).to_have_attribute("alt", "upload coffee.png")
    expect(names(toolbox)).to_contain_text(CUP)
    for name in ("renamed.png", "broken.png"):
        field.set_input_files(files / name)
        expect(said).to_contain_text(re.compile(f"{name} (is no picture that|could not be opened by) this browser"))
        expect(picture(toolbox)).to_have_attribute("alt", "upload coffee.png")
    for name in ("large.jpg", "heavy.png"):
        field.set_input_files(files / name)
        expect(picture(toolbox)).to_have_attribute("alt", f"upload {name}", timeout=20_000)
        expect(said).to_contain_text("512 x 512 pixels")
    press_source(toolbox, "Photographs")
    expect(picture(toolbox)).to_have_attribute("alt", "photograph cat")
    expect(names(toolbox)).to_contain_text(CAT)
    press_source(toolbox, "Upload")
    expect(picture(toolbox)).to_have_attribute("alt", "upload heavy.png")
    field.set_input_files(files / "coffee.png")
    expect(names(toolbox)).to_contain_text(CUP)
    for width in (1400, 900):
        toolbox.set_viewport_size({"width": width, "height": 900})
        expect_to_fit(toolbox)
        chosen, button = toolbox.locator(".dv-picker canvas"), toolbox.get_by_role("button", name="Choose a picture")
        assert not overlap(chosen.bounding_box(), button.bounding_box())
        keep_screen(toolbox, f"toolbox_upload_{width}")
    assert toolbox.errors == []
    assert toolbox.outside == []


def test_a_film_plays_pauses_steps_and_loops_and_the_wall_follows(toolbox, film, keep_screen):
    open_film(toolbox, film)
    expect(names(toolbox)).to_contain_text(CAT)
    player = toolbox.get_by_role("group", name="Film")
    player.get_by_role("button", name="Step forward").click()
    expect(picture(toolbox)).to_have_attribute("alt", f"film film.mp4, frame 2 of {FRAMES}")
    painted = toolbox.evaluate(PAINTED)
    place = player.get_by_role("slider", name="Place in the film")
    place.press("End")
    expect(picture(toolbox)).to_have_attribute("alt", f"film film.mp4, frame {FRAMES} of {FRAMES}")
    expect(names(toolbox)).to_contain_text(CUP)
    assert toolbox.evaluate(PAINTED) > painted
    place.press("ArrowLeft")
    expect(picture(toolbox)).to_have_attribute("alt", f"film film.mp4, frame {FRAMES - 1} of {FRAMES}")

    player.get_by_role("button", name="Play").click()
    expect(names(toolbox)).to_contain_text(CAT)  # it began anew
    expect(toolbox.locator(".dv-status").first).to_contain_text(re.compile(r"\d+ frames/s"))
    painted = toolbox.evaluate(PAINTED)
    toolbox.wait_for_function(f"painted => {PAINTED} > painted + 8", arg=painted)
    keep_screen(toolbox, "toolbox_film_playing")
    player.get_by_role("button", name="Pause").click()
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    toolbox.wait_for_timeout(300)
    stopped = frame_number(toolbox)
    toolbox.wait_for_timeout(500)
    assert frame_number(toolbox) == stopped

    player.get_by_role("switch", name="Loop").uncheck()
    place.press("End")
    expect(picture(toolbox)).to_have_attribute("alt", f"film film.mp4, frame {FRAMES} of {FRAMES}")
    expect(names(toolbox)).to_contain_text(CUP)
    for width in (1400, 900):
        toolbox.set_viewport_size({"width": width, "height": 900})
        expect_to_fit(toolbox)
        keep_screen(toolbox, f"toolbox_film_{width}")
    assert find_faults(toolbox) == []
    assert toolbox.errors == []


def test_numbers_and_view_of_a_film_frame_arrive_and_hold_what_is_on_the_page(toolbox, film):
    open_film(toolbox, film)
    place = toolbox.get_by_role("slider", name="Place in the film")
    place.press("End")
    expect(names(toolbox)).to_contain_text(CUP)
    with toolbox.expect_download() as caught:
        toolbox.get_by_role("button", name="Save the numbers").click()
    with films.open_film(film) as opened:
        frame = opened.read(FRAMES - 1, 224)
    with np.load(caught.value.path(), allow_pickle=False) as held:
        np.testing.assert_array_equal(held["input"], frame)
        provenance = json.loads(str(held["provenance"]))
        activations = held["activations"]
    assert provenance["picture"] == f"film film.mp4, frame {FRAMES} of {FRAMES}"
    assert activations.shape == (576, 14, 14)
    caption = toolbox.locator(".dv-details h3").first.inner_text()
    assert caption.endswith(f"channel {provenance['view']['channel']}")
    largest = float(re.search(r"largest\s+([\d.e+-]+)", toolbox.locator(".dv-numbers").first.inner_text())[1])
    assert activations[provenance["view"]["channel"]].max() == pytest.approx(largest, rel=0.01)

    with toolbox.expect_download() as caught:
        toolbox.get_by_role("button", name="save", exact=True).first.click()
    assert caught.value.suggested_filename.endswith(".png")
    with Image.open(io.BytesIO(caught.value.path().read_bytes())) as saved:
        saved.load()
        assert json.loads(saved.text["provenance"])["picture"] == provenance["picture"]
        assert saved.width > 1400
    assert toolbox.errors == []


def test_a_link_to_a_source_that_needs_a_file_says_so(open_page):
    page = open_page(f"{CHAPTER}#toolbox.source=video&toolbox.photo=coffee", wait=WALL)
    expect(page.locator(".dv-status").first).to_contain_text("Choose a film from your files", timeout=30_000)
    expect(page.locator(".dv-status").first).to_contain_text("photograph coffee")
    expect(names(page)).to_contain_text(CUP)
    expect(page.get_by_role("button", name="Choose a film")).to_be_visible()
    assert page.errors == []


@pytest.mark.alone
def test_a_click_is_answered_between_the_frames_of_a_heavy_network(open_page):
    page = open_page(f"{CHAPTER}#toolbox.network=vgg16&toolbox.source=camera", wait=WALL)
    page.evaluate("document.querySelector('.dv-shell').scrollIntoView()")
    page.wait_for_function(f"{PAINTED} > 3", timeout=60_000)
    wall, caption = page.locator(WALL), page.locator(".dv-details h3").first
    painted = page.evaluate(PAINTED)
    for key, channel in (("Home", 0), ("ArrowRight", 1)):
        wall.press(key)
        expect(caption).to_contain_text(re.compile(rf"channel {channel}$"), timeout=3_000)
    page.wait_for_function(f"painted => {PAINTED} > painted", arg=painted)
    assert page.errors == []
