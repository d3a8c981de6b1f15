"""Bodies as files for 3D printers and other programs, of a height in millimetres."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import numpy as np

if TYPE_CHECKING:
    import trimesh

    from nbutils.forms.meshing import Body

LEAST_HEIGHT, MOST_HEIGHT = 5.0, 1000.0  # millimetres
MOST_DECIMALS = 6  # of a millimetre: finer than the float32 of most formats
MOST_BYTES = 120  # of a file's name without its ending; every file system takes 255
# What Windows keeps for devices, with any ending and in any case (Microsoft, "Naming Files, Paths, and Namespaces").
RESERVED = {"con", "prn", "aux", "nul", *(f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³")}
IDENTITY = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Format:
    """A kind of file. about : what it is good for and which unit it has, for people."""

    title: str
    about: str


FORMATS = {
    "stl": Format("STL", "triangles for nearly every printer; it has no unit, millimetres are meant"),
    "3mf": Format("3MF", "for newer printers' programs; it says that its unit is the millimetre"),
    "obj": Format("OBJ", "text that all modelling programs read; it has no unit, millimetres are meant"),
    "ply": Format("PLY", "small, for programs of measurement; it has no unit, millimetres are meant"),
    "glb": Format("GLB", "for web pages and games; in metres and with y upwards, as glTF demands"),
}


def export(body: "Body", kind: str, height_mm: float, name: str) -> tuple[str, bytes]:
    """Return a file's name and content: the body upright, so high, its lowest point at 0, in the middle of the plate.

    kind : a key of FORMATS; name : anything, the file's name is made from it
    height_mm : LEAST_HEIGHT to MOST_HEIGHT
    The same body gives the same bytes. Raises ValueError for another format or height, and for no body.
    """
    if kind not in FORMATS:
        raise ValueError(f"The format of a file is one of {', '.join(FORMATS)}; got {str(kind)[:20]!r}.")
    vertices = place_upright(body, height_mm)
    if kind == "glb":
        # glTF 2.0, section 3.4: metres, and y points upwards.
        vertices = vertices[:, [0, 2, 1]] * (1, 1, -1) / 1000
    content = _make_mesh(vertices, body.triangles).export(file_type=kind)
    if isinstance(content, str):
        content = content.encode()
    return f"{clean_name(name)}.{kind}", _fix_identities(content) if kind == "3mf" else content


def place_upright(body: "Body", height_mm: float) -> np.ndarray:
    """Return the vertices of a body that is so high, stands on z = 0 and has its middle at x = y = 0.

    returned : (n, 3), float64, millimetres
    Raises ValueError for another height than LEAST_HEIGHT to MOST_HEIGHT, and for a body without any.
    """
    height = check_height(height_mm)
    vertices = np.asarray(body.vertices, np.float64)
    if not len(body.triangles) or not len(vertices) or not np.isfinite(vertices).all() or not np.ptp(vertices[:, 2]):
        raise ValueError("There is no body to make a file of: choose a shape that is not empty.")
    low, high = vertices.min(0), vertices.max(0)
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return np.round((vertices - middle) * (height / (high[2] - low[2])), MOST_DECIMALS)


def check_height(height_mm: float) -> float:
    """Return a height in millimetres; raise ValueError for what is no number from LEAST_HEIGHT to MOST_HEIGHT."""
    number = not isinstance(height_mm, bool) and isinstance(height_mm, int | float)
    if not number or not LEAST_HEIGHT <= height_mm <= MOST_HEIGHT:
        raise ValueError(f"A print is {LEAST_HEIGHT:g} to {MOST_HEIGHT:g} mm high, got {str(height_mm)[:20]}.")
    return float(height_mm)


def clean_name(name: str) -> str:
    """Return a name that every file system takes: letters and digits of any script, spaces, "-", "_"; never empty."""
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" or letter in "-_" else " "
        for letter in unicodedata.normalize("NFC", name)
    )
    words = " ".join(kept.split()).encode()[:MOST_BYTES].decode(errors="ignore").strip(" -")
    if not words or unicodedata.category(words[0]).startswith("M"):
        words = f"shape {words}".strip()
    return f"shape {words}" if words.lower() in RESERVED else words


def _make_mesh(vertices: np.ndarray, triangles: np.ndarray) -> "trimesh.Trimesh":
    import trimesh

    return trimesh.Trimesh(vertices, triangles.astype(np.int64), process=False)


def _fix_identities(content: bytes) -> bytes:
    """Return a 3MF file whose parts have identities that follow from it, in place of trimesh's random ones."""
    identities = (str(uuid5(NAMESPACE_URL, str(number))).encode() for number in count())
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            text = IDENTITY.sub(lambda _: next(identities), before.read(part))
            after.writestr(zipfile.ZipInfo(part.filename), text, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
