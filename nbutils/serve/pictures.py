"""Draw the pictures on the home page's cards: python -m nbutils.serve.pictures writes them to notebooks/static."""

import sys

import numpy as np
from PIL import Image, ImageDraw

from nbutils import probe, zoo
from nbutils.figures.palette import CATEGORIES, MUTED, STAGE
from nbutils.figures.probabilities import to_gray
from nbutils.figures.tiles import draw_tiles, to_pictures
from nbutils.forms import starter
from nbutils.forms.pictures import draw_shape
from nbutils.introduction import edges
from nbutils.rbm import results
from nbutils.serve.places import notebooks_folder

HEIGHT, GAP = 288, 4
COLOURS = 64  # of a palette: the picture stays near 100 kB, and tones still read true


def photograph(name: str) -> np.ndarray:
    """Return a photograph of the suite: (224, 224, 3), uint8, RGB."""
    photo = next(photo for photo in zoo.photos() if photo.name == name)
    return zoo.read_photo(photo, 224)


def deepvis() -> Image.Image:
    """Return a cat and how 66 channels of MobileNetV2's fifth block answer to it, those with the widest range."""
    network = zoo.load("mobilenet_v2")
    cat = photograph("cat")
    layer = "block5.depthwise_relu"
    answer = probe.activations(network.module, zoo.prepare(network, cat), [layer])[layer][0]
    tiles = probe.make_tiles(answer, room=28, share=0.7)
    widest = np.sort(np.argsort(tiles.ranges[:, 1] - tiles.ranges[:, 0])[-66:])
    return beside(cat, tiles.pixels[widest], columns=11)


def introduction() -> Image.Image:
    """Return the photographer and where his photograph brightens towards twelve directions."""
    grey = edges.photograph()
    found = edges.find_edges(grey, 12)
    tiles = np.clip(found * (3 * 255 / found.max()), 0, 255).astype(np.uint8)
    photo = np.repeat((grey * 255).astype(np.uint8)[..., None], 3, axis=2)
    return beside(photo, tiles, columns=4)


def rbm() -> Image.Image:
    """Return what 20 hidden units say of 20 spheres after the thesis' training, and what 66 units look for."""
    run = results.load("mean")
    said = to_gray(run.epochs[-1].probabilities[:, :20])
    rows = np.kron(said, np.ones((HEIGHT // len(said), HEIGHT // len(said)), np.uint8))
    layers = to_pictures(run.snapshot.machine.weights.T[:66].numpy(), run.shape, layer=5)
    tiles, _ = draw_tiles(layers, border=0)
    return beside(np.repeat(rows[..., None], 3, axis=2), tiles, columns=11)


def forms() -> Image.Image:
    """Return sixteen shapes of the starter gallery, those that it shows first."""
    genomes = list(starter.read_genomes().values())[::-1][:16]
    side, width = (HEIGHT - GAP) // 2, 104
    picture = Image.new("RGB", (8 * (width + GAP) - GAP, HEIGHT), STAGE)
    for number, genome in enumerate(genomes):
        row, column = divmod(number, 8)
        drawn = Image.fromarray(draw_shape(genome, 2 * side))
        left = (side - width) // 2
        small = drawn.resize((side, side), Image.Resampling.LANCZOS).crop((left, 0, left + width, side))
        picture.paste(small, (column * (width + GAP), row * (side + GAP)))
    return picture


def transfer() -> Image.Image:
    """Return Figure 5.1 in small: the networks A and B, then three locked layers of B, and of A, below five of B."""
    sharp = 3  # times the size: made smaller at the end, edges are smooth
    picture = Image.new("RGB", (768 * sharp, HEIGHT * sharp), STAGE)
    draw = ImageDraw.Draw(picture)
    orange, purple = CATEGORIES[1], CATEGORIES[4]
    for row, (copied, rest) in enumerate(((orange, orange), (purple, purple), (purple, purple), (orange, purple))):
        for layer in range(8):
            left, middle = (44 + layer * 89) * sharp, (42 + row * 68) * sharp
            kept = row < 2 or layer < 3
            colour = copied if layer < 3 else rest
            corners = (left, middle - 20 * sharp, left + 52 * sharp, middle + 20 * sharp)
            draw.rounded_rectangle(corners, 4 * sharp, colour if kept else STAGE, colour, 3 * sharp)
            if row >= 2 and kept:
                _draw_lock(draw, left + 26 * sharp, middle, sharp)
            if layer < 7:
                draw.ellipse((left + 66 * sharp, middle - 24 * sharp, left + 75 * sharp, middle + 24 * sharp), MUTED)
    return picture.resize((768, HEIGHT), Image.Resampling.LANCZOS)


def _draw_lock(draw: ImageDraw.ImageDraw, x: float, y: float, scale: int) -> None:
    draw.arc((x - 6 * scale, y - 13 * scale, x + 6 * scale, y + 3 * scale), 180, 360, STAGE, 3 * scale)
    draw.rectangle((x - 9 * scale, y - 5 * scale, x + 9 * scale, y + 9 * scale), STAGE)


def beside(photo: np.ndarray, tiles: np.ndarray, columns: int) -> Image.Image:
    """Return a photograph and, to its right, tiles in rows that together are as high.

    photo : (side, side, 3), uint8, RGB
    tiles : (n, height, width), uint8, grey
    """
    rows = -(-len(tiles) // columns)
    side = (HEIGHT - GAP * (rows - 1)) // rows
    picture = Image.new("RGB", (HEIGHT + 3 * GAP + columns * (side + GAP) - GAP, HEIGHT), STAGE)
    picture.paste(Image.fromarray(photo).resize((HEIGHT, HEIGHT), Image.Resampling.LANCZOS), (0, 0))
    for number, tile in enumerate(tiles):
        row, column = divmod(number, columns)
        at = (HEIGHT + 3 * GAP + column * (side + GAP), row * (side + GAP))
        picture.paste(Image.fromarray(tile).resize((side, side), Image.Resampling.BICUBIC), at)
    return picture


def main() -> None:
    """Draw and write every picture."""
    folder = notebooks_folder() / "static"
    folder.mkdir(exist_ok=True)
    for name, draw in {
        "01_introduction": introduction,
        "03_forms": forms,
        "04_rbm": rbm,
        "05_transfer": transfer,
        "06_deepvis": deepvis,
    }.items():
        target = folder / f"{name}.png"
        small = draw().quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(target, optimize=True)
        sys.stdout.write(f"{target}: {target.stat().st_size / 1e3:.0f} kB\n")


if __name__ == "__main__":
    main()
