"""A film chosen, dropped, refused, played, stepped through by mouse and keyboard; a file made and saved."""

import re
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import expect

WAIT = 20_000
FRAMES, FPS = 60, 20


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Files that somebody might choose as a film: {name: path}; the film grows from black to white."""
    folder = tmp_path_factory.mktemp("films")
    with av.open(str(folder / "brighter.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for index in range(FRAMES):
            grey = np.full((120, 160, 3), 4 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, "rgb24")))
        container.mux(stream.encode())
    whole = (folder / "brighter.mp4").read_bytes()
    # Several chunks: a free box, which players pass over, of 3.5 MB.
    free = 3_500_000
    (folder / "映画.mp4").write_bytes(whole + free.to_bytes(4, "big") + b"free" + bytes(free - 8))
    (folder / "half.mp4").write_bytes(whole[: len(whole) // 2])
    (folder / "renamed.mp4").write_text("This is a text. " * 100)
    (folder / "list.mp4").write_text("#EXTM3U\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n")
    (folder / "empty.webm").write_bytes(b"")
    (folder / "notes.txt").write_text("This is a text.")
    with (folder / "huge.mp4").open("wb") as huge:
        huge.truncate(64_000_001)
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture
def player(parts):
    return parts.locator(".dv-player")


@pytest.fixture
def film(parts, player, films):
    """The player with a film, at its first frame."""
    choose(player, films["brighter.mp4"])
    expect(status(player)).to_have_text("brighter.mp4: 60 frames, 20 a second.", timeout=WAIT)
    shows(parts, 0)
    return player


def choose(player, path):
    player.locator("input[type=file]").set_input_files(path)


def status(player):
    return player.get_by_role("status")


def slider(player):
    return player.get_by_role("slider", name="Place in the film")


def asked(parts):
    """Return the places that Python was asked for."""
    sent = [data if isinstance(data, bytes) else data.encode() for data in parts.sent]
    return [int(found[1]) for data in sent if (found := re.search(rb'"event":\s*"place".*"index":\s*(\d+)', data))]


def shows(parts, index):
    """Wait until the wall shows that frame, told by its tone."""
    parts.wait_for_function(
        """(wanted) => {
            const canvas = document.querySelector(".dv-wall[aria-label^='The film'] canvas");
            const [tone] = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
            return Math.abs(tone - wanted) <= 2;
        }""",
        arg=4 * index,
        timeout=WAIT,
    )


def test_without_a_film_nothing_can_be_pressed(player):
    for name in ("Play", "Step back", "Step forward"):
        expect(player.get_by_role("button", name=name)).to_be_disabled()
    expect(slider(player)).to_be_disabled()
    expect(player.get_by_text("No film yet.")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("映画.mp4", "映画.mp4: 60 frames, 20 a second."),
        ("renamed.mp4", "Error: The film is not a film that can be read"),
        ("list.mp4", "Error: The film is not a film that can be read"),
        ("half.mp4", "Error: The film is not a film that can be read"),
        ("empty.webm", "Error: empty.webm is empty"),
        ("notes.txt", "Error: notes.txt is not taken"),
        ("huge.mp4", "Error: huge.mp4 has 64 MB, and at most 64 MB are opened"),
        ("brighter.mp4", "brighter.mp4: 60 frames, 20 a second."),
    ],
)
def test_a_file_becomes_a_film_or_a_sentence(player, films, name, answer):
    choose(player, films[name])
    expect(status(player)).to_contain_text(answer, timeout=WAIT)
    expect(player.get_by_role("progressbar", name="Sent")).to_be_hidden()


def test_a_film_is_dropped(player, films):
    player.locator(".dv-drop").evaluate(
        """(place, data) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(data)], "dropped.mp4"));
            place.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        list(films["brighter.mp4"].read_bytes()),
    )
    expect(status(player)).to_have_text("dropped.mp4: 60 frames, 20 a second.", timeout=WAIT)


def test_sending_tells_how_far_it_is_and_a_second_file_takes_its_place(parts, player, films):
    player.evaluate(
        """(player) => {
            const line = player.querySelector("[role=status]");
            window.said = [];
            new MutationObserver(() => window.said.push(line.textContent)).observe(line, { childList: true });
        }"""
    )
    choose(player, films["映画.mp4"])
    expect(status(player)).to_have_text("映画.mp4: 60 frames, 20 a second.", timeout=WAIT)
    assert {f"Sending 映画.mp4: {sent} of 3.5 MB." for sent in (0, 1, 2, 3)} <= set(parts.evaluate("window.said"))
    # Both at once, so that the second is certain to come before the first has been sent.
    player.locator(".dv-drop").evaluate(
        """(place, data) => {
            const drop = (file) => {
                const transfer = new DataTransfer();
                transfer.items.add(file);
                place.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
            };
            drop(new File([new Uint8Array(3_500_000)], "given up.mp4"));
            drop(new File([new Uint8Array(data)], "second.mp4"));
        }""",
        list(films["brighter.mp4"].read_bytes()),
    )
    expect(status(player)).to_have_text("second.mp4: 60 frames, 20 a second.", timeout=WAIT)
    said = parts.evaluate("window.said")
    assert not {text for text in said if text.startswith(("given up.mp4", "Error"))}


