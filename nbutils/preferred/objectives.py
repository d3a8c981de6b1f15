"""What a picture is made to raise: small expressions over a network's answers, which a line of Python writes and reads.

    logit("strawberry") + 0.1 * channel("conv5", 12)

An objective is a number for one picture. Objectives and numbers add, subtract and multiply; a negative one is lowered.
"""

import ast
import difflib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

OUTPUT = ""  # the name of the network's last answer, as `probe.watch` knows the network itself
LONGEST_TEXT = 50_000
LONGEST_NAME = 200
DEEPEST = 60
MOST_DIRECTION = 4096
LARGEST_NUMBER = 1e9
_CLASS_WORDS = ("logit", "probability")
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_TIGHTNESS = {"+": 1, "-": 1, "*": 2}


@dataclass(frozen=True)
class Objective:
    """One node of the expression.

    word : logit, probability, unit, channel, direction or layer; or one of the signs + - *
    parts : the arguments; for a sign two objectives or numbers
    """

    word: str
    parts: tuple

    def __add__(self, other: "Objective | float") -> "Objective":
        return Objective("+", (self, _as_part(other)))

    def __radd__(self, other: float) -> "Objective":
        return Objective("+", (_as_part(other), self))

    def __sub__(self, other: "Objective | float") -> "Objective":
        return Objective("-", (self, _as_part(other)))

    def __rsub__(self, other: float) -> "Objective":
        return Objective("-", (_as_part(other), self))

    def __mul__(self, other: "Objective | float") -> "Objective":
        return Objective("*", (self, _as_part(other)))

    def __rmul__(self, other: float) -> "Objective":
        return Objective("*", (_as_part(other), self))

    def __neg__(self) -> "Objective":
        return Objective("*", (-1.0, self))

    def __str__(self) -> str:
        if self.word not in _OPERATORS.values():
            return f"{self.word}({', '.join(map(_write_value, self.parts))})"
        left, right = self.parts
        return f"{_write_part(left, self.word, False)} {self.word} {_write_part(right, self.word, True)}"


def logit(class_: str | int) -> Objective:
    """Return the last answer of the network for a class, given by its label or its number, before any softmax."""
    return Objective("logit", (_check_class(class_),))


def probability(class_: str | int) -> Objective:
    """Return the probability of a class, the softmax of the network's last answer."""
    return Objective("probability", (_check_class(class_),))


def unit(layer: str, channel: int, row: int | None = None, column: int | None = None) -> Objective:
    """Return one neuron of a layer: the one at that row and column of its map, without them the one in the centre.

    A layer that answers with one number for each channel has neither rows nor columns.
    """
    if (row is None) != (column is None):
        raise ValueError("unit takes both a row and a column, or neither of them for the neuron in the centre.")
    position = () if row is None else (_check_whole("row", row), _check_whole("column", column))
    return Objective("unit", (_check_name(layer), _check_whole("channel", channel), *position))


def channel(layer: str, channel: int) -> Objective:
    """Return the mean over the map of one channel."""
    return Objective("channel", (_check_name(layer), _check_whole("channel", channel)))


def direction(layer: str, towards: int | Sequence[float]) -> Objective:
    """Return how far the mean map of a layer points in a direction: their dot product.

    towards : the seed of a random direction of length 1, or one number for each channel, taken as they are
    """
    if isinstance(towards, Sequence) and not isinstance(towards, str):
        if not 1 <= len(towards) <= MOST_DIRECTION:
            raise ValueError(
                f"A direction has 1 to {MOST_DIRECTION} numbers, got {len(towards)}; larger ones need a seed."
            )
        return Objective("direction", (_check_name(layer), tuple(_check_number(value) for value in towards)))
    return Objective("direction", (_check_name(layer), _check_whole("seed", towards)))


def layer(name: str) -> Objective:
    """Return the mean square of all that a layer answers, which deep dream raises (github.com/google/deepdream)."""
    return Objective("layer", (_check_name(name),))


_MAKERS: dict[str, Callable[..., Objective]] = {
    "logit": logit,
    "probability": probability,
    "unit": unit,
    "channel": channel,
    "direction": direction,
    "layer": layer,
}


def parse(text: str) -> Objective:
    """Read the line of Python that `str` writes; nothing of it is ever run.

    Raises ValueError for anything but objectives, numbers, + - * and parentheses.
    """
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise ValueError(f"An objective is a text of at most {LONGEST_TEXT} characters.")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f'"{text[:80]}" is no objective. Write one such as channel("conv5", 12).') from error
    _check_depth(tree)
    found = _read(tree.body)
    if not isinstance(found, Objective):
        raise ValueError(f'"{text[:80]}" names nothing of the network. Write an objective such as logit(949).')
    return found


def layers_of(objective: Objective) -> set[str]:
    """Return the names of the layers whose answers the objective is made of; OUTPUT for the network's last answer."""
    if objective.word in _CLASS_WORDS:
        return {OUTPUT}
    if objective.word in _MAKERS:
        return {objective.parts[0]}
    return set().union(*(layers_of(part) for part in objective.parts if isinstance(part, Objective)))


