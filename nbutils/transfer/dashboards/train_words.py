"""What is told of a network that is trained on the page: what happens, where it landed, and what that may mean."""

from collections.abc import Sequence
from html import escape

from nbutils import zoo
from nbutils.transfer import small
from nbutils.transfer.dashboards.telling import tell, tell_hardware, tell_split
from nbutils.transfer.records import Run, RunSettings, to_json
from nbutils.transfer.splits import classes_of
from nbutils.transfer.summaries import count_tested
from nbutils.widgets.job import readable_time

NEW = to_json(RunSettings())
UNSAID = ""
PREDICTIONS = (("not said", UNSAID), ("below", "below"), ("level", "at"), ("above", "above"))
STAGES = {
    "frozen": "The frozen layers answer to all pictures, once: what they give is kept, and only the top learns.",
    "learning": "It learns.",
    "testing": "It is tested with all test pictures of its classes.",
    "done": "It is done.",
}
SETTING = (
    f"Here every network learns for {small.EPOCHS} epochs from pictures as they are, base networks that layers are "
    "copied from included: the thesis' experiment, but short. Compare stars with base networks of this setting, as the "
    "plot does. Networks of the grid learned for 12 epochs, from four versions of each picture."
)
EMPTY = "Press Start training: how often the network is right appears here, point by point."
QUIET = "<p class='dv-quiet'>{}</p>"
WAITING = QUIET.format("Once a network is trained, it is a star in this plot, and it is told here what that may mean.")
WHY = {
    "base": "It is a base network itself: what separates it from the others is its seed.",
    "BnB": "Its frozen layers had learned this very task, and the new ones learn as long again. Below would be fragile "
    "co-adaptation; above, what longer training brings.",
    "AnB": "Its frozen layers had learned the other task. Take BnB at the same n beside it: what AnB lacks more than "
    "BnB is what is specific to the other task.",
    "BnB+": "All of it learned twice as long. What it has more than the base is what longer training brings.",
    "AnB+": "It saw the other task before. Take BnB+ at the same n beside it, which learned as long: only what AnB+ "
    "has more than that comes from the other task.",
    "random": "Its first layers never learned. What it is right in is the work of the upper ones, and of the shape of "
    "the network.",
}
SAID = {"below": "below the base", "at": "level with the base", "above": "above the base"}


def tell_targets(data: str, split: str) -> str:
    """Return what the classes of both halves are, as HTML."""
    names = zoo.class_names(data)
    return "".join(
        f"<p><b>{half}</b>: {escape(', '.join(names[place] for place in places))}</p>"
        for half, places in zip("AB", classes_of(data, split), strict=True)
    )


def tell_time(settings: RunSettings, expected: tuple[float, str] | None) -> str:
    """Return how long the training may take, as HTML; "" where nothing was measured.

    expected : seconds, and on which processor that was measured
    """
    if expected is None:
        return ""
    seconds, hardware = expected
    told = f"{settings.name} takes about {readable_time(seconds)} on one core, as fast as those of the grid were on "
    return QUIET.format(escape(f"{told}{tell_hardware(hardware)}."))


def tell_halves(split: str) -> str:
    """Return what a split is called in a list."""
    return "man-made (A) / natural (B)" if split == "nature" else tell_split(split)


def tell_beside(beside: Sequence[Run]) -> str:
    """Return how often base networks of the same setting are right, and how many there are."""
    mean = sum(run.score for run in beside) / len(beside)
    many = "one base network" if len(beside) == 1 else f"the mean of {len(beside)} base networks"
    return f"{mean:.4f}, {many} of the same classes, trained as long"


def tell_landing(run: Run, beside: Sequence[Run], prediction: str) -> str:
    """Return where a network landed, whether that was predicted, and what it may mean, as HTML.

    prediction : what was said before Start, "" where nothing was
    """
    settings = run.settings
    tested = count_tested(settings)
    first = f"<b>{escape(tell(settings))}</b> names {run.score:.4f} of the {tested:,} test pictures right"
    if not beside:
        return f"<p>{first}. No base network of these classes was measured in this setting.</p>"
    landing = small.judge(run.score, beside)
    mean = sum(each.score for each in beside) / len(beside)
    reach = small.measure_reach(run.score, beside)
    told = [
        f"<p>{first}. The base: {tell_beside(beside)}. It landed <b>{SAID[landing]}</b>: {run.score - mean:+.4f}, "
        f"where up to {reach:.4f} could be chance.</p>"
    ]
    if prediction:
        verdict = "As you said." if prediction == landing else f"You had said {SAID[prediction]}."
        told.append(f"<p class='dv-verdict{' dv-right' if prediction == landing else ''}'>{verdict}</p>")
    else:
        told.append(QUIET.format("You made no prediction. Make one for the next network."))
    told.append(f"<p>{WHY[settings.treatment]}</p>")
    return "".join(told)


def write_python(settings: RunSettings) -> str:
    """Return the lines of Python that train this network as the page does."""
    given = {name: value for name, value in to_json(settings).items() if value != NEW[name]}
    words = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return (
        "from nbutils.transfer.live import live\n"
        "from nbutils.transfer.records import RunSettings\n\n"
        f"*_, last = live(RunSettings({words}))\n"
        "last.run.score"
    )


def show_python(settings: RunSettings) -> str:
    """Return these lines as HTML."""
    return f"<details><summary>in Python</summary><pre class='dv-code'>{escape(write_python(settings))}</pre></details>"
