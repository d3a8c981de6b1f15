"""A film from the visitor's files as a source of pictures."""

from collections.abc import Callable

import numpy as np

from nbutils.widgets.player import Player
from nbutils.zoo.films import Film, open_film


class FilmSource:
    """Holds the film that was chosen and the place that is shown of it.

    player : chooses the file and says which frame is wanted
    on_frame : called when another frame is to be shown, and once more when playing ends
    """

    def __init__(self, on_frame: Callable[[], None]) -> None:
        self.player = Player().add_class("dv-whole")
        self._film: Film | None = None
        self._name, self._place = "", 0
        self._on_frame = on_frame
        self.player.on_file(self._open)
        self.player.on_place(self._go_to)

    @property
    def is_there(self) -> bool:
        """Whether a film was chosen."""
        return self._film is not None

    @property
    def playing(self) -> bool:
        """Whether the next frame comes by itself."""
        return self.is_there and self.player.playing

    @property
    def title(self) -> str:
        """The film and the frame that is shown, in words."""
        return f"film {self._name}, frame {self._place + 1} of {self._film.frames}"

    def read(self, size: int) -> np.ndarray:
        """Return the frame that is shown : (size, size, 3), uint8, sRGB."""
        return self._film.read(self._place, size)

    def _open(self, name: str, data: bytes) -> None:
        """Take a film in the place of another; one that cannot be read leaves the other where it was."""
        film = open_film(data)
        if self._film is not None:
            self._film.close()
        self._film, self._name, self._place = film, name, 0
        self.player.show_film(name, film.frames, film.fps)
        self._on_frame()

    def _go_to(self, place: int) -> None:
        self._place = place
        self._on_frame()
