"""What networks and splits are called on the page."""

from nbutils.transfer.records import RunSettings


def tell(run: RunSettings) -> str:
    """Return which network this is, in one line."""
    few = f", {run.per_class:,} pictures a class" if run.per_class else ""
    other = "" if run.nonlinearity == "relu" else ", abs(tanh(x))"
    seed = f", seed {run.seed}" if run.seed else ""
    return f"{run.name}, {tell_split(run.split)}{few}{other}{seed}"


def tell_split(split: str) -> str:
    """Return what a split is called."""
    kind, _, number = split.partition("-")
    return {"random": f"random halves {number}", "nature": "man-made / natural", "all": "all classes"}.get(kind, split)
