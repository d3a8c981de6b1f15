"""Recipes by name: ours, a plain one to compare with, and the four rows of Table 6.1."""

from dataclasses import replace

from nbutils.preferred.recipe import Recipe

_WARPED = {"jitter": 12, "rotation": 10, "zoom": 0.1}
# Measured with MobileNetV2 over 24 classes, which EfficientNet-Lite0 judged: in 32 steps the mean probability of the
# class is .43, with half of the gradient through branches .77, with three tenths of it .62; with a slope of 1.25 alone
# .50, with half and 1.25 .79.
_ROBUST = {**_WARPED, "total_variation": 0.5, "branch_gradient": 0.5, "slope": 1.25}

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

# The same regularizers with steps for MobileNetV2, whose gradients with respect to grey levels are smaller: at the
# printed ones its pictures stay grey. Chosen by eye and by the class's probability over two to four classes, from rates
# of 100 to 300,000 and progress of .5 to 1000: with 1000 "sparse regions" climbs less high, with 200 "sparse outlines".
TUNED = {
    "sparse regions": replace(PRINTED["sparse regions"], steps=200, rate=1e8, progress=300),
    "high frequency": replace(PRINTED["high frequency"], steps=200, rate=3e5),
    "low frequency": replace(PRINTED["low frequency"], steps=200, rate=2e4),
    "sparse outlines": replace(PRINTED["sparse outlines"], steps=200, progress=100),
}

PRESETS = {
    "default": Recipe(**_ROBUST, steps=90),
    "draft": Recipe(**_ROBUST, steps=28),
    # Plain gradient ascent; with this rate MobileNetV2 is sure of the class after 16 steps.
    "baseline": Recipe(picture="pixels", start="mean plus noise", policy="constant", rate=0.1, steps=90),
    # github.com/google/deepdream: four octaves, shifts of up to 32 pixels, a layer as a whole, from a photograph.
    "deep dream": Recipe(
        objectives=('layer("block11.project_norm")',),
        picture="pixels",
        start="photograph",
        photo="cat",
        steps=40,
        rate=0.01,
        jitter=32,
        octaves=4,
        octave_scale=1.4,
    ),
    "channel": Recipe(**_WARPED, network="alexnet", objectives=('channel("conv5", 0)',), size=160, steps=96),
    **TUNED,
    **{f"{name}, as printed": recipe for name, recipe in PRINTED.items()},
}
