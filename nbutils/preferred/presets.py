"""Recipes by name: ours, a plain one to compare with, and the four rows of Table 6.1."""

from dataclasses import replace

from nbutils.preferred.recipe import Recipe

_ROBUST = {"jitter": 12, "rotation": 10, "zoom": 0.1, "total_variation": 0.5}

# Table 6.1 of the thesis with the policies and iterations of the published tool's doc/running-optimize-image.md, made
# for CaffeNet. The tool's pictures had the size that CaffeNet takes, 227; these have that of the networks here.
_PRINTED = {"method": "published", "picture": "pixels", "start": "mean plus noise"}
PRINTED = {
    "sparse regions": Recipe(
        **_PRINTED, steps=500, policy="progress", rate=100, progress=2, blur=0.5, blur_every=4, small_norm=50
    ),
    "high frequency": Recipe(**_PRINTED, steps=750, policy="constant", rate=100, decay=0.3, small_norm=20),
    "low frequency": Recipe(**_PRINTED, steps=1000, policy="constant", rate=100, decay=0.0001, blur=1, blur_every=4),
    "sparse outlines": Recipe(
        **_PRINTED, steps=1000, policy="progress", rate=1e8, progress=2, blur=0.5, blur_every=4, small_contribution=90
    ),
}

# The same regularizers with steps for MobileNetV2, whose gradients with respect to grey levels are smaller.
TUNED = {
    "sparse regions": replace(PRINTED["sparse regions"], steps=200, rate=1e8, progress=1000),
    "high frequency": replace(PRINTED["high frequency"], steps=200, rate=1e5),
    "low frequency": replace(PRINTED["low frequency"], steps=200, rate=1e4),
    "sparse outlines": replace(PRINTED["sparse outlines"], steps=200, progress=1000),
}

PRESETS = {
    "default": Recipe(**_ROBUST, steps=128),
    "draft": Recipe(**_ROBUST, steps=48, coarse_size=112, coarse_steps=32),
    "baseline": Recipe(picture="pixels", start="mean plus noise", steps=128),
    **TUNED,
    **{f"{name}, as printed": recipe for name, recipe in PRINTED.items()},
}
