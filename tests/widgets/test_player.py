"""The player without a browser: chunks that arrive as they should not, places, errors."""

import numpy as np
import pytest

from nbutils.widgets import Player
from nbutils.widgets.uploads import CHUNK, LONGEST_NAME

FILE = np.random.default_rng(0).bytes(2 * CHUNK + 345_678)


class Page:
    """What a page sends, and what it gets to know."""

    def __init__(self, **options):
        self.player, self.files, self.places, self.errors = Player(**options), [], [], []
        self.player.on_file(lambda name, data: self.files.append((name, data)))
        self.player.on_place(self.places.append)
        self.player.on_error(self.errors.append)
        self.seq = 0

    def send(self, event, *buffers, **content):
        self.player._handle_custom_msg({"event": event, **content}, list(buffers))

    def begin(self, size=2 * CHUNK + 345_678, upload=1, name="cat.mp4"):
        self.send("begin", upload=upload, name=name, size=size)

    def chunk(self, number, data=None, upload=1):
        data = FILE[number * CHUNK : (number + 1) * CHUNK] if data is None else data
        self.send("chunk", memoryview(data), upload=upload, chunk=number)

    def upload(self):
        self.begin()
        for number in range(3):
            self.chunk(number)

    def ask(self, index):
        self.seq += 1
        self.send("place", seq=self.seq, index=index)
        return self.player.acknowledged == self.seq


@pytest.fixture
def page():
    return Page()


@pytest.fixture
def playing(page):
    page.player.show_film("cat.mp4", 90, 30)
    page.player.set_state({"playing": True})
    return page


def test_a_file_arrives_whole_each_chunk_acknowledged(page):
    page.begin()
    assert page.player.arrived == {"upload": 1, "chunks": 0, "over": False}
    page.chunk(0)
    page.chunk(1)
    assert page.player.arrived == {"upload": 1, "chunks": 2, "over": False}
    assert page.files == []
    page.chunk(2)
    assert page.player.arrived == {"upload": 1, "chunks": 3, "over": True}
    assert page.files == [("cat.mp4", FILE)]
    assert page.player.report["sentence"] == "cat.mp4 arrived, 2.3 MB."


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1])
def test_sizes_around_a_chunk_arrive(page, size):
    page.begin(size=size)
    for number in range(-(-size // CHUNK)):
        page.chunk(number, FILE[number * CHUNK : min(size, (number + 1) * CHUNK)])
    assert page.files == [("cat.mp4", FILE[:size])]


@pytest.mark.parametrize(
    ("number", "data"),
    [(1, None), (2, None), (-1, b"x" * CHUNK), (0, b""), (0, b"x" * (CHUNK - 1)), (0, b"x" * (CHUNK + 1))],
    ids=["second first", "last first", "before the first", "empty", "short", "long"],
)
def test_a_chunk_out_of_order_or_of_the_wrong_size_ends_the_upload(page, number, data):
    page.begin()
    page.chunk(number, data)
    assert page.player.report["fault"]
    assert page.player.report["sentence"].startswith("cat.mp4 did not arrive")
    assert page.player.arrived["over"]
    page.chunk(0)
    page.chunk(1)
    page.chunk(2)
    assert page.files == []


@pytest.mark.parametrize("buffers", [[], [b"x" * CHUNK, b"x"], None])
def test_a_chunk_is_one_buffer(page, buffers):
    page.begin()
    page.player._handle_custom_msg({"event": "chunk", "upload": 1, "chunk": 0}, buffers)
    assert "did not arrive" in page.player.report["sentence"]


def test_a_second_file_takes_the_place_of_the_first(page):
    page.begin()
    page.chunk(0)
    page.begin(upload=2, size=3, name="dog.webm")
    page.chunk(1)  # of the first, still under way
    page.chunk(0, b"dog", upload=2)
    assert page.files == [("dog.webm", b"dog")]
    assert page.player.report["sentence"] == "dog.webm arrived, 0.0 MB."


def test_a_file_that_was_let_go_is_dropped(page):
    page.begin()
    page.chunk(0)
    page.send("drop", upload=1)
    page.chunk(1)
    page.chunk(2)
    assert page.files == []
    assert page.player._upload is None


def test_chunks_without_a_beginning_are_ignored(page):
    page.chunk(0)
    assert (page.files, page.player.arrived, page.player.report) == ([], {}, {})


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (64_000_001, "cat.mp4 has 64.0 MB, and at most 64.0 MB are taken."),
        (10**30, "MB are taken."),
        (0, "cat.mp4 is empty"),
        (-5, "cat.mp4 is empty"),
        (None, "cat.mp4 was not announced"),
        (1.5, "cat.mp4 was not announced"),
        (True, "cat.mp4 was not announced"),
    ],
)
def test_a_file_of_an_impossible_size_is_refused_before_it_comes(page, size, sentence):
    page.begin(size=size)
    assert sentence in page.player.report["sentence"]
    assert page.player.arrived == {"upload": 1, "chunks": 0, "over": True}
    page.chunk(0, b"x")
    assert page.files == []


