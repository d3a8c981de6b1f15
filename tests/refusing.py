"""What every reader of foreign JSON must do with anything: take it, or refuse it at once with a sentence."""

import time

import pytest
from hypothesis import strategies as st

LONGEST_SENTENCE = 300
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def refuse(read, data, told):
    """Return the sentence with which read(data) refuses, which must hold what `told` matches, and come in a second."""
    begin = time.process_time()
    with pytest.raises(ValueError, match=told) as caught:
        read(data)
    assert time.process_time() - begin < 1
    return str(caught.value)


def is_sentence(told):
    """Say whether a refusal is a sentence that a page has room for."""
    return told.endswith(".") and len(told) < LONGEST_SENTENCE


def read_or_refuse(read, data):
    """Return what was read, None where it was refused with a sentence; another refusal is raised."""
    try:
        return read(data)
    except ValueError as error:
        if not is_sentence(str(error)):
            raise
        return None
