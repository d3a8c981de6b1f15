"""A film as a sequence of square pictures, read in order or from any place."""

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, Self

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import av

MAX_BYTES = 1_000_000_000
MAX_SIDE = 4_096
MAX_PIXELS = 40_000_000
MAX_SIZE = 2_048
MAX_SECONDS = 24 * 3_600
SLOWEST, FASTEST = 0.05, 240.0
STILL_RATE = 25.0  # frames a second of a film with a single frame, which has no rate of its own
FAR = 3.0  # seconds ahead from which a jump is quicker than decoding all that lies between
MAX_WAIT = 10.0  # seconds: a jump decodes from the key frame before its place, and that may be far
CUT_SHORT = 1.0  # seconds that may be missing at the end before a film counts as damaged
# Formats that only name other files or addresses (hls, concat, dash, sdp) are not among these.
_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,gif"
_CODECS = (
    "h264,hevc,av1,libdav1d,vp8,vp9,libvpx,libvpx-vp9,mpeg1video,mpeg2video,mpeg4,mjpeg,h263,msmpeg4v2,msmpeg4,"
    "theora,prores,dnxhd,ffv1,huffyuv,ffvhuff,rawvideo,png,gif"
)
_LIMITS = {"max_pixels": str(MAX_PIXELS), "threads": "1"}
_ITU709 = 1  # the colour matrix of high definition, in FFmpeg's numbers
_UNSPECIFIED = 2