@pytest.mark.parametrize("upload", [None, -1, 2**60, "1", True, [1]])
def test_an_upload_has_a_number(page, upload):
    page.begin(upload=upload)
    assert "was not announced" in page.player.report["sentence"]
    assert page.player._upload is None


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/cat.mp4", "cat.mp4"),
        ("C:\\films\\cat.mp4", "cat.mp4"),
        ("貓\u202e\n 映画.mp4", "貓 映画.mp4"),
        ("x" * 5_000 + ".mp4", "x" * (LONGEST_NAME - 4) + ".mp4"),
        ("", "The file"),
    ],
)
def test_a_name_is_the_last_part_of_what_a_page_says(page, name, kept):
    page.begin(size=3, name=name)
    page.chunk(0, b"cat")
    assert page.files == [(kept, b"cat")]


@pytest.mark.parametrize("name", [None, 3, ["a"], "x" * 20_000])
def test_a_name_that_is_no_text_is_refused(page, name):
    page.begin(name=name)
    assert page.player.report["fault"]
    assert page.player._upload is None


def test_nothing_is_written(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    page.upload()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_film_is_told_and_the_next_is_taken(page):
    def refuse(name, data):
        raise ValueError(f"{name} is not a film that can be read.")

    page.player.on_file(refuse)
    page.upload()
    assert page.player.report["sentence"] == "cat.mp4 is not a film that can be read."
    assert page.player.report["fault"]
    assert [str(error) for error in page.errors] == ["cat.mp4 is not a film that can be read."]
    page.upload()
    assert len(page.files) == 2


def test_a_film_is_ready_at_its_beginning(playing):
    playing.ask(40)
    playing.player.show_film("dog.mp4", 10, 25)
    assert (playing.player.place, playing.player.playing) == (0, False)
    assert playing.player.film == {"count": 2, "name": "dog.mp4", "frames": 10, "fps": 25.0}
    assert playing.player.report["sentence"] == "dog.mp4: 10 frames, 25 a second."


def test_a_place_is_shown_and_acknowledged(playing):
    assert playing.ask(7)
    assert playing.ask(89)
    assert (playing.places, playing.player.place) == ([7, 89], 89)


@pytest.mark.parametrize("index", [-1, 90, None, "3", 1.0, True, 10**30])
def test_a_place_outside_the_film_is_ignored(playing, index):
    assert not playing.ask(index)
    assert playing.places == []


@pytest.mark.parametrize("seq", [0, -1, None, "1", 2**60])
def test_a_question_without_a_number_is_ignored(playing, seq):
    playing.send("place", seq=seq, index=3)
    assert (playing.places, playing.player.acknowledged) == ([], 0)


def test_without_a_film_there_is_no_place(page):
    assert not page.ask(0)
    assert page.places == []


def test_a_frame_that_fails_is_told_playing_stops_and_the_page_goes_on(playing):
    def fail(index):
        if index == 5:
            raise ValueError("The film cannot be read beyond 0.2 seconds: the file is damaged there.")

    playing.player.on_place(fail)
    assert playing.ask(5)
    assert not playing.player.playing
    assert playing.player.report["sentence"].startswith("The film cannot be read beyond")
    assert len(playing.errors) == 1
    assert playing.ask(6)


def test_what_a_frame_sets_travels_with_its_acknowledgement(playing):
    states = []
    playing.player.on_place(lambda index: playing.player.set_trait("text", f"frame {index}"))
    playing.player.send_state = lambda key=None: states.append(set(key))
    playing.ask(3)
    assert states == [{"text", "place", "acknowledged"}]


def test_reset_lets_film_and_upload_go(playing):
    playing.begin()
    playing.chunk(0)
    playing.player.reset()
    assert (playing.player.film["frames"], playing.player.playing, playing.player.place) == (0, False, 0)
    assert playing.player.arrived["over"]
    assert playing.player.report["sentence"] == ""
    playing.chunk(1)
    playing.chunk(2)
    assert playing.files == []
    assert not playing.ask(0)


def test_a_page_sets_only_whether_it_plays_and_begins_anew(playing):
    before = playing.player.get_state()
    sent = dict.fromkeys(before, "intruder") | {"playing": "yes", "loop": 1}
    playing.player.set_state(sent)
    assert playing.player.get_state() == before
    playing.player.set_state({"playing": False, "loop": False})
    assert (playing.player.playing, playing.player.loop) == (False, False)


@pytest.mark.parametrize("content", [None, 3, [], {"event": "no such"}, {"event": ["begin"]}, {}])
def test_other_messages_are_ignored(playing, content):
    before = playing.player.get_state()
    playing.player._handle_custom_msg(content, [b"x"])
    assert playing.player.get_state() == before
