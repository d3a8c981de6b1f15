"""What networks and splits are called on the page."""

from nbutils import zoo
from nbutils.transfer.records import TARGETS, RunSettings
from nbutils.transfer.splits import classes_of

MOST_CLASSES = 10
RIGHT = "share of test pictures named right"
LESS = "share named right, less the base"


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


def tell_classes(run: RunSettings, target: str = "") -> str:
    """Return the classes of a target by name, that of the run where none is given; of many only how many they are."""
    numbers = classes_of(run.data, run.split)[TARGETS.index(target or run.target)]
    if len(numbers) > MOST_CLASSES:
        return f"{len(numbers)} classes"
    names = zoo.class_names(run.data)
    return ", ".join(names[number] for number in numbers)


def tell_hardware(hardware: str) -> str:
    """Return what a run was trained on, as a person writes it."""
    return hardware.replace("1 thread(s)", "1 thread").replace("thread(s)", "threads")
