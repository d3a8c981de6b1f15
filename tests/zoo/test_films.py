"""Films are written here with known pictures, in the formats that people have, and read back in any order."""

import gc
import io
import itertools
import os
import struct
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from nbutils.zoo import films
from nbutils.zoo.films import open_film

WIDTH, HEIGHT, BLOCK, BITS = 192, 128, 14, 7
KINDS = {
    "mp4, frames that refer to later ones": ("mp4", "libx264"),
    "mov": ("mov", "mjpeg"),
    "mkv": ("matroska", "libx265"),
    "webm, VP9": ("webm", "libvpx-vp9"),
    "webm, VP8": ("webm", "libvpx"),
    "avi": ("avi", "mpeg4"),
    "avi, frames that refer to later ones": ("avi", "libx264"),
    "mpeg": ("mpeg", "mpeg2video"),
    "mpegts": ("mpegts", "libx264"),
    "gif": ("gif", "gif"),
}


def numbered(index, width=WIDTH, height=HEIGHT):
    """Return a grey frame whose middle square carries its number as a row of black and white blocks."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    left = width // 2 - BITS * BLOCK // 2
    for bit in range(BITS):
        pixels[:BLOCK, left + bit * BLOCK : left + (bit + 1) * BLOCK] = 255 * (index >> bit & 1)
    return pixels


def number_on(square):
    """Return the number that a read frame carries."""
    middle = square.shape[1] // 2 - BITS * BLOCK // 2 + BLOCK // 2
    return sum(int(square[BLOCK // 2, middle + bit * BLOCK].mean() > 127) << bit for bit in range(BITS))


def write_film(pictures, kind="mp4", codec="libx264", fps=30, stamps=None, formatted="rgb24", **settings):
    """Return a film of these pictures; stamps are their times in milliseconds."""
    out, pictures = io.BytesIO(), iter(pictures)
    first = next(pictures)
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.height, stream.width = (
            first.shape[:2] if formatted == "rgb24" else (first.shape[0] * 2 // 3, first.shape[1])
        )
        stream.pix_fmt = {"gif": "rgb8", "mjpeg": "yuvj420p"}.get(codec, "yuv420p")
        stream.options = {"g": "12", "x265-params": "log-level=none", **settings}
        for index, pixels in enumerate(itertools.chain([first], pictures)):
            frame = av.VideoFrame.from_ndarray(pixels, formatted)
            frame.pts = index
            frame.time_base = Fraction(1, fps)
            if stamps:
                frame.pts, frame.time_base = stamps[index], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def count_up(frames=75, **options):
    return write_film((numbered(index) for index in range(frames)), **options)


@pytest.fixture(scope="module")
def mp4():
    return count_up()


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_is_the_right_one_in_order_and_after_jumps(kind):
    container, codec = KINDS[kind]
    with open_film(count_up(kind=container, codec=codec)) as film:
        assert (film.frames, film.width, film.height) == (75, WIDTH, HEIGHT)
        assert film.fps == pytest.approx(30, rel=0.002)
        in_order = [film.read(index, HEIGHT) for index in range(75)]
        assert [number_on(square) for square in in_order] == list(range(75))
        for index in np.random.default_rng(3).permutation(75)[:40]:
            np.testing.assert_array_equal(film.read(int(index), HEIGHT), in_order[index])


def test_a_film_is_read_from_a_file_and_from_memory_alike(mp4, tmp_path):
    path = tmp_path / "Été 映画.mp4"
    path.write_bytes(mp4)
    with open_film(path) as on_disk, open_film(mp4) as in_memory:
        np.testing.assert_array_equal(on_disk.read(40, 64), in_memory.read(40, 64))


def test_jumps_far_ahead_are_the_same_frames():
    with open_film(count_up(frames=128, fps=10)) as film:
        assert [number_on(film.read(index, HEIGHT)) for index in (0, 100, 3, 127, 64)] == [0, 100, 3, 127, 64]


def test_the_middle_square_is_cut_and_brought_to_size():
    pixels = np.zeros((96, 160, 3), np.uint8)
    pixels[:, 32:128] = 255
    with open_film(write_film([pixels] * 3, qp="0")) as film:
        for size in (32, 96, 224):
            square = film.read(1, size)
            assert (square.shape, square.dtype) == ((size, size, 3), np.uint8)
            assert square[:, 3:-3].min() > 240


# The matrix of a track's head that a telephone writes, held upright, upside down, or turned the other way:
# a, b, u, c, d, v, x, y, w (ISO 14496-12, 6.2.2); a point (x, y) of the file is shown at (a x + c y, b x + d y).
TURNS = {"clockwise": (0, 1, -1, 0), "upside down": (-1, 0, 0, -1), "counterclockwise": (0, -1, 1, 0)}


@pytest.mark.parametrize("turn", TURNS)
def test_a_film_turned_by_its_camera_stands_upright(turn):
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:32, 16:48] = 255
    data, one = write_film([pixels] * 3), 0x10000
    straight = struct.pack(">9i", one, 0, 0, 0, one, 0, 0, 0, 0x40000000)
    a, b, c, d = TURNS[turn]
    turned = struct.pack(">9i", a * one, b * one, 0, c * one, d * one, 0, 0, 0, 0x40000000)
    track = data.index(b"tkhd")
    data = data[:track] + data[track:].replace(straight, turned, 1)
    with open_film(data) as film:
        assert (film.width, film.height) == ((96, 64) if turn == "upside down" else (64, 96))
        square = film.read(0, 64)
    # The white corner, upper left in the file, is where the matrix brings it.
    rows, columns = (a + c, b + d)[::-1]
    white = square[slice(0, 28) if rows > 0 else slice(36, 64), slice(0, 28) if columns > 0 else slice(36, 64)]
    assert white.min() > 200
    assert square.mean() < 80


def test_colours_are_those_of_the_standard_that_the_film_names():
    # BT.709, limited range, worked out by hand: Y 63, Cb 102, Cr 240 is pure red (255, 0, 0).
    plane = np.concatenate([np.full((720, 1280), 63), np.full((180, 1280), 102), np.full((180, 1280), 240)])
    with open_film(write_film([plane.astype(np.uint8)] * 2, formatted="yuv420p", qp="0")) as film:
        assert np.abs(film.read(0, 8).astype(int) - (255, 0, 0)).max() <= 3


def test_a_film_of_uneven_pace_plays_at_its_own_speed():
    stamps = [0, 40, 80, 120, 2000, 2040, 2080, 4000, 4040, 4080]
    film = open_film(count_up(frames=10, kind="matroska", fps=25, stamps=stamps))
    assert film.fps == pytest.approx(25)
    assert film.seconds == pytest.approx(4.12, abs=0.01)
    for index in range(film.frames):
        now = index * 40 + 20
        assert number_on(film.read(index, HEIGHT)) == max(i for i, stamp in enumerate(stamps) if stamp <= now)


def test_a_film_that_does_not_say_how_long_it_is_is_counted():
    out = io.BytesIO()
    data = count_up(kind="webm", codec="libvpx")
    # What a browser records is written as it comes: its head names no duration.
    with av.open(io.BytesIO(data)) as source, av.open(out, "w", format="webm", options={"live": "1"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    with av.open(io.BytesIO(out.getvalue())) as container:
        assert container.duration is None
    with open_film(out.getvalue()) as film:
        assert film.frames == 75
        assert [number_on(film.read(index, HEIGHT)) for index in (74, 5, 60)] == [74, 5, 60]


def test_a_single_picture_is_a_film_of_one_frame():
    with open_film(count_up(frames=1)) as film:
        assert (film.frames, film.fps, number_on(film.read(0, HEIGHT))) == (1, 25, 0)


def test_a_film_cut_short_is_read_as_far_as_it_goes():
    data = count_up(kind="mpegts")
    with open_film(data[: len(data) // 2]) as film:
        assert 20 < film.frames < 60
        assert number_on(film.read(film.frames - 3, HEIGHT)) == film.frames - 3


def sound():
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44_100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44_100), np.float32), format="fltp", layout="mono")
        frame.rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def without_frames():
    """Return a Matroska file with a head and no clusters."""
    data = count_up(kind="matroska")
    return data[: data.index(bytes.fromhex("1f43b675"))]


REFUSED = {
    "empty": (b"", "has 0 bytes"),
    "text": (b"This is a text. " * 500, "is not a film that can be read"),
    "zeros": (bytes(10_000), "is not a film that can be read"),
    "sound": (sound(), "holds no moving pictures"),
    "without frames": (without_frames(), "is not a film that can be read"),
    "wide": (write_film([np.zeros((64, 4_200, 3), np.uint8)]), "has frames of 4200 x 64 pixels"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_film_is_refused_with_a_sentence(name):
    data, sentence = REFUSED[name]
    with pytest.raises(ValueError, match=sentence) as caught:
        open_film(data)
    assert str(caught.value).endswith(".")


def test_half_an_mp4_whose_index_stood_at_its_end_is_refused(mp4):
    with pytest.raises(ValueError, match="is not a film that can be read"):
        open_film(mp4[: len(mp4) // 2])


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"gone\.mp4 cannot be opened"):
        open_film(tmp_path / "gone.mp4")


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{path}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{path}'\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{path}</BaseURL></MPD>',
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
        "[playlist]\nFile1={path}\nNumberOfEntries=1\n",
    ],
    ids=["hls", "concat", "dash", "sdp", "playlist"],
)
def test_a_list_that_names_other_files_opens_none_of_them(mp4, tmp_path, text):
    other, renamed = tmp_path / "other.mp4", tmp_path / "list.mp4"
    other.write_bytes(mp4)
    renamed.write_text(text.format(path=other))
    for source in (renamed, renamed.read_bytes()):
        with pytest.raises(ValueError, match="is not a film that can be read"):
            open_film(source)


def test_a_damaged_middle_gives_pictures_or_a_sentence(mp4):
    random, answers = np.random.default_rng(5), []
    for _ in range(30):
        broken = np.frombuffer(mp4, np.uint8).copy()
        broken[random.integers(0, len(mp4), 60)] = random.integers(0, 256, 60)
        try:
            with open_film(broken.tobytes()) as film:
                answers += [film.read(index, 32).shape for index in (0, film.frames // 2, film.frames - 1)]
        except ValueError as error:
            answers.append(str(error)[-1])
    assert set(answers) == {(32, 32, 3), "."}


@pytest.mark.parametrize(("index", "size"), [(-1, 32), (75, 32), (0, 0), (0, 2_049)])
def test_places_and_sizes_out_of_range_are_refused(mp4, index, size):
    with open_film(mp4) as film, pytest.raises(ValueError, match=r"\.$"):
        film.read(index, size)


def test_a_closed_film_says_so(mp4):
    film = open_film(mp4)
    film.close()
    with pytest.raises(ValueError, match="was closed"):
        film.read(0, 32)


def test_a_jump_that_takes_too_long_is_a_sentence_and_the_film_goes_on(mp4, monkeypatch):
    with open_film(mp4) as film:
        monkeypatch.setattr(films, "MAX_WAIT", -1.0)
        with pytest.raises(ValueError, match="key frames too far apart"):
            film.read(60, 32)
        monkeypatch.undo()
        assert number_on(film.read(60, HEIGHT)) == 60


def test_too_many_bytes_are_refused(mp4, monkeypatch):
    monkeypatch.setattr(films, "MAX_BYTES", len(mp4) - 1)
    with pytest.raises(ValueError, match="bytes are read"):
        open_film(mp4)


def test_importing_films_does_not_import_what_reads_them():
    code = "import sys, nbutils.zoo.films; sys.exit('av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def threads():
    return len(list(Path("/proc/self/task").iterdir()))


def test_five_hundred_reads_and_twenty_films_hold_no_memory_and_no_threads(mp4):
    def look(times):
        with open_film(mp4) as film:
            for index in range(times):
                film.read(index * 7 % film.frames, 64)

    look(100)
    gc.collect()
    before, threads_before = resident(), threads()
    look(500)
    for _ in range(20):
        look(3)
    gc.collect()
    assert resident() - before < 8_000_000
    assert threads() <= threads_before


def test_a_film_of_640_x_480_is_read_at_sixty_frames_a_second_by_one_thread():
    noise = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    with open_film(write_film((np.roll(noise, 5 * index, 1) for index in range(120)), preset="ultrafast")) as film:
        begun = time.process_time()
        for index in range(120):
            film.read(index, 224)
        assert 120 / (time.process_time() - begun) > 60
