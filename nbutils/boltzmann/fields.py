"""What can be set for training: the numbers with their units and bounds, the words with their choices."""

from nbutils.runs.fields import Field

CHOICES = {
    "rate_on": ("mean", "sum"),
    "sampler": ("cd", "pcd", "tempering"),
    "visible_start": ("number", "data"),
    "device": ("cpu", "cuda"),
}

# What each word means, for menus and help.
MEANINGS = {
    "rate_on": {
        "mean": "The learning rate multiplies the mean of the mini-batch's gradients.",
        "sum": "The learning rate multiplies the sum of the mini-batch's gradients: with 20 examples a rate of 0.001 "
        "then makes the steps that 0.02 makes with the mean.",
    },
    "sampler": {
        "cd": "Contrastive divergence: k Gibbs steps from the mini-batch itself (Hinton, 2002).",
        "pcd": "Persistent contrastive divergence: k Gibbs steps of chains that are never restarted (Tieleman, 2008).",
        "tempering": "Parallel tempering: persistent chains at several temperatures, which change places "
        "(Desjardins et al., 2010).",
    },
    "visible_start": {
        "number": "Every visible bias begins with the number given.",
        "data": "Every visible bias begins where the unit alone would match the mean of the examples: at the logit of "
        "the mean, or for Gaussian units at the mean (Hinton, 2010, section 8.1).",
    },
    "device": {"cpu": "The processor.", "cuda": "An NVIDIA GPU."},
}

FIELDS = {
    "hidden": Field("hidden units", "", 1, 4096, 1, "How many binary hidden units the machine has.", int),
    "batch": Field("mini-batch", "examples", 1, 1000, 1, "How many examples an update is made of.", int),
    "epochs": Field("epochs", "", 1, 10_000, 1, "How many times training goes through the examples.", int),
    "rate": Field(
        "learning rate", "", 1e-8, 10, 10, "What the gradient is multiplied with in an update.", logarithmic=True
    ),
    "k": Field("k", "Gibbs steps", 1, 100, 1, "How many Gibbs steps lie between two updates.", int),
    "temperatures": Field(
        "temperatures", "", 2, 32, 1, "With parallel tempering, at how many temperatures chains run.", int
    ),
    "momentum": Field(
        "momentum", "", 0, 0.99, 0.01, "The share of the last update that is made once more in the next one."
    ),
    "weight_decay": Field(
        "weight decay", "", 0, 0.1, 0.0001, "Each update takes this times the learning rate from every weight."
    ),
    "sparsity_target": Field(
        "sparsity target", "", 0, 0.99, 0.01, "How often each hidden unit is to be on; 0 leaves it free."
    ),
    "sparsity_cost": Field("sparsity cost", "", 0, 100, 0.05, "How hard hidden units are pulled to the target."),
    "weight_range": Field(
        "initial weights", "±", 0, 10, 0.001, "Weights begin uniformly between minus and plus this number."
    ),
    "hidden_bias": Field("initial hidden bias", "", -100, 100, 0.1, "Where every hidden bias begins."),
    "visible_bias": Field("initial visible bias", "", -100, 100, 0.1, "Where every visible bias begins."),
    "gaussian": Field(
        "Gaussian visible units",
        "",
        0,
        1,
        1,
        "Visible units are real numbers with unit variance instead of binary; such machines need a smaller rate.",
        bool,
    ),
    "sample_visible": Field(
        "sample visible units",
        "",
        0,
        1,
        1,
        "Contrastive divergence reconstructs with samples instead of probabilities; persistent chains always do.",
        bool,
    ),
    "seed": Field("seed", "", 0, 2**32 - 1, 1, "All random numbers of a run come from it.", int),
    "threads": Field("threads", "", 0, 256, 1, "How many threads compute; 0 is one for each core.", int),
}

# What acts from the next update on; the others say what kind of run it is.
STEERED = ("rate", "momentum", "weight_decay", "sparsity_target", "sparsity_cost", "k")
