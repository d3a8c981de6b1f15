"""The IDX format, in which MNIST and Fashion-MNIST are published."""

import math

import numpy as np

_BEGIN = b"\x00\x00\x08"  # two zeros, and the code of unsigned bytes, the only type in these files
_MOST_AXES = 4


def read_idx(data: bytes) -> list[np.ndarray]:
    """Return the arrays of IDX files that stand one behind the other : any shapes, uint8.

    An array begins with two zeros, the code of its type, its number of axes and the length of each, as four bytes
    with the highest first. Source: the format's description at the end of the publisher's page of MNIST.
    Raises ValueError where the data are something else, or end before an array does.
    """
    arrays = []
    place = 0
    while place < len(data):
        head = data[place : place + 4].ljust(4, b"\x00")
        axes = head[3]
        if not head.startswith(_BEGIN) or not 1 <= axes <= _MOST_AXES:
            raise ValueError(f"At byte {place:,} no array of unsigned bytes in IDX format begins.")
        begin = place + 4 + 4 * axes
        shape = tuple(int.from_bytes(data[at : at + 4]) for at in range(place + 4, begin, 4))
        place = begin + math.prod(shape)
        if place > len(data):
            raise ValueError(f"The data end {place - len(data):,} bytes before the array of shape {shape} does.")
        arrays.append(np.frombuffer(data, np.uint8, math.prod(shape), begin).reshape(shape))
    return arrays
