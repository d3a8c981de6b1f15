"""Pictures of every kind that people have: each becomes a picture or a sentence, and the page lives on."""

import re

import numpy as np
import psutil
import pytest
from PIL import Image
from playwright.sync_api import expect

WAIT = 30_000
RED, GREEN = (250, 10, 10), (10, 200, 10)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Files that somebody might choose: {name: path}."""
    folder = tmp_path_factory.mktemp("pictures")
    Image.new("RGB", (90, 60), RED).save(folder / "good.jpg")
    for name in ("фото 貓 قطة.png", "<b>bold&amp;.png", "x" * 200 + ".png"):
        Image.new("RGB", (90, 60), RED).save(folder / name)
    first, second = Image.new("RGB", (90, 60), RED), Image.new("RGB", (90, 60), GREEN)
    first.save(folder / "moves.gif", save_all=True, append_images=[second] * 3, duration=40, loop=0)
    Image.new("CMYK", (90, 60), (0, 255, 255, 0)).save(folder / "print.jpg", quality=95)
    Image.fromarray(np.full((60, 90), 40_000, np.uint16)).save(folder / "sixteen-bit.png")
    Image.new("RGBA", (90, 60), (*RED, 0)).save(folder / "clear.png")
    upright = np.zeros((40, 80, 3), np.uint8)
    upright[:, :40] = RED
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(upright).save(folder / "turned.jpg", exif=exif, quality=95)
    Image.new("RGB", (1200, 600), GREEN).save(folder / "large.webp")
    Image.new("P", (90, 60)).save(folder / "palette.png")
    whole = (folder / "good.jpg").read_bytes()
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8)
    Image.fromarray(noise).save(folder / "noise.png")
    (folder / "half.png").write_bytes((folder / "noise.png").read_bytes()[:90_000])
    (folder / "head.jpg").write_bytes(whole[:100])
    (folder / "renamed.jpg").write_text("This is a text.")
    (folder / "empty.png").write_bytes(b"")
    (folder / "notes.txt").write_text("This is a text.")
    (folder / "page.png").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
    Image.new("1", (10_000, 10_000), 1).save(folder / "hundred-megapixels.png")
    Image.new("L", (10_000, 10_000), 128).save(folder / "hundred-megapixels.jpg")
    Image.new("1", (20_000, 10_000), 1).save(folder / "two-hundred-megapixels.png")
    Image.new("RGB", (3_700, 3_700), (9, 90, 200)).save(folder / "forty-megabytes.bmp")
    with (folder / "sixty-megabytes.bmp").open("wb") as huge:
        huge.write((folder / "forty-megabytes.bmp").read_bytes()[:1_000])
        huge.truncate(60_000_000)
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture
def picker(parts):
    return parts.locator(".dv-picker")


def choose(picker, path):
    picker.locator("input[type=file]").set_input_files(path)


def colour(picker):
    """Return the colour in the middle of the picture that is shown."""
    return picker.locator("canvas").evaluate(
        """(canvas) => [...canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data]"""
    )[:3]


PICTURES = {
    "good.jpg": ("90 x 60", RED),
    "фото 貓 قطة.png": ("90 x 60", RED),
    "<b>bold&amp;.png": ("90 x 60", RED),
    "moves.gif": ("90 x 60", RED),
    "print.jpg": ("90 x 60", (255, 0, 0)),
    "sixteen-bit.png": ("90 x 60", (156, 156, 156)),
    "clear.png": ("90 x 60", (255, 255, 255)),
    "palette.png": ("90 x 60", (0, 0, 0)),
    "large.webp": ("256 x 128", GREEN),
    "forty-megabytes.bmp": ("256 x 256", (9, 90, 200)),
    "hundred-megapixels.png": ("256 x 256", (255, 255, 255)),
    "hundred-megapixels.jpg": ("256 x 256", (128, 128, 128)),
}
REFUSED = {
    "head.jpg": "is no picture that this browser can open",
    "renamed.jpg": "is no picture that this browser can open",
    "empty.png": "is empty: choose another file.",
    "notes.txt": "is not taken: choose a file that ends in .jpg",
    "page.png": "is no picture that this browser can open",
    "two-hundred-megapixels.png": "has 200 million pixels, and at most 150 million are opened: scale it down first.",
    "sixty-megabytes.bmp": "has 60 MB, and at most 50 MB are opened: choose a smaller file.",
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_file_becomes_a_picture(picker, pictures, name):
    size, wanted = PICTURES[name]
    choose(picker, pictures[name])
    expect(picker.get_by_role("status")).to_have_text(f"{name}: {size} pixels.", timeout=WAIT)
    expect(picker.get_by_role("img")).to_have_attribute("aria-label", f"The chosen picture: {name}")
    assert np.abs(np.subtract(colour(picker), wanted)).max() <= 12


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_becomes_a_sentence(picker, pictures, name):
    choose(picker, pictures[name])
    expect(picker.get_by_role("status")).to_have_text(
        re.compile(f"Error: {re.escape(name)} {REFUSED[name]}"), timeout=WAIT
    )


def test_half_a_picture_is_its_upper_half_or_a_sentence(picker, pictures):
    choose(picker, pictures["half.png"])
    expect(picker.get_by_role("status")).to_have_text(
        re.compile(r"half\.png(: 256 x 192 pixels\.| could not be opened)")
    )


def test_a_picture_turned_by_its_camera_stands_upright(picker, pictures):
    choose(picker, pictures["turned.jpg"])
    expect(picker.get_by_role("status")).to_have_text("turned.jpg: 40 x 80 pixels.")
    upper, lower = picker.locator("canvas").evaluate(
        "(canvas) => [10, 70].map((y) => canvas.getContext('2d').getImageData(20, y, 1, 1).data[0])"
    )
    assert upper > 200 > 50 > lower


def test_a_picture_is_dropped(picker, pictures):
    picker.evaluate(
        """(place, data) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(data)], "dropped.gif"));
            place.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        list(pictures["moves.gif"].read_bytes()),
    )
    expect(picker.get_by_role("status")).to_have_text("dropped.gif: 90 x 60 pixels.")


def test_a_very_long_name_is_cut_and_the_page_does_not_grow_wide(parts, picker, pictures):
    choose(picker, pictures["x" * 200 + ".png"])
    expect(picker.get_by_role("status")).to_have_text("x" * 116 + ".png: 90 x 60 pixels.")
    assert parts.evaluate("document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth")


def resident_of_pages():
    """Return the bytes that the pages of this session's browser hold."""
    children = psutil.Process().children(recursive=True)
    pages = [process for process in children if "--type=renderer" in process.cmdline()]
    return sum(process.memory_info().rss for process in pages)


def test_large_pictures_one_after_the_other_leave_no_memory_behind(parts, picker, pictures):
    def look():
        for name in ("hundred-megapixels.jpg", "good.jpg"):
            choose(picker, pictures[name])
            expect(picker.get_by_role("status")).to_contain_text(f"{name}: ", timeout=WAIT)

    look()
    parts.request_gc()
    before = resident_of_pages()
    for _ in range(4):
        look()
    parts.request_gc()
    # Each large one is 400 MB when decoded: one that stayed would be seen.
    assert resident_of_pages() - before < 200_000_000
