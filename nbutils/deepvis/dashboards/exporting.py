"""Save the numbers and save the view: what the live toolbox shows, as files for the browser to keep."""

from typing import TYPE_CHECKING

import numpy as np

from nbutils.deepvis import looking, view
from nbutils.deepvis.exporting import Moment, name_file, pack_numbers, pack_picture, record
from nbutils.figures.palette import MUTED, lift
from nbutils.figures.sheet import Column, Picture, Shares, Words, draw_sheet, lay_tiles
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
    """Return the view on one sheet, each tile as on the wall : (height, width, 3), uint8, sRGB."""
    layer, network, shown = moment.layer, moment.network, moment.view
    aspect = layer.shape[2] / layer.shape[1] if layer.is_spatial else 1.0
    columns = fit_columns(layer.channels, WALL_WIDTH, WALL_HEIGHT, aspect)
    wish = looking.Wish(
        layer, room=WALL_WIDTH // columns, share=shown.share, channel=box.channel, guesses=network.labels is not None
    )
    look = looking.look(network, box.layers, moment.pixels, wish)
    table = lift(shown.colours, shown.gamma, look.signed)
    wall = lay_tiles(look.tiles.pixels, table, columns, WALL_WIDTH, box.channel)
    noun = "channel" if layer.is_spatial else "unit"
    size = " × ".join(map(str, layer.shape))
    guesses = Shares(look.guesses) if look.guesses else Words("It names no classes.", colour=MUTED)
    left = (Picture(moment.pixels), Words(moment.picture), Words("Best guesses"), guesses)
    right = (Words(f"{noun} {box.channel}{_name_class(box)}"), *_draw_channel(look, table))
    return draw_sheet(
        f"{network.title}: {layer.title}",
        f"{layer.kind}, {size}; every tile a {noun}, its answer {_tell_scale(look.signed)}",
        (Column(INPUT_WIDTH, left), Column(WALL_WIDTH, (Picture(wall),)), Column(MAP_WIDTH, right)),
        f"{record(moment)['date']} · nbutils · {network.title}: {network.licence} · {moment.python.splitlines()[-1]}",
    )


def _draw_channel(look: looking.Look, table: np.ndarray) -> tuple[Picture | Words, ...]:
    """Return the selected channel enlarged, and its numbers."""
    lowest, highest = float(look.channel.min()), float(look.channel.max())
    if look.channel.size == 1:
        return (Words(f"answers with {highest:.3g}"),)
    enlarged = table[looking.draw_channel(look.channel, look.signed)]
    mean = float(look.channel.mean())
    return Picture(enlarged), Words(f"smallest {lowest:.3g}, largest {highest:.3g}, mean {mean:.3g}")


def _name_class(box: "Toolbox") -> str:
    return f", {box.class_names[box.channel]}" if box.class_names else ""


def _tell_scale(signed: bool) -> str:
    return "lighter or redder above zero, darker or bluer below" if signed else "brighter where it is larger"
