"""Recipes by name: ours, a plain one to compare with, and the four rows of Table 6.1."""

from nbutils.preferred.recipe import Recipe

_ROBUST = {"jitter": 12, "rotation": 10, "zoom": 0.1, "total_variation": 0.5}

PRESETS = {
    "default": Recipe(**_ROBUST, steps=128),
    "draft": Recipe(**_ROBUST, steps=48, coarse_size=112, coarse_steps=32),
    "baseline": Recipe(picture="pixels", start="mean plus noise", steps=128),
}
