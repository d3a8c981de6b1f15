"""The renderer of pythreejs and the few objects it draws, sealed against pages: the one file that imports pythreejs."""

from dataclasses import dataclass
from pathlib import Path

import ipywidgets
import numpy as np
import pythreejs as three
import traitlets as T
from pythreejs._base.Three import ThreeWidget

from nbutils.figures import palette

HERE = Path(__file__).parent
# Helpers of every stage's front end.
SCRIPTS = ("stage_view.js", "stage_input.js", "stage_canvas.js")
LONGEST_LABEL = 80
LONGEST_ALT = 1_000
NORMALIZED = ("normal", "tint", "rim")


@dataclass(frozen=True)
class Canvas:
    """A renderer, what it draws, and every widget that both are made of."""

    renderer: three.Renderer
    mesh: three.Mesh
    outlines: three.LineSegments | None
    parts: tuple[ipywidgets.Widget, ...]

    def close(self) -> None:
        """Close every part."""
        for part in self.parts:
            part.close()


def make_canvas(geometry: three.BufferGeometry | None = None, outlines: bool = False, smooth: bool = True) -> Canvas:
    """Return a renderer of one mesh, and of lines where outlines are wanted, seen without perspective.

    smooth : whether the canvas smooths edges; where not, the page draws more pixels than it shows
    """
    material = three.ShaderMaterial(
        vertexShader=(HERE / "stage.vert").read_text(),
        fragmentShader=(HERE / "stage.frag").read_text(),
        transparent=True,
    )
    mesh = three.Mesh(geometry or three.BufferGeometry(), material, frustumCulled=False)
    lines = None
    if outlines:
        # Drawn last: lines behind an object are hidden by it.
        lines = three.LineSegments(three.BufferGeometry(), material, frustumCulled=False, renderOrder=1)
    drawn = [mesh, *([lines] if lines else [])]
    scene = three.Scene(children=drawn, background=None)
    camera = three.OrthographicCamera(-1, 1, 1, -1, 0.1, 20, position=(0, 0, 10))
    renderer = three.Renderer(scene, camera, antialias=smooth, clearColor=palette.STAGE)
    attributes = [part for one in drawn for part in one.geometry.attributes.values()]
    shapes = [part for one in drawn for part in (one, one.geometry)]
    parts = (renderer, renderer.shadowMap, scene, camera, *shapes, *attributes, material)
    for part in parts:
        seal(part)
    return Canvas(renderer, mesh, lines, parts)


def refer(**options: object) -> T.Instance:
    """Return a trait by which a page finds a widget of pythreejs."""
    return T.Instance(ipywidgets.Widget, **options).tag(sync=True, **ipywidgets.widget_serialization)


def check_words(what: str, alt: str, empty: str) -> dict[str, str]:
    """Return what a stage says of itself as its traits; raise ValueError for a stage without an alt text."""
    if not alt.strip():
        raise ValueError(f"a {what} needs an alt text: what does it show?")
    return {"alt": alt[:LONGEST_ALT], "empty": empty}


def seal(part: ipywidgets.Widget) -> ipywidgets.Widget:
    """Let no page change a widget of pythreejs, which takes anything from everyone; return it."""
    part.set_state = lambda _sync_data: None
    if isinstance(part, ThreeWidget):
        part.on_msg(part._on_potential_ret_val, remove=True)
    return part


def make_geometry(attributes: dict[str, np.ndarray], triangles: np.ndarray | None = None) -> three.BufferGeometry:
    """Return arrays as a geometry that pages cannot change.

    attributes : name -> (n, 2, 3 or 4), one row a vertex; triangles : (m, 3), uint32
    """
    arrays = dict(attributes) if triangles is None else {**attributes, "index": triangles.reshape(-1)}
    parts = {name: seal(three.BufferAttribute(array, normalized=name in NORMALIZED)) for name, array in arrays.items()}
    return seal(three.BufferGeometry(attributes=parts))


def drop(*geometries: three.BufferGeometry | None) -> None:
    """Close geometries and their attributes."""
    for geometry in filter(None, geometries):
        for part in (*geometry.attributes.values(), geometry):
            part.close()
