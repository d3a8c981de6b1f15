"""Save the numbers and save the view: what the live toolbox shows, as files for the browser to keep."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nbutils.deepvis import looking, view
from nbutils.deepvis.dashboards import telling
from nbutils.deepvis.dashboards.backward_pane import METHOD_TITLES, lift_picture
from nbutils.deepvis.exporting import Moment, name_file, pack_numbers, pack_picture, record
from nbutils.figures.palette import MUTED, lift
from nbutils.figures.sheet import SMALL_SIZE, Column, Picture, Shares, Words, draw_sheet, lay_tiles
from nbutils.probe import Layer, find_layer
from nbutils.widgets.wall import fit_columns

if TYPE_CHECKING:
    from nbutils.deepvis.dashboards.toolbox import Toolbox

INPUT_WIDTH, WALL_WIDTH, WALL_HEIGHT, MAP_WIDTH = 320, 1_060, 820, 320


def save_numbers(box: "Toolbox") -> tuple[str, bytes]:
    """Return name and bytes of an npz file: what the layer on the wall answers to the picture that is there."""
    moment = take_moment(box)
    return name_file(moment, "npz"), pack_numbers(moment)


def save_view(box: "Toolbox") -> tuple[str, bytes]:
    """Return name and bytes of a PNG file: picture, wall, selected channel and best guesses."""
    moment = take_moment(box)
    return name_file(moment, "png"), pack_picture(draw_view(moment, box), record(moment))


def take_moment(box: "Toolbox") -> Moment:
    """Return what is looked at now; ValueError where there is no picture yet."""
    if box.sources.pixels is None:
        raise ValueError("There is no picture yet: allow the camera or choose a photograph, then save again.")
    pixels = looking.fit_picture(box.sources.pixels, box.network)
    python = view.to_python(box.view, box.new, box.given)
    return Moment(box.network, box.layer, pixels, box.sources.picture, box.view, python)


def draw_view(moment: Moment, box: "Toolbox") -> np.ndarray:
    """Return the view on one sheet, the wall as it is drawn on the page : (height, width, 3), uint8, sRGB."""
    layer, network, shown = moment.layer, moment.network, moment.view
    columns = fit_columns(layer.channels, WALL_WIDTH, WALL_HEIGHT, _aspect(layer))
    look = look_at_all(moment, box, WALL_WIDTH // columns)
    table = lift(shown.colours if shown.wall == "answers" else "diverging", shown.gamma, look.signed)
    if look.tiles is None:
        wall = Words(telling.why_empty(shown.wall, layer, name_plainly(box)), colour=MUTED)
    else:
        wall = Picture(lay_tiles(look.tiles.pixels, table, columns, WALL_WIDTH, box.channel))
    guesses = Shares(look.guesses) if look.guesses else Words("It names no classes.", colour=MUTED)
    left = (Picture(moment.pixels), Words(moment.picture), Words("Best guesses"), guesses)
    right = (*_draw_channel(look, table, box), *_draw_backward(look, box))
    noun = "channel" if layer.is_spatial else "unit"
    size = " × ".join(map(str, layer.shape))
    return draw_sheet(
        f"{network.title}: {layer.title}",
        f"{layer.kind}, {size}; each tile a {noun}; {_tell_scale(shown, look.signed)}",
        (Column(INPUT_WIDTH, left), Column(WALL_WIDTH, (wall,)), Column(MAP_WIDTH, right)),
        f"{record(moment)['date']} · nbutils · {network.title}: {network.licence} · {moment.python.splitlines()[-1]}",
    )


def look_at_all(moment: Moment, box: "Toolbox", room: int) -> looking.Look:
    """Return a look that brings everything of the view, also what is scrolled out of sight.

    room : pixels for each tile
    """
    wish = replace(
        box.make_wish(),
        layer=moment.layer,
        tiles=True,
        room=room,
        channel=box.channel,
        guesses=moment.network.labels is not None,
        back=box.backward.find_return(moment.view, box.unit, walled=True),
    )
    return looking.look(moment.network, box.layers, moment.pixels, wish)


def name_plainly(box: "Toolbox") -> str:
    """Return the unit that is looked at from behind, in words."""
    layer = find_layer(box.layers, box.unit.layer)
    return f"{layer.title} · {'channel' if layer.is_spatial else 'unit'} {box.unit.channel}"


def _draw_channel(look: looking.Look, table: np.ndarray, box: "Toolbox") -> tuple[Picture | Words, ...]:
    """Return the selected channel enlarged, and its numbers."""
    noun = "channel" if box.layer.is_spatial else "unit"
    named = f", {box.class_names[box.channel]}" if box.class_names else ""
    heading = Words(f"{box.layer.title} · {noun} {box.channel}{named}")
    if look.channel is None:
        return (heading,)
    if look.channel.size == 1:
        return heading, Words(f"answers with {float(look.channel[0, 0]):.3g}")
    numbers = {"smallest": look.channel.min(), "largest": look.channel.max(), "mean": look.channel.mean()}
    told = [Words(f"{name} {float(value):.3g}", SMALL_SIZE) for name, value in numbers.items()]
    return heading, Picture(table[looking.draw_channel(look.channel, look.signed)]), *told


def _draw_backward(look: looking.Look, box: "Toolbox") -> tuple[Picture | Words, ...]:
    """Return what came back from the unit where the page shows it."""
    if look.backward is None:
        return ()
    method = METHOD_TITLES[box.view.method]
    return Words(f"{method} from {name_plainly(box)}"), Picture(lift_picture(look.backward, box.view))


def _aspect(layer: Layer) -> float:
    return layer.shape[2] / layer.shape[1] if layer.is_spatial else 1.0


def _tell_scale(shown: view.View, signed: bool) -> str:
    """Return what the colours of the tiles mean."""
    what = {
        "answers": "its answer",
        "difference": "its answer minus that to the kept picture",
        "backward": "how a little more of it would change the unit",
    }[shown.wall]
    if not signed:
        return f"{what}, brighter where it is larger"
    grey = shown.colours == "gray" and shown.wall == "answers"
    return f"{what}, {'middle grey' if grey else 'white'} where it is 0"
