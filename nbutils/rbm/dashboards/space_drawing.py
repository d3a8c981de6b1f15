"""What the three-dimensional view puts on its stage, or on a wall where examples are flat."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine
from nbutils.figures.scenes import PLAIN
from nbutils.figures.tiles import draw_tiles, to_pictures
from nbutils.rbm import voxels
from nbutils.rbm.space import Space
from nbutils.rbm.spheres import make_spheres
from nbutils.rbm.voxels import Roundness, Samples
from nbutils.widgets.stage import Stage, Voxels
from nbutils.widgets.wall import Wall, fit_columns

FAINTEST = 0.1  # a mean below this is left out: its voxels would be a fog before all others
FILM_RATE = 6.0
HEIGHT = 540
ROOM = (950, HEIGHT)  # pixels, on a page of 1400


@dataclass(frozen=True, eq=False)
class Subject:
    """What is looked at.

    machine : None while there is none
    shape : of one example
    examples : (n, visible), float32; None where only the shape is known
    """

    machine: Machine | None
    shape: tuple[int, ...]
    examples: Tensor | None = None

    @property
    def solid(self) -> bool:
        """Whether examples have three dimensions."""
        return len(self.shape) == 3

    def draw_examples(self, number: int, seed: int) -> Tensor | None:
        """Return some examples: of those given, or spheres where examples are cubes; None where nothing is known."""
        if self.examples is not None and len(self.examples):
            chosen = np.random.default_rng(seed).permutation(len(self.examples))[:number]
            return self.examples[torch.from_numpy(chosen)]
        if voxels.is_cube(self.shape):
            grid = self.shape[0]
            return make_spheres(number, seed, grid, voxels.SMALLEST_RADIUS, grid / 3)
        return None


class Canvas:
    """A stage and a wall in one place, of which one is seen."""

    def __init__(self) -> None:
        self.stage = Stage("A view in three dimensions", "Nothing to show yet.", height=HEIGHT)
        self.wall = Wall(height=HEIGHT, noun="picture", label="pictures").add_class("dv-seamless")
        self.wall.layout.display = "none"

    def clear(self, why: str) -> None:
        """Show nothing but the sentence that says why."""
        self._see(solid=True)
        self.stage.clear(why)

    def show(self, values: Tensor | np.ndarray, labels: Sequence[str], shape: tuple[int, ...], alt: str) -> None:
        """Show examples or the like in rows.

        values : (n, visible), float, 0 to 1 where they are solid
        """
        self._see(solid=len(shape) == 3)
        if len(shape) == 3:
            self.stage.show_voxels(make_solids(values, labels, shape), fit_columns(len(labels), *ROOM), alt=alt)
        else:
            self._show_pictures(values, labels, shape, alt)

    def show_filters(self, opacities: np.ndarray, labels: Sequence[str], alt: str) -> None:
        """Show filters as voxels: (n, x, y, z), float, -1 to 1."""
        self._see(solid=True)
        solids = [Voxels(opacity, label) for opacity, label in zip(opacities, labels, strict=True)]
        self.stage.show_voxels(solids, fit_columns(len(solids), *ROOM), alt=alt)

    def show_samples(
        self, samples: Samples, space: Space, shape: tuple[int, ...], alt: str, judged: Roundness | None
    ) -> None:
        """Show chains side by side, each upwards and then to the right, or as a film of all chains."""
        values = samples.means if space.values == "means" else samples.visible
        number, chains = values.shape[:2]
        labels = [
            label_sample(sweep, judged, sample * chains + chain)
            for chain in range(chains)
            for sample, sweep in enumerate(samples.sweeps)
        ]
        rows = values.transpose(0, 1).reshape(number * chains, -1)
        self._see(solid=len(shape) == 3)
        if len(shape) != 3:
            self._show_pictures(rows, labels, shape, alt)
        elif space.shown == "film":
            names = [f"chain {chain + 1}" if chains > 1 else "" for chain in range(chains)]
            frames = [make_solids(frame, names, shape) for frame in values]
            captions = [label_film(sweep, judged, sample, chains) for sample, sweep in enumerate(samples.sweeps)]
            self.stage.show_film(frames, min(chains, 3), captions=captions, alt=alt, rate=FILM_RATE)
        else:
            solids, columns = make_solids(rows, labels, shape), chains * ceil(number / space.rows)
            self.stage.show_voxels(solids, columns, order="columns up", alt=alt)

    def _show_pictures(self, values: object, labels: Sequence[str], shape: tuple[int, ...], alt: str) -> None:
        tiles, ranges = draw_tiles(to_pictures(np.asarray(values), shape))
        self.wall.label = alt
        self.wall.show(tiles, ranges, labels)

    def _see(self, *, solid: bool) -> None:
        self.stage.layout.display = None if solid else "none"
        self.wall.layout.display = "none" if solid else None


def make_solids(values: Tensor | np.ndarray, labels: Sequence[str], shape: tuple[int, ...]) -> list[Voxels]:
    """Return shapes as voxels of one colour: (n, visible), float, 0 to 1, becomes more opaque with the value."""
    values = np.asarray(values, np.float32).reshape(-1, *shape).clip(0, 1)
    values = np.where(values < FAINTEST, 0, values)
    return [Voxels(value, label, (PLAIN, PLAIN)) for value, label in zip(values, labels, strict=True)]


def label_sample(sweep: int, judged: Roundness | None, place: int) -> str:
    """Return what stands below a sample: its sweep, and its overlap with the best sphere once that is known."""
    return f"{sweep}" if judged is None else f"{sweep} · {judged.overlaps[place]:.2f}"


def label_film(sweep: int, judged: Roundness | None, sample: int, chains: int) -> str:
    """Return what stands beside a film: the sweep, and the overlaps of all chains once they are known."""
    if judged is None:
        return f"sweep {sweep:,}"
    overlaps = judged.overlaps[sample * chains : (sample + 1) * chains]
    return f"sweep {sweep:,}, overlap {' '.join(f'{overlap:.2f}' for overlap in overlaps)}"
