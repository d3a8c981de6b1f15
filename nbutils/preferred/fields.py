"""What can be set in a recipe: the numbers with their units and bounds, the words with their choices."""

from nbutils.runs.fields import Field

TEXTS = ("network", "photo")

CHOICES = {
    "method": ("modern", "published"),
    "picture": ("fourier", "pixels"),
    "start": ("noise", "uniform", "mean plus noise", "zero", "photograph"),
    "policy": ("adam", "constant", "progress", "progress01"),
    "device": ("cpu", "cuda", "mps"),
}

FIELDS = {
    "size": Field("size", "pixels", 4, 1024, 1, "The larger side of the picture.", int),
    "steps": Field("steps", "steps", 1, 100_000, 1, "How many times the picture is changed.", int),
    "rate": Field(
        "learning rate",
        "",
        1e-6,
        1e9,
        10,
        "How far a step goes; with the policies progress and progress01, the largest rate that they may choose.",
        logarithmic=True,
    ),
    "progress": Field(
        "progress",
        "",
        1e-4,
        1e4,
        4,
        "How much a step is to gain (progress, progress01).",
        logarithmic=True,
    ),
    "late_progress": Field(
        "late progress",
        "",
        1e-4,
        1e4,
        4,
        "With progress01, how much of what is missing to 1 a step is to gain.",
        logarithmic=True,
    ),
    "slope": Field(
        "slope",
        "",
        0,
        3,
        0.05,
        "Frequencies learn at a pace of frequency to the power of minus this.",
    ),
    "decay": Field("decay", "a step", 0, 1, 0.0001, "The share of every pixel that each step takes away."),
    "blur": Field("blur", "pixels", 0, 20, 0.1, "The standard deviation of the Gaussian blur."),
    "blur_every": Field("blur every", "steps", 0, 1000, 1, "After how many steps to blur; 0 is never.", int),
    "small_values": Field(
        "small values", "percent", 0, 100, 1, "So many of the numbers of the picture, the smallest, are set to zero."
    ),
    "small_norm": Field("small norm", "percent", 0, 100, 1, "So many of the pixels, the weakest, are set to zero."),
    "signed_contribution": Field(
        "signed contribution",
        "percent",
        0,
        100,
        1,
        "So many percent of the pixels, those that help the objective most, are set to zero.",
    ),
    "small_contribution": Field(
        "small contribution",
        "percent",
        0,
        100,
        1,
        "So many percent of the pixels, those that matter least to the objective, are set to zero.",
    ),
    "total_variation": Field(
        "total variation", "", 0, 10, 0.05, "The price of differences between neighbouring pixels."
    ),
    "sparsity": Field("sparsity", "", 0, 1000, 1, "The price of every pixel's distance from zero, the L1 norm."),
    "branch_gradient": Field(
        "gradient through branches",
        "",
        0,
        1,
        0.05,
        "The share of the gradient that comes back through the branches of residual blocks; all of it comes past them.",
    ),
    "gradient_blur": Field(
        "gradient blur", "times", 0, 30, 1, "How often, at most, a step blurs its gradient with a random kernel.", int
    ),
    "jitter": Field("jitter", "pixels", 0, 128, 1, "How far each step may shift the picture that the network sees."),
    "rotation": Field("rotation", "degrees", 0, 180, 1, "How far each step may turn what the network sees."),
    "zoom": Field(
        "zoom", "", 0, 0.9, 0.01, "How much larger or smaller each step may show the picture to the network."
    ),
    "octaves": Field("octaves", "", 1, 8, 1, "At how many sizes the picture is made, one after the other.", int),
    "octave_scale": Field("octave scale", "", 1.05, 3, 0.05, "How much larger each octave is than the one before."),
    "coarse_size": Field(
        "coarse size", "pixels", 0, 1024, 1, "The larger side of the picture during the coarse steps; 0 is none.", int
    ),
    "coarse_steps": Field(
        "coarse steps", "steps", 0, 100_000, 1, "How many of the first steps are made at the coarse size.", int
    ),
    "colour_bound": Field(
        "colour bound", "", 0, 2, 0.05, "How far colours may lie from the mean picture, white being 1; 0 is no bound."
    ),
    "settle": Field("stop when settled", "", 0, 1, 1, "End once the objectives no longer rise.", bool),
    "half": Field("half precision", "", 0, 1, 1, "Let a GPU compute the network with 16 bits.", bool),
    "threads": Field("threads", "", 0, 256, 1, "How many threads compute; 0 is one for each core.", int),
}

# What acts from the next step on; the others say what kind of run it is.
STEERED = (
    "rate",
    "progress",
    "late_progress",
    "decay",
    "blur",
    "blur_every",
    "small_values",
    "small_norm",
    "signed_contribution",
    "small_contribution",
    "total_variation",
    "sparsity",
    "branch_gradient",
    "gradient_blur",
    "jitter",
    "rotation",
    "zoom",
    "settle",
)