def test_a_film_plays_at_its_own_speed_stops_and_goes_on(parts, film):
    play = film.get_by_role("button", name=re.compile("Play|Pause"))
    play.click()
    expect(play).to_have_text("Pause")
    pace = film.evaluate(
        """async (player) => {
            const place = player.querySelector("input[type=range]");
            const wait = (ms) => new Promise((done) => setTimeout(done, ms));
            while (Number(place.value) < 4) await wait(10);
            const from = Number(place.value), begun = performance.now();
            await wait(1000);
            return (Number(place.value) - from) / (performance.now() - begun) * 1000;
        }"""
    )
    assert 0.8 * FPS < pace < 1.2 * FPS
    play.click()
    expect(play).to_have_text("Play")
    stopped = int(slider(film).input_value())
    shows(parts, stopped)
    assert 0 < stopped < FRAMES


def test_a_film_begins_anew_or_stays_at_its_end(parts, film):
    loop = film.get_by_role("switch", name="Loop")
    expect(loop).to_be_checked()
    loop.uncheck()
    slider(film).fill("55")
    film.get_by_role("button", name="Play").click()
    expect(film.get_by_role("button", name="Play")).to_be_visible()
    expect(slider(film)).to_have_value("59")
    shows(parts, 59)
    loop.check()
    film.get_by_role("button", name="Play").click()
    parts.wait_for_function(
        "() => { const at = document.querySelector('.dv-player [type=range]').value; return at > 2 && at < 50; }"
    )
    film.get_by_role("button", name="Pause").click()


def test_the_keyboard_alone_moves_through_a_film(parts, film):
    slider(film).focus()
    keys = parts.keyboard
    for key, place in [
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("End", 59),
        ("ArrowRight", 59),
        ("Home", 0),
    ]:
        keys.press(key)
        expect(slider(film)).to_have_value(str(place))
        shows(parts, place)
    expect(slider(film)).to_have_attribute("aria-valuetext", "0:00.0 of 0:03.0, frame 1 of 60")
    keys.press("Space")
    expect(film.get_by_role("button", name="Pause")).to_be_visible()
    keys.press("Space")
    expect(film.get_by_role("button", name="Play")).to_be_visible()
    film.get_by_role("button", name="Step forward").focus()
    keys.press("Home")
    expect(slider(film)).to_have_value("0")
    keys.press("Enter")
    expect(slider(film)).to_have_value("1")
    keys.press("ArrowRight")
    expect(slider(film)).to_have_value("2")
    shows(parts, 2)


def test_the_newest_place_wins_with_one_question_on_its_way(parts, film):
    parts.sent.clear()
    slider(film).evaluate(
        """(slider) => {
            for (let place = 1; place < 60; place++) {
                slider.value = place;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
            }
        }"""
    )
    shows(parts, 59)
    expect(slider(film)).to_have_value("59")
    assert asked(parts) == [1, 59]


def test_a_film_out_of_sight_stands_still(parts, film):
    film.get_by_role("button", name="Play").click()
    parts.wait_for_function("() => document.querySelector('.dv-player [type=range]').value > 3")
    moved = film.evaluate(
        """async (player) => {
            const place = player.querySelector("input[type=range]");
            const wait = (ms) => new Promise((done) => setTimeout(done, ms));
            player.parentElement.style.display = "none";
            await wait(300);
            const from = place.value;
            await wait(600);
            const until = place.value;
            player.parentElement.style.display = "";
            return until - from;
        }"""
    )
    assert moved == 0
    stood = int(slider(film).input_value())
    parts.wait_for_function(
        "(stood) => document.querySelector('.dv-player [type=range]').value != stood", arg=str(stood), timeout=WAIT
    )
    film.get_by_role("button", name="Pause").click()


def test_a_made_file_is_saved_under_a_clean_name(parts):
    with parts.expect_download() as caught:
        parts.get_by_role("button", name="Take a wave").click()
    saved = caught.value
    assert saved.suggested_filename == "wave 0.csv"
    rows = Path(saved.path()).read_text().splitlines()
    assert (len(rows), len(rows[0].split(","))) == (64, 64)
    expect(parts.get_by_text("Saved wave 0.csv, 0.0 MB.")).to_be_visible()
    with parts.expect_download():
        parts.get_by_role("button", name="Take a wave").click()


def test_a_file_too_large_is_a_sentence(parts):
    button = parts.get_by_role("button", name="Take too much")
    button.click()
    expect(parts.get_by_text("Error: The file would hold 60,000,000 bytes")).to_be_visible(timeout=WAIT)
    expect(button).to_be_enabled()