def class_of(objective: Objective) -> str | int | None:
    """Return the first class that the objective names, as it is named there, or None."""
    if objective.word in _CLASS_WORDS:
        return objective.parts[0]
    found = (class_of(part) for part in objective.parts if isinstance(part, Objective))
    return next((named for named in found if named is not None), None)


def resolve(objective: Objective, labels: Sequence[str] | None) -> Objective:
    """Return the objective with every class given by its number.

    labels : the name of each class, or None where the network has no names for its last answers
    Raises ValueError, with the nearest labels, for a class that there is not.
    """
    if objective.word in _CLASS_WORDS:
        return replace(objective, parts=(find_class(objective.parts[0], labels),))
    if objective.word in _MAKERS:
        return objective
    parts = tuple(resolve(part, labels) if isinstance(part, Objective) else part for part in objective.parts)
    return replace(objective, parts=parts)


def find_class(class_: str | int, labels: Sequence[str] | None) -> int:
    """Return the number of a class given by its label, in any case of letters, or by its number.

    Raises ValueError for a class that there is not.
    """
    if isinstance(class_, int):
        if labels is not None and not 0 <= class_ < len(labels):
            raise ValueError(f"The classes are 0 to {len(labels) - 1}, got {class_}.")
        return class_
    if labels is None:
        raise ValueError(f'This network has no named classes, so "{class_}" cannot be found: give a number or a layer.')
    lowered = [label.lower() for label in labels]
    if class_.lower() in lowered:
        return lowered.index(class_.lower())
    near = difflib.get_close_matches(class_.lower(), lowered, n=3, cutoff=0.4)
    hint = f" The nearest are: {', '.join(labels[lowered.index(name)] for name in near)}." if near else ""
    raise ValueError(f'There is no class "{class_}".{hint}')


def _check_depth(tree: ast.AST) -> None:
    """Raise ValueError for a line that is nested so deeply that reading it could exhaust the stack."""
    level, depth = [tree], 0
    while level:
        level, depth = [child for node in level for child in ast.iter_child_nodes(node)], depth + 1
        if depth > DEEPEST:
            raise ValueError(f"An objective is nested at most {DEEPEST} deep, and adds at most about as many parts.")


def _read(node: ast.AST) -> "Objective | float | int | str | tuple":
    """Return what one node of the parsed line stands for."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, str):
        return node.value
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(_read(part) for part in node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_only(_read(node.operand), (int, float, Objective), "-")
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        sign = _OPERATORS[type(node.op)]
        return _combine(sign, *(_only(_read(side), (int, float, Objective), sign) for side in (node.left, node.right)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MAKERS:
        return _call(node)
    raise ValueError(
        f"An objective is made of {', '.join(_MAKERS)}, numbers, + - * and parentheses; "
        f'"{ast.unparse(node)[:60]}" is none of them.'
    )


def _call(node: ast.Call) -> Objective:
    """Return what a call in the parsed line makes."""
    word = node.func.id
    given = [argument.arg for argument in node.keywords]
    if None in given or len(set(given)) < len(given):
        raise ValueError(f"{word} takes its arguments one by one, each once.")
    try:
        return _MAKERS[word](*map(_read, node.args), **{one.arg: _read(one.value) for one in node.keywords})
    except TypeError as error:
        raise ValueError(f"{word} takes other arguments than {ast.unparse(node)[:80]}.") from error


def _combine(sign: str, left: "Objective | float", right: "Objective | float") -> "Objective | float":
    if isinstance(left, Objective) or isinstance(right, Objective):
        return Objective(sign, (_as_part(left), _as_part(right)))
    return _check_number({"+": left + right, "-": left - right, "*": left * right}[sign])


def _only(value: object, kinds: tuple, sign: str) -> object:
    if not isinstance(value, kinds):
        raise ValueError(f"{sign} stands between objectives and numbers, got {str(value)[:40]!r}.")
    return value


def _as_part(value: "Objective | float") -> "Objective | float":
    return value if isinstance(value, Objective) else _check_number(value)


def _check_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"An objective is combined with objectives and numbers, got {str(value)[:40]!r}.")
    if not (math.isfinite(value) and abs(value) <= LARGEST_NUMBER):
        raise ValueError(f"A number in an objective is at most {LARGEST_NUMBER:g}, got {str(value)[:40]}.")
    return float(value)


def _check_whole(what: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise ValueError(f"{what} must be a whole number from 0, got {str(value)[:40]!r}.")
    return value


def _check_class(value: object) -> str | int:
    if isinstance(value, str) and 1 <= len(value) <= LONGEST_NAME:
        return value
    return _check_whole("A class given by its number", value)


def _check_name(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_NAME:
        raise ValueError(f"A layer is named by 1 to {LONGEST_NAME} letters, got {str(value)[:40]!r}.")
    return value


def _write_value(value: object) -> str:
    """Return one argument as Python writes it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"({', '.join(map(_write_value, value))},)"
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _write_part(part: "Objective | float", sign: str, is_right: bool) -> str:
    """Return a side of a sign, in parentheses where it would otherwise be read in another order."""
    if not isinstance(part, Objective):
        return _write_value(part)
    tightness, outer = _TIGHTNESS.get(part.word, 3), _TIGHTNESS[sign]
    is_loose = tightness < outer or (is_right and tightness == outer)
    return f"({part})" if is_loose else str(part)
