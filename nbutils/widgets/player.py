"""A film from the visitor's own files, sent to Python in chunks and played by the browser's clock."""

from collections.abc import Callable, Sequence

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page, uploads
from nbutils.widgets.errors import describe

FILMS = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".gif")
LARGEST_FILM = 64_000_000
LARGEST_SEQ = 2**53


class Player(anywidget.AnyWidget):
    """Chooses a film and asks for its frames one at a time: the place that the film's clock says, the newest always.

    accepts : extensions of the files that may be chosen, with their dots
    max_bytes : the largest file that is taken
    `place` is the frame that was shown last; set `playing` to False to stop from Python.
    """

    _esm = page.script("files.js", "player.js")
    _style = page.Style()
    text = T.Unicode().tag(sync=True)
    accepts = T.List(T.Unicode()).tag(sync=True)
    max_bytes = T.Int().tag(sync=True)
    chunk_bytes = T.Int(uploads.CHUNK).tag(sync=True)
    arrived = T.Dict().tag(sync=True)
    film = T.Dict().tag(sync=True)
    place = T.Int(0).tag(sync=True)
    acknowledged = T.Int(0).tag(sync=True)
    playing = T.Bool(False).tag(sync=True)
    loop = T.Bool(True).tag(sync=True)
    report = T.Dict().tag(sync=True)

    def __init__(
        self, accepts: Sequence[str] = FILMS, max_bytes: int = LARGEST_FILM, text: str = "Choose a film"
    ) -> None:
        self._on_file: list[Callable[[str, bytes], object]] = []
        self._on_place: list[Callable[[int], object]] = []
        self._on_error: list[Callable[[Exception], object]] = []
        self._upload: uploads.Upload | None = None
        super().__init__(accepts=list(accepts), max_bytes=max_bytes, text=text)
        self.on_msg(self._receive)

    def on_file(self, callback: Callable[[str, bytes], object]) -> None:
        """Call callback(name, data) when a file has arrived whole; an exception is told as a sentence."""
        self._on_file.append(callback)

    def on_place(self, callback: Callable[[int], object]) -> None:
        """Call callback(index) for each frame to show; the next is asked for when it returns.

        An exception is told as a sentence, and playing stops.
        """
        self._on_place.append(callback)

    def on_error(self, callback: Callable[[Exception], object]) -> None:
        """Call callback(error) with what went wrong, too, beside the player's own sentence."""
        self._on_error.append(callback)

    def show_film(self, name: str, frames: int, fps: float) -> None:
        """Make a film ready to play, at its first frame, which the page then asks for."""
        with self.hold_sync():
            self.playing, self.place = False, 0
            self.film = {"count": self.film.get("count", 0) + 1, "name": name, "frames": int(frames), "fps": float(fps)}
            self._tell(f"{name}: {frames:,} frames, {fps:.3g} a second.")

    def reset(self) -> None:
        """Let the film, and a file on its way, go; nothing is playing then."""
        if self._upload is not None:
            self._acknowledge(self._upload, over=True)
        with self.hold_sync():
            self.playing, self.place = False, 0
            self.film = {"count": self.film.get("count", 0) + 1, "name": "", "frames": 0, "fps": 1.0}
            self._tell("")

    def set_state(self, sync_data: object) -> None:
        """Take from a page only whether it plays and whether it begins anew at the end."""
        super().set_state(foreign.accept(sync_data, playing=foreign.flag, loop=foreign.flag))

    def _receive(self, _widget: object, content: object, buffers: object) -> None:
        answers = {"begin": self._begin, "chunk": self._take, "drop": self._drop, "place": self._show_place}
        answer = answers.get(foreign.event(content))
        if answer is not None:
            answer(content, buffers)

    def _begin(self, content: dict, _buffers: object) -> None:
        """Take a new file; one that was on its way is dropped, and one that is refused takes no place."""
        self._upload = None
        try:
            self._upload = uploads.begin(content, self.max_bytes)
        except (TypeError, ValueError) as error:
            self._fail(error)
            self.arrived = {"upload": uploads.number_of(content), "chunks": 0, "over": True}
        else:
            self._acknowledge(self._upload)

    def _take(self, content: dict, buffers: object) -> None:
        """Take a chunk and acknowledge it; chunks of a file that was replaced or dropped are ignored."""
        upload = self._upload
        if upload is None or content.get("upload") != upload.number:
            return
        try:
            upload.take(content, buffers)
            self._acknowledge(upload, over=upload.whole)
            if upload.whole:
                self._hand_on(upload)
        except Exception as error:  # noqa: BLE001  whatever a file holds, the page lives on
            self._acknowledge(upload, over=True)
            self._fail(error)

    def _hand_on(self, upload: uploads.Upload) -> None:
        self._tell(f"{upload.name} arrived, {upload.size / 1e6:,.1f} MB.")
        data = upload.data()
        for callback in self._on_file:
            callback(upload.name, data)

    def _acknowledge(self, upload: uploads.Upload, *, over: bool = False) -> None:
        """Tell the page how much is here; when it is over, whole or not, nothing is on its way any more."""
        if over:
            self._upload = None
        self.arrived = {"upload": upload.number, "chunks": len(upload.chunks), "over": over}

    def _drop(self, content: dict, _buffers: object) -> None:
        if self._upload is not None and content.get("upload") == self._upload.number:
            self._upload = None

    def _show_place(self, content: dict, _buffers: object) -> None:
        index, seq = content.get("index"), content.get("seq")
        if type(index) is not int or not 0 <= index < self.film.get("frames", 0):
            return
        if type(seq) is not int or not 0 < seq < LARGEST_SEQ:
            return
        # What the callback sets on the player travels in one message with the acknowledgement.
        with self.hold_sync():
            try:
                for callback in self._on_place:
                    callback(index)
            except Exception as error:  # noqa: BLE001  a frame that fails must neither end the page nor pass unseen
                self.playing = False
                self._fail(error)
            finally:
                self.place, self.acknowledged = index, seq

    def _fail(self, error: Exception) -> None:
        self._tell(describe(error), fault=True)
        for callback in self._on_error:
            callback(error)

    def _tell(self, sentence: str, *, fault: bool = False) -> None:
        self.report = {"count": self.report.get("count", 0) + 1, "sentence": sentence, "fault": fault}
