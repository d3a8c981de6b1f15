"""Reading a pickle of float32 arrays without letting it do anything else."""

import io
import pickle
import pickletools
from pathlib import Path

import numpy as np

# What Python's third pickle protocol uses for dicts of float32 arrays.
_INSTRUCTIONS = {
    *("PROTO", "STOP", "MARK", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET"),
    *("EMPTY_DICT", "SETITEM", "SETITEMS", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_TUPLE"),
    *("BINUNICODE", "BINBYTES", "SHORT_BINBYTES", "BININT", "BININT1", "BININT2"),
    *("NONE", "NEWTRUE", "NEWFALSE", "GLOBAL", "REDUCE", "BUILD"),
}
_MOST_REMEMBERED = 1_000_000  # entries of the pickle's memo; a larger number would have gigabytes made free
_ARRAY_TYPE = "numpy.ndarray"  # stands for the type in the pickle's instructions; a text cannot be called


def read_pickled_arrays(path: Path) -> dict[str, object]:
    """Return nested dicts of float32 arrays from a pickle file.

    Only what such a pickle needs is let in: the instructions for dicts, texts and arrays, a fresh empty array, and
    the float32 type. Raises pickle.UnpicklingError for anything else, and for a file that is not a whole pickle.
    """
    data = path.read_bytes()
    try:
        _refuse_instructions(data)
        held = _ArraysOnly(io.BytesIO(data)).load()
    except (EOFError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        raise pickle.UnpicklingError(f"{path.name} is not a whole pickle of arrays: {error}") from error
    _refuse_others(held, path.name)
    return held


def _refuse_instructions(data: bytes) -> None:
    """Raise UnpicklingError for an instruction that such a pickle does not need, before any is carried out."""
    for instruction, argument, _ in pickletools.genops(data):
        if instruction.name not in _INSTRUCTIONS:
            raise pickle.UnpicklingError(f"The file has the instruction {instruction.name}, which is not let in.")
        if instruction.name == "LONG_BINPUT" and argument > _MOST_REMEMBERED:
            raise pickle.UnpicklingError("The file would have room made for more than it can hold.")


class _ArraysOnly(pickle.Unpickler):
    """An unpickler that knows three names of numpy and gives harmless things for them."""

    def find_class(self, module: str, name: str) -> object:
        try:
            return _STAND_INS[module, name]
        except KeyError:
            message = f"The file asks for {module}.{name}; only float32 arrays are let in."
            raise pickle.UnpicklingError(message) from None


def _empty_array(kind: object, _shape: object, _code: object) -> np.ndarray:
    """Return an empty array, whatever shape is asked for; the pickle then sets its contents, which checks sizes."""
    if kind != _ARRAY_TYPE:
        raise pickle.UnpicklingError("The file builds an array of an unknown kind.")
    return np.empty(0, np.float32)


def _float32_type(code: object, *_flags: object) -> np.dtype:
    """Return a float32 type of its own, as the pickle sets its byte order next."""
    if code != "f4":
        raise pickle.UnpicklingError(f"The file holds numbers of type {code!r}; only float32 is let in.")
    return np.dtype("f4", align=False, copy=True)


_STAND_INS = {
    ("numpy", "ndarray"): _ARRAY_TYPE,
    ("numpy", "dtype"): _float32_type,
    ("numpy._core.multiarray", "_reconstruct"): _empty_array,
    ("numpy.core.multiarray", "_reconstruct"): _empty_array,  # its name before numpy 2
}


def _refuse_others(held: object, name: str) -> None:
    """Raise UnpicklingError unless `held` is dicts of dicts with texts as keys and float32 arrays in the end."""
    if isinstance(held, dict) and all(isinstance(key, str) for key in held):
        for value in held.values():
            _refuse_others(value, name)
    elif not (isinstance(held, np.ndarray) and held.dtype == np.float32):
        raise pickle.UnpicklingError(f"{name} holds a {type(held).__name__} where float32 arrays are expected.")
