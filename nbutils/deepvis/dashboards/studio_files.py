"""Files of the studio: pictures that carry their recipe, recipes alone, and both read again."""

import re
from collections.abc import Callable
from io import BytesIO

import ipywidgets as ipw

from nbutils.preferred.maximizing import Snapshot
from nbutils.preferred.recipe import Recipe, from_json, to_json
from nbutils.preferred.saving import pack, read_recipe
from nbutils.widgets.download import Download
from nbutils.widgets.file_drop import FileDrop

PICTURE, RECIPE = ".png", ".json"
LARGEST_RECIPE = 2_000_000


class FilesPane:
    """Buttons that save what is there, and a place for files that were saved before.

    chosen : returns the snapshot of the picture to be saved and its place in it
    recipe : returns the recipe to be saved
    use : use(recipe) takes the recipe of a file
    """

    def __init__(
        self,
        chosen: Callable[[], tuple[Snapshot, int]],
        recipe: Callable[[], Recipe],
        use: Callable[[Recipe], object],
    ) -> None:
        self._use = use
        self.picture = Download("Save the picture", lambda: save_picture(*chosen()))
        self.recipe = Download("Save the recipe", lambda: save_recipe(recipe()))
        self.drop = FileDrop("Open a saved picture or recipe", self._take, (PICTURE, RECIPE))
        title = ipw.HTML("<h3>Keep it, or begin from what was kept</h3>")
        self.box = ipw.VBox([title, self.picture, self.recipe, self.drop]).add_class("dv-stack")

    def _take(self, name: str, data: bytes) -> str:
        self._use(read_file(name, data))
        return f"{name}: its recipe is set. Press Start."


def save_picture(snapshot: Snapshot, place: int) -> tuple[str, bytes]:
    """Return name and bytes of a PNG file of one picture, which carries its recipe."""
    return name_file(snapshot.recipe, place, f"step{snapshot.step}{PICTURE}"), pack(snapshot, place)


def save_recipe(recipe: Recipe) -> tuple[str, bytes]:
    """Return name and bytes of a JSON file that holds a recipe."""
    return name_file(recipe, 0, f"recipe{RECIPE}"), to_json(recipe).encode()


def read_file(name: str, data: bytes) -> Recipe:
    """Return the recipe in a file that was saved here; ValueError, as a sentence, where there is none."""
    if name.lower().endswith(PICTURE):
        return read_recipe(BytesIO(data))
    if len(data) > LARGEST_RECIPE:
        raise ValueError(f"{name} has {len(data):,} bytes; a recipe has at most {LARGEST_RECIPE:,}.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is no text, and so no recipe.") from error
    return from_json(text)


def name_file(recipe: Recipe, place: int, end: str) -> str:
    """Return a file name that says what is in it: network, objective, seed."""
    objective, seed = recipe.pairs()[place]
    words = re.sub(r"[^A-Za-z0-9.]+", "_", objective).strip("_")[:60]
    return f"{recipe.network}-{words}-seed{seed}-{end}"
