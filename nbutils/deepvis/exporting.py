"""What the toolbox hands out as files, each with the record of where it comes from: numbers and pictures, as bytes."""

import io
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import nbutils
from nbutils.deepvis.view import View
from nbutils.probe import Layer, activations
from nbutils.zoo import Network, prepare

# What a page can hand over at once.
MOST_BYTES = 48_000_000
LONGEST_NAME = 80


@dataclass(frozen=True)
class Moment:
    """What is looked at when something is saved."""

    network: Network
    layer: Layer
    pixels: np.ndarray  # (size, size, 3), uint8, sRGB, at the network's own size
    picture: str  # what the picture is called, such as "photograph cat"
    view: View
    python: str  # the lines that open the toolbox with this view


def record(moment: Moment) -> dict[str, object]:
    """Return where a file of this moment comes from, as what JSON can hold."""
    network, layer = moment.network, moment.layer
    return {
        "network": {"name": network.name, "title": network.title, "licence": network.licence},
        "layer": {"name": layer.name, "title": layer.title, "kind": layer.kind, "shape": list(layer.shape)},
        "picture": moment.picture,
        "preprocessing": _preprocessing(network),
        "versions": {
            "nbutils": nbutils.__version__,
            "torch": torch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "threads": torch.get_num_threads(),
        "view": asdict(moment.view),
        "python": moment.python,
    }


def _preprocessing(network: Network) -> dict[str, object]:
    """Return how a picture becomes what the network takes."""
    channels, height, width = network.shape
    made = {"cut": "the middle", "channels": channels, "height": height, "width": width}
    if network.prepare is not None:
        return made | {"formula": "the network's own prepare function"}
    colours = "pixels / 255" if channels != 1 else "(0.299 red + 0.587 green + 0.114 blue) / 255"
    return made | {
        "formula": f"({colours} - mean) / std",
        "mean": [float(value) for value in network.mean],
        "std": [float(value) for value in network.std],
    }


def pack_numbers(moment: Moment) -> bytes:
    """Return an npz file of what the layer answers to the picture.

    In the file: activations : (channels, height, width), float32, a unit being a map of one pixel
    input : (size, size, 3), uint8, sRGB; provenance : a JSON text
    Raises ValueError where the file would be larger than a page can hand over.
    """
    numbers = int(np.prod(moment.layer.shape))
    if numbers * 4 + moment.pixels.nbytes > MOST_BYTES:
        raise ValueError(
            f"{moment.layer.title} has {numbers:,} numbers, {numbers * 4 / 1e6:.0f} MB, and a page can hand over "
            f"{MOST_BYTES / 1e6:.0f} MB: choose a smaller layer, or use nbutils.probe.activations."
        )
    pictures = prepare(moment.network, moment.pixels)
    answer = activations(moment.network.module, pictures, [moment.layer.name])[moment.layer.name][0]
    maps = answer.float().cpu().numpy()
    out = io.BytesIO()
    np.savez(
        out,
        activations=maps if maps.ndim == 3 else maps.reshape(-1, 1, 1),
        input=moment.pixels,
        provenance=json.dumps(record(moment), ensure_ascii=False, indent=1),
    )
    return out.getvalue()


def pack_picture(pixels: np.ndarray, provenance: Mapping[str, object]) -> bytes:
    """Return a PNG file whose text chunks hold the record of where it comes from.

    pixels : (height, width, 3), uint8, sRGB
    """
    said = PngInfo()
    network, layer = provenance["network"], provenance["layer"]
    said.add_itxt("Title", f"{network['title']}, {layer['title']}: {provenance['picture']}")
    said.add_text("Software", f"nbutils {provenance['versions']['nbutils']}")
    said.add_text("Creation Time", str(provenance["date"]))
    said.add_itxt("provenance", json.dumps(provenance, ensure_ascii=False, indent=1))
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", pnginfo=said)
    return out.getvalue()


def name_file(moment: Moment, ending: str) -> str:
    """Return a name that every file system takes, made of network, layer and picture."""
    text = f"{moment.network.name} {moment.layer.name} {moment.picture}"
    kept = "".join(sign if sign.isalnum() or sign in "._-@" else "_" for sign in text)
    return f"{kept[:LONGEST_NAME].strip('._')}.{ending}"