class Film:
    """An open film, made by open_film(); read() gives its pictures, close() or a with statement lets it go.

    frames : number of frames at an even pace; fps : frames a second; seconds : how long it runs
    width, height : size in pixels as the film is shown, turned upright, its pixels made square
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        import av  # costs a tenth of a second, and most pages open no film

        self._file, self._name = file, name
        self._container: av.container.InputContainer | None = None
        self._reformatter = av.video.reformatter.VideoReformatter()
        try:
            self._open()
            self.frames, self.fps = self._measure()
            self.seconds = self.frames / self.fps
            self._rewind()
            self._origin = self._time
            quarter_turns = _quarter_turns(self._shown)
            shown = round(self._shown.width * self._aspect), self._shown.height
            self.width, self.height = shown[::-1] if quarter_turns % 2 else shown
        except BaseException:
            self.close()
            raise

    def read(self, index: int, size: int) -> np.ndarray:
        """Return the middle square of a frame : (size, size, 3), uint8, sRGB.

        Time is cut into `frames` equal steps, and frame `index` is what stands on the screen in the middle of its step:
        a film of uneven pace plays at its own speed. Raises ValueError for a place or a size out of range, for a place
        that is damaged, and where the key frames lie so far apart that a jump takes more than MAX_WAIT seconds.
        """
        if self._container is None:
            raise ValueError(f"{self._name} was closed: open it again.")
        if not 0 <= index < self.frames:
            raise ValueError(f"{self._name} has the frames 0 to {self.frames - 1}, got {index}.")
        if not 1 <= size <= MAX_SIZE:
            raise ValueError(f"A film can be read at 1 to {MAX_SIZE} pixels a side, not at {size}.")
        self._go_to(self._origin + (index + 0.5) / self.fps)
        return self._square(self._shown, size)

    def close(self) -> None:
        """Let the film and its memory go."""
        self._decoded: Iterator[av.VideoFrame] = iter(())
        self._shown = self._next = None
        if self._container is not None:
            self._container.close()
            self._container = None
        self._file.close()

    def __enter__(self) -> Self:
        """Return the film."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Close the film."""
        self.close()

    def _refuse(self, why: str) -> NoReturn:
        raise ValueError(f"{self._name} {why}")

    def _open(self) -> None:
        """Open the file at its beginning, with one stream of pictures and one decoder of one thread."""
        import av

        if self._container is not None:
            self._container.close()
        self._file.seek(0)
        limits = {"format_whitelist": _FORMATS, "codec_whitelist": _CODECS, "protocol_whitelist": "none"}
        try:
            self._container = av.open(
                self._file, options=_LIMITS, container_options=limits, metadata_errors="replace", io_open=_open_no_other
            )
        except (av.FFmpegError, ValueError, OSError) as error:
            raise ValueError(
                f"{self._name} is not a film that can be read: choose an MP4, MOV, WebM, MKV, AVI, MPEG or GIF file "
                "that is whole."
            ) from error
        cover = av.stream.Disposition.attached_pic
        streams = [stream for stream in self._container.streams.video if not stream.disposition & cover]
        if not streams:
            self._refuse("holds no moving pictures: choose a film.")
        self._stream = streams[0]
        decoder = self._stream.codec_context
        if decoder is None or decoder.name not in _CODECS.split(","):
            self._refuse("is packed in a way that is not read here: save it as H.264 in an MP4 file.")
        self._check_size(decoder.width, decoder.height)
        decoder.options = _LIMITS
        decoder.thread_count = 1
        aspect = float(self._stream.sample_aspect_ratio or 1)
        self._aspect = aspect if 0.1 <= aspect <= 10 else 1.0

    def _check_size(self, width: int, height: int) -> None:
        if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
            self._refuse(f"has frames of {width} x {height} pixels; at most {MAX_SIDE} a side are read.")

    def _measure(self) -> tuple[int, float]:
        """Return how many frames there are and how many a second, counted: what a file's head says need not be so."""
        packets = (packet for packet in self._packets() if packet.size)
        stamps = [packet.dts if packet.pts is None else packet.pts for packet in packets]
        stamps = np.unique(np.array([stamp for stamp in stamps if stamp is not None], np.int64))
        if not stamps.size:
            self._refuse("holds no frames: the file is damaged, or it was cut short.")
        if stamps.size == 1:
            return 1, STILL_RATE
        gaps = np.diff(stamps) * float(self._stream.time_base)
        # A screen that was filmed only when it changed has its own pace between long stills: the usual gap tells it.
        usual = float(np.median(gaps))
        gap = usual if usual < 0.8 * gaps.mean() else float(gaps.mean())
        if not SLOWEST <= 1 / gap <= FASTEST or gaps.sum() > MAX_SECONDS:
            self._refuse(f"claims {gaps.sum():.3g} seconds of {1 / gap:.3g} frames each: its clock is wrong.")
        return round(gaps.sum() / gap) + 1, 1 / gap

    def _packets(self) -> Iterator["av.Packet"]:
        """Yield what is still packed; a damaged file ends where it cannot be read on."""
        import av

        try:
            yield from self._container.demux(self._stream)
        except av.FFmpegError:
            return

    def _decode(self) -> Iterator["av.VideoFrame"]:
        """Yield the frames from here to the end, in the order in which they are shown, leaving out damaged ones."""
        import av

        for packet in self._packets():
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            for frame in frames:
                self._check_size(frame.width, frame.height)
                yield frame

    def _time_of(self, frame: "av.VideoFrame | None", otherwise: float) -> float:
        """Return when a frame is shown, in seconds on the file's clock."""
        # AVI keeps the order of decoding alone; what FFmpeg makes of it for frames that refer to later ones is wrong.
        stamp = None if frame is None else frame.dts if self._container.format.name == "avi" else frame.pts
        return otherwise if stamp is None else float(stamp * self._stream.time_base)

    def _start(self, frame: "av.VideoFrame", moment: float) -> None:
        """Show a frame that was just decoded, at its moment on the file's clock."""
        self._shown, self._time = frame, moment
        self._look_ahead()

    def _look_ahead(self) -> None:
        self._next = next(self._decoded, None)
        self._next_time = self._time_of(self._next, self._time + 1 / self.fps)

    def _rewind(self) -> None:
        self._open()
        self._decoded = self._decode()
        first = next(self._decoded, None)
        if first is None:
            self._refuse("holds no frame that can be shown: the file is damaged, or it was cut short.")
        self._start(first, self._time_of(first, 0.0))

    def _go_to(self, wanted: float) -> None:
        """Show what stands on the screen at that time."""
        deadline = time.monotonic() + MAX_WAIT
        if not self._time <= wanted <= self._time + FAR:
            self._jump(wanted, deadline)
        while self._next is not None and self._next_time <= wanted:
            self._shown, self._time = self._next, self._next_time
            self._look_ahead()
            self._check_time(deadline)
        if self._next is None and wanted > self._time + CUT_SHORT + 2 / self.fps:
            self._refuse(f"cannot be read beyond {self._time - self._origin:.1f} seconds: the file is damaged there.")

    def _check_time(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            self._refuse("has its key frames too far apart for a jump to there: play it from an earlier place.")

    def _jump(self, wanted: float, deadline: float) -> None:
        """Go to a key frame before that time, or to the beginning where the file knows of none."""
        import av

        # Where an MPEG program stream is entered in its middle, times are off by a part of a frame.
        enters = self._container.format.name != "mpeg"
        self._time = float(
            "inf"
        )  # nowhere, until a frame is shown: what breaks a jump off lets the next read jump anew
        for earlier in (0.0, 1.0, 5.0) if enters else ():
            if wanted - earlier <= self._origin:
                break
            try:
                self._container.seek(int((wanted - earlier) / self._stream.time_base), stream=self._stream)
            except av.FFmpegError:
                break
            self._decoded = self._decode()
            if self._start_at_key(wanted, deadline):
                return
        self._rewind()

    def _start_at_key(self, wanted: float, deadline: float) -> bool:
        """Show the first whole frame from here; False where it would be shown after that time."""
        for frame in self._decoded:
            moment = self._time_of(frame, float("inf"))
            if moment > wanted:
                return False
            # Frames before it may refer to what lies before the place where decoding began.
            if frame.key_frame:
                self._start(frame, moment)
                return True
            self._check_time(deadline)
        return False

    def _square(self, frame: "av.VideoFrame", size: int) -> np.ndarray:
        """Return the middle square of a decoded frame, upright : (size, size, 3), uint8, sRGB."""
        # A film of high definition that names no colours is meant in those of high definition.
        guessed = _ITU709 if frame.colorspace == _UNSPECIFIED and frame.height >= 720 else None
        colours = self._reformatter.reformat(frame, format="rgb24", src_colorspace=guessed, threads=1)
        picture = Image.fromarray(colours.to_ndarray())
        side = min(picture.width * self._aspect, picture.height)
        wide, left, top = side / self._aspect, (picture.width - side / self._aspect) / 2, (picture.height - side) / 2
        cut = picture.resize(
            (size, size), Image.Resampling.BILINEAR, box=(left, top, left + wide, top + side), reducing_gap=3.0
        )
        return np.ascontiguousarray(np.rot90(cut, _quarter_turns(frame)))


def open_film(source: Path | bytes) -> Film:
    """Open a film: MP4, MOV, WebM, MKV, AVI, MPEG or GIF, from a file or from memory.

    Raises ValueError, as a sentence, where source is no film that can be read, has more than MAX_BYTES, or has frames
    of more than MAX_SIDE pixels a side or MAX_PIXELS. Nothing but source is opened, whatever it refers to.
    """
    name = source.name if isinstance(source, Path) else "The film"
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        file = source.open("rb") if isinstance(source, Path) else io.BytesIO(source)
    except OSError as error:
        raise ValueError(f"The film {name} cannot be opened: choose a file that is there.") from error
    if not 0 < size <= MAX_BYTES:
        file.close()
        raise ValueError(f"{name} has {size:,} bytes; films of 1 to {MAX_BYTES:,} bytes are read.")
    return Film(file, name)


def _open_no_other(url: str, _flags: int, _options: dict) -> NoReturn:
    raise PermissionError(f"a film may not open {url[:80]}.")


def _quarter_turns(frame: "av.VideoFrame") -> int:
    """Return by how many quarter turns, counterclockwise, the frame is turned to stand upright."""
    return round(frame.rotation / 90) % 4
