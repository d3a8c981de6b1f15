"""A pickle may hold float32 arrays and nothing else, whatever it asks for."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from nbutils.zoo.pickles import read_pickled_arrays

ARRAYS = {
    "AlexNet_0": {
        "Conv_0": {"kernel": np.arange(24, dtype=np.float32).reshape(2, 3, 4), "bias": np.ones(4, np.float32)},
        "Conv_1": {"kernel": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))},
    }
}


class Calls:
    """Pickles as a call of a function with arguments."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call

    def __repr__(self):
        # Without an address in memory: every process names this test alike.
        return f"{self.call[0].__name__} of {len(self.call[1])}"


@pytest.fixture
def read(tmp_path):
    def run(held):
        path = tmp_path / "net.ckpt"
        path.write_bytes(held if isinstance(held, bytes) else pickle.dumps(held, 3))
        return read_pickled_arrays(path)

    return run


def test_arrays_come_back_as_they_were(read):
    held = read(ARRAYS)["AlexNet_0"]
    assert list(held) == ["Conv_0", "Conv_1"]
    for name, convolution in ARRAYS["AlexNet_0"].items():
        for part, array in convolution.items():
            assert held[name][part].dtype == np.float32
            np.testing.assert_array_equal(held[name][part], array)


def test_the_names_of_an_older_numpy_are_understood(read):
    old = pickle.dumps(ARRAYS, 3).replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")
    assert b"numpy.core" in old
    np.testing.assert_array_equal(read(old)["AlexNet_0"]["Conv_0"]["bias"], np.ones(4))


def test_a_pickle_that_runs_a_command_is_refused_and_runs_nothing(read, tmp_path):
    marker = tmp_path / "marker"
    with pytest.raises(pickle.UnpicklingError, match="only float32 arrays are let in"):
        read({"AlexNet_0": Calls(os.system, f"touch {marker}")})
    assert not marker.exists()


@pytest.mark.parametrize(
    "held",
    [
        Calls(eval, "1"),
        Calls(getattr, "a", "upper"),
        Calls(Path, "/"),
        Calls(np.load, "a.npy"),
        Calls(np.memmap, "/etc/hosts"),
        Calls(np.ndarray, (10**13,)),
        Calls(np.zeros, 10**13),
        np.ones(3),
        np.ones(3, np.int32),
        np.array([{}], dtype=object),
        np.ones(3, np.float32)[0],
        {"a": [np.ones(3, np.float32)]},
        {1: np.ones(3, np.float32)},
        {"a": "text"},
        None,
    ],
    ids=repr,
)
def test_everything_else_is_refused(read, held):
    with pytest.raises(pickle.UnpicklingError):
        read({"AlexNet_0": held})


def test_a_pickle_that_asks_for_a_huge_array_gets_none(read):
    huge = np.ones(1, np.float32).__reduce__()[0]
    with pytest.raises(pickle.UnpicklingError):
        read({"a": Calls(huge, np.ndarray, (10**13,), b"f"), "b": 1})


def test_a_pickle_that_asks_for_a_huge_memo_gets_none(read):
    with pytest.raises(pickle.UnpicklingError, match="more than it can hold"):
        read(b"\x80\x03}r\xff\xff\xff\x7f.")


@pytest.mark.parametrize("protocol", [0, 1, 4, 5])
def test_other_protocols_are_refused(read, protocol):
    with pytest.raises(pickle.UnpicklingError, match="instruction"):
        read(pickle.dumps(ARRAYS, protocol))


@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_half_a_pickle_is_refused(read, share):
    data = pickle.dumps(ARRAYS, 3)
    with pytest.raises(pickle.UnpicklingError, match="not a whole pickle"):
        read(data[: int(share * len(data))])


def test_no_broken_pickle_raises_anything_else(read):
    data = pickle.dumps(ARRAYS, 3)
    random, refused = np.random.default_rng(0), 0
    for _ in range(300):
        broken = bytearray(data)
        for place in random.integers(0, len(data), 3):
            broken[place] = random.integers(0, 256)
        try:
            read(bytes(broken))
        except pickle.UnpicklingError:
            refused += 1
    assert refused > 100
