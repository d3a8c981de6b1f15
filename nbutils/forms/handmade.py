"""Networks written by hand: the smallest ones, to see what a link and a function do to a shape."""

from collections.abc import Mapping

from nbutils.neat import SPACE, Genome, Link, Node
from nbutils.neat.functions import FUNCTIONS
from nbutils.neat.genome import check_weight
from nbutils.neat.innovations import number_link


def connect(weights: Mapping[str, float], function: str = "linear") -> Genome:
    """Return the network whose output is a function of a weighted sum of inputs, without hidden nodes.

    weights : input, such as "x", "r_xyz" or "bias" -> weight
    Raises ValueError for an input or a function that does not exist, and for what is no weight.
    """
    unknown = [name for name in weights if name not in SPACE.inputs]
    if unknown:
        raise ValueError(f"The inputs are {', '.join(SPACE.inputs)}; there is no {str(unknown[0])[:40]!r}.")
    if function not in FUNCTIONS:
        raise ValueError(f"The functions are {', '.join(FUNCTIONS)}; there is no {str(function)[:40]!r}.")
    (output,) = SPACE.output_numbers
    sources = {SPACE.inputs.index(name): check_weight(weight) for name, weight in weights.items()}
    links = [Link(number_link(source, output), source, output, weight) for source, weight in sources.items()]
    return Genome(SPACE, (Node(output, function),), tuple(sorted(links, key=lambda link: link.innovation)))
