"""A film whose frames lie in Python: a place on it, Play, and going along with the newest frame."""

from collections.abc import Callable, Sequence

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page

MOST_FRAMES = 2_000
LONGEST_CAPTION = 80


class Film(anywidget.AnyWidget):
    """A scrubber over frames that may still be growing in number; `place` is the frame to show.

    While `newest` is on, the place is the last frame, also of those that come; going elsewhere ends that.
    """

    _esm = page.script("film.js")
    _style = page.Style()
    name = T.Unicode().tag(sync=True)
    captions = T.List(T.Unicode()).tag(sync=True)
    place = T.Int(0).tag(sync=True)
    playing = T.Bool(False).tag(sync=True)
    newest = T.Bool(True).tag(sync=True)
    fps = T.Float(8.0).tag(sync=True)

    def __init__(self, name: str, fps: float = 8.0) -> None:
        self._on_place: list[Callable[[int], object]] = []
        super().__init__(name=name, fps=fps)

    def on_place(self, callback: Callable[[int], object]) -> None:
        """Call callback(index) when another frame is to be shown."""
        self._on_place.append(callback)

    def show(self, captions: Sequence[str]) -> None:
        """Take these frames, one caption each; the place goes along when the newest is wanted, else it stays.

        Raises ValueError for more than MOST_FRAMES.
        """
        if len(captions) > MOST_FRAMES:
            raise ValueError(f"a film has at most {MOST_FRAMES:,} frames, got {len(captions):,}.")
        last = max(len(captions) - 1, 0)
        with self.hold_sync():
            self.captions = [str(caption)[:LONGEST_CAPTION] for caption in captions]
            self.place = last if self.newest else min(self.place, last)

    def reset(self) -> None:
        """Let all frames go and follow the newest again."""
        with self.hold_sync():
            self.playing, self.newest, self.captions, self.place = False, True, [], 0

    def set_state(self, sync_data: object) -> None:
        """Take from a page only the place, whether it plays and whether the newest is wanted."""
        last = max(len(self.captions) - 1, 0)
        super().set_state(
            foreign.accept(
                sync_data,
                place=lambda value: foreign.whole(value, 0, last),
                playing=foreign.flag,
                newest=foreign.flag,
            )
        )

    @T.observe("newest")
    def _go_to_newest(self, change: dict) -> None:
        if change["new"] and self.captions:
            self.place = len(self.captions) - 1

    @T.observe("place")
    def _tell(self, change: dict) -> None:
        for callback in self._on_place:
            callback(change["new"])
