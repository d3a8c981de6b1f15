"""Small tables of chapter 6."""

from html import escape

import ipywidgets as ipw

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.widgets.errors import dashboard


@dashboard
def layer_table(name: str) -> ipw.Widget:
    """Return a table of a network's layers: what each does and how large its answer is."""
    network = zoo.load(name)
    rows = "".join(
        f"<tr><th scope='row'>{escape(layer.title)}</th><td>{escape(layer.kind)}</td>"
        f"<td>{layer.channels}</td><td>{' × '.join(map(str, layer.shape[1:]))}</td>"
        f"<td>{_count(layer.shape):,}</td></tr>"
        for layer in looking.list_layers(network)
    )
    return ipw.HTML(
        "<table class='dv-table'><caption>"
        f"{escape(network.title)}: {network.parameters:,} weights, pictures of {network.size} × {network.size} pixels"
        "</caption><thead><tr><th scope='col'>layer</th><th scope='col'>kind</th><th scope='col'>channels</th>"
        f"<th scope='col'>each map</th><th scope='col'>numbers</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _count(shape: tuple[int, ...]) -> int:
    total = 1
    for side in shape:
        total *= side
    return total
