"""Pictures that units of a network prefer, made step by step from one recipe."""

from nbutils.preferred.fields import CHOICES, FIELDS, STEERED, Field
from nbutils.preferred.judging import judge
from nbutils.preferred.maximizing import Snapshot, maximize
from nbutils.preferred.objectives import (
    Objective,
    channel,
    direction,
    layer,
    logit,
    parse,
    probability,
    unit,
)
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe, from_json, to_json
from nbutils.preferred.saving import Saved, pack, read_recipe, read_saved, remake, save, to_colours, to_pixels

__all__ = [
    "CHOICES",
    "FIELDS",
    "PRESETS",
    "STEERED",
    "Field",
    "Objective",
    "Recipe",
    "Saved",
    "Snapshot",
    "channel",
    "direction",
    "from_json",
    "judge",
    "layer",
    "logit",
    "maximize",
    "pack",
    "parse",
    "probability",
    "read_recipe",
    "read_saved",
    "remake",
    "save",
    "to_colours",
    "to_json",
    "to_pixels",
    "unit",
]
