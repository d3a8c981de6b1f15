"""A file that arrives from a browser in chunks: in order, of the announced size, in memory only."""

from nbutils.widgets import foreign

# A websocket message of more than 10 MiB is dropped by the server without a word.
CHUNK = 1_000_000
LONGEST_NAME = 120
LARGEST_NUMBER = 2**53


class Upload:
    """One file on its way; made by begin(), filled by take()."""

    def __init__(self, number: int, name: str, size: int) -> None:
        self.number, self.name, self.size = number, name, size
        self.chunks: list[bytes] = []

    @property
    def whole(self) -> bool:
        """Whether all chunks are there."""
        return len(self.chunks) == -(-self.size // CHUNK)

    def take(self, content: dict, buffers: object) -> None:
        """Add the next chunk; ValueError, as a sentence, for any other and for one of the wrong size."""
        wanted = min(CHUNK, self.size - CHUNK * len(self.chunks))
        if content.get("chunk") != len(self.chunks) or not isinstance(buffers, list) or len(buffers) != 1 or self.whole:
            raise ValueError(f"{self.name} did not arrive in order: choose it again.")
        if memoryview(buffers[0]).nbytes != wanted:
            raise ValueError(f"{self.name} did not arrive whole: choose it again.")
        self.chunks.append(bytes(buffers[0]))

    def data(self) -> bytes:
        """Return the file, when it is whole."""
        return b"".join(self.chunks)


def begin(content: dict, most: int) -> Upload:
    """Return the upload that a page announces; ValueError or TypeError for an empty file and for one that is too large.

    most : the largest file in bytes
    """
    name = clean_name(content.get("name"))
    number, size = number_of(content), content.get("size")
    if type(size) is not int or number < 0:
        raise ValueError(f"{name} was not announced as a file is: choose it again.")
    if size <= 0:
        raise ValueError(f"{name} is empty: choose another file.")
    if size > most:
        raise ValueError(f"{name} has {size / 1e6:,.1f} MB, and at most {most / 1e6:,.1f} MB are taken.")
    return Upload(number, name, size)


def number_of(content: dict) -> int:
    """Return the number that a page gave its upload, -1 for what is none."""
    number = content.get("upload")
    return number if type(number) is int and 0 <= number <= LARGEST_NUMBER else -1


def clean_name(name: object) -> str:
    """Return the last part of a file's name that a page sent, without control characters, its end kept."""
    last = foreign.text(name, 10_000).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[-LONGEST_NAME:] or "The file"
