"""What goes into a network and what comes out of it: inputs and outputs with their names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbutils.runs.parsing import read_list

MOST_ENDS = 64
LONGEST_NAME = 24
NAME = re.compile(f"[a-z0-9_]{{1,{LONGEST_NAME}}}")


@dataclass(frozen=True)
class Ends:
    """The inputs and outputs of a network, in order; nodes 0, 1, ... are the inputs, the next ones the outputs.

    Raises ValueError for no input or output, too many, a name twice, and a name of other signs than a-z, 0-9 and _.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_names("inputs", self.inputs)
        _check_names("outputs", self.outputs)
        if len(self.inputs) + len(self.outputs) > MOST_ENDS:
            raise ValueError(f"A network has at most {MOST_ENDS} inputs and outputs together.")

    @property
    def output_numbers(self) -> range:
        """Return the numbers of the output nodes."""
        return range(len(self.inputs), len(self.inputs) + len(self.outputs))


def read_ends(values: Mapping[str, object]) -> Ends:
    """Return the inputs and outputs that a mapping names; raise ValueError as Ends does."""
    inputs, outputs = (tuple(read_list(name, values[name], MOST_ENDS)) for name in ("inputs", "outputs"))
    return Ends(inputs, outputs)


def _check_names(kind: str, names: object) -> None:
    if not isinstance(names, tuple) or not 1 <= len(names) <= MOST_ENDS:
        raise ValueError(f"{kind} must be a tuple of 1 to {MOST_ENDS} names.")
    for name in names:
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise ValueError(
                f"A name in {kind} is 1 to {LONGEST_NAME} of the signs a-z, 0-9 and _; got {str(name)[:40]!r}."
            )
    if len(set(names)) != len(names):
        raise ValueError(f"The names in {kind} must differ.")


# Section 3.3.2 of the thesis, with equations 3.1 to 3.4; the bias is an input that is always 1.
SPACE = Ends(("x", "y", "z", "r_xy", "r_yz", "r_xz", "r_xyz", "bias"), ("field",))

# Figure 3.2 of the thesis paints x, y -> red, green, blue; the radius and the bias are those of SPACE.
PLANE = Ends(("x", "y", "r_xy", "bias"), ("red", "green", "blue"))
