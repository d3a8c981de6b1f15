"""What a 3D printer makes of a body: is it closed, in one piece, thick enough, and what hangs over."""

from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING

import numpy as np

from nbutils.forms.files import MOST_HEIGHT, place_upright
from nbutils.forms.walls import measure_walls

if TYPE_CHECKING:
    from nbutils.forms.meshing import Body

# Common advice for printers that melt plastic: walls of 1 mm and more, supports under what hangs over by more than 45
# degrees, layers of 0.2 mm.
THICK_ENOUGH_MM, STEEPEST, LAYER_MM = 1.0, 45, 0.2
MUCH_OVERHANG = 0.02  # of the surface
SLENDER = 5  # times as long, in its longest direction, as the side of a square of what it stands on


@dataclass(frozen=True)
class Report:
    """What a print of a body would be like.

    bodies, cavities : pieces that hang together, and hollows that nothing leads into
    thinnest_mm : of its walls, nan where it has none whose sides face each other
    overhang_share : of the surface, what faces down and is flatter than 45 degrees, without what lies on the plate
    footprint_mm2 : what lies on the plate
    size_mm : along x, y and z
    """

    watertight: bool
    volume_cm3: float
    bodies: int
    cavities: int
    thinnest_mm: float
    overhang_share: float
    footprint_mm2: float
    size_mm: tuple[float, float, float]
    triangles: int

    def sentences(self) -> tuple[str, ...]:
        """Return what a person should know and do, in words."""
        width, depth, height = map(_round, self.size_mm)
        return (
            f"At this height it is {width} by {depth} by {height} mm, {_round(self.volume_cm3)} cm³ "
            f"in {self.triangles:,} triangles.",
            "The surface is closed: a printer can tell inside from outside."
            if self.watertight
            else "The surface has gaps, so a printer cannot tell inside from outside: take another resolution.",
            *self._tell_pieces(),
            self._tell_walls(),
            self._tell_overhang(),
            self._tell_footprint(),
        )

    def _tell_pieces(self) -> tuple[str, ...]:
        pieces = (
            "It is one piece."
            if self.bodies == 1
            else f"It is {self.bodies} pieces that do not touch: they come off the plate one by one, and those in the "
            "air need supports. Evolve on until they join, if you want one."
        )
        if not self.cavities:
            return (pieces,)
        one = self.cavities == 1
        return pieces, (
            f"It has {'a hollow' if one else f'{self.cavities} hollows'} inside that nothing leads into: printers that "
            f"work with powder or resin need a hole to empty {'it' if one else 'them'}."
        )

    def _tell_walls(self) -> str:
        if not np.isfinite(self.thinnest_mm):
            return "It has no thin walls."
        told = f"The thinnest wall is about {self.thinnest_mm:.1f} mm at this height"
        if self.thinnest_mm >= THICK_ENOUGH_MM:
            return f"{told}, enough for most printers."
        wanted = self.size_mm[2] * THICK_ENOUGH_MM / max(self.thinnest_mm, 1e-9)
        higher = f"print it {np.ceil(wanted / 5) * 5:.0f} mm high or " if wanted <= MOST_HEIGHT else ""
        return f"{told}: most printers want {THICK_ENOUGH_MM:g} mm or more; {higher}choose a thicker shape."

    def _tell_overhang(self) -> str:
        if self.overhang_share < MUCH_OVERHANG:
            return f"Next to nothing hangs over by more than {STEEPEST} degrees: it prints without supports."
        return (
            f"{self.overhang_share:.0%} of the surface hangs over by more than {STEEPEST} degrees: "
            "let the printer's program add supports, or turn the shape over."
        )

    def _tell_footprint(self) -> str:
        told = f"It stands on {_round(self.footprint_mm2 / 100)} cm²"
        if self.footprint_mm2 < (max(self.size_mm) / SLENDER) ** 2:
            return f"{told}, little for its size: print it with a brim or a raft so that it does not fall over."
        return f"{told} of the plate."


def inspect(body: "Body", height_mm: float) -> Report:
    """Return what a print of a body of that height would be like.

    Raises ValueError for another height than `files.export` takes, and for no body.
    """
    from nbutils.forms.meshing import find_shells, is_watertight

    vertices = place_upright(body, height_mm)
    corners = vertices[body.triangles]
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(crossed, axis=1) / 2
    # By the divergence theorem: each triangle with the origin is a tetrahedron of this signed volume.
    volumes = np.einsum("ij,ij->i", corners[:, 0], crossed) / 6
    shells = np.bincount(find_shells(body), volumes)
    on_plate = (corners[:, :, 2] < LAYER_MM).all(1)
    down = crossed[:, 2] < -cos(radians(STEEPEST)) * 2 * areas
    return Report(
        watertight=is_watertight(body),
        volume_cm3=float(volumes.sum()) / 1000,
        bodies=int((shells > 0).sum()),
        cavities=int((shells < 0).sum()),
        thinnest_mm=measure_walls(corners, crossed, areas),
        overhang_share=float(areas[down & ~on_plate].sum() / areas.sum()),
        footprint_mm2=float(areas[down & on_plate].sum()),
        size_mm=tuple(float(side) for side in np.ptp(vertices, axis=0)),
        triangles=len(corners),
    )


def _round(number: float) -> str:
    """Return a number as a person reads it: whole from 10 on, else with a decimal or two, never as 0."""
    if number >= 10:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 1 else f"{number:.2g}" if number >= 0.01 else "less than 0.01"
