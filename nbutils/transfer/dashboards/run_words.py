"""What is told of one run: its numbers, where it was trained, and the lines of Python that train it again."""

from html import escape

from nbutils.transfer.dashboards.telling import tell, tell_classes, tell_hardware
from nbutils.transfer.records import NONLINEARITIES, Run, RunSettings, to_json
from nbutils.transfer.summaries import has_ten_best

NEW = to_json(RunSettings())
NOTHING = "Rest on a point of the plot: how that network learned appears here. Click the point to keep it."


def tell_run(run: Run, here: bool = False) -> str:
    """Return the settings and scores of a run as a table.

    here : whether it was trained on this page
    """
    settings = run.settings
    copied = [("copied from a network for", escape(tell_classes(settings, settings.source)))] if settings.source else []
    best = [("mean of the ten best", f"<b>{run.best_ten:.4f}</b>")] if has_ten_best(run) else []
    rows = [
        ("last validation", f"<b>{run.score:.4f}</b>"),
        *best,
        ("learned", escape(tell_classes(settings))),
        *copied,
        ("trained for", f"{settings.epochs} epochs, {_tell_examples(settings)}"),
        ("versions of each picture", str(settings.variants)),
        ("seed", str(settings.seed)),
        ("network", escape(settings.plan) + _tell_nonlinearity(settings)),
        ("time", f"{_tell_seconds(run.seconds)}, {run.images_per_s:,.0f} images/s"),
        ("on", escape(tell_hardware(run.hardware))),
        ("code and day", f"{escape(run.version)}, {escape(run.date)}"),
    ]
    body = "".join(f"<tr><th scope='row'>{name}</th><td>{value}</td></tr>" for name, value in rows)
    title = f"{'Trained here: ' if here else ''}{escape(tell(settings))}"
    return f"<h3>{title}</h3><table class='dv-table dv-timeline'><tbody>{body}</tbody></table>"


def write_python(settings: RunSettings) -> str:
    """Return the lines of Python that train this network, and what it is copied from, if that is not there."""
    given = {name: value for name, value in to_json(settings).items() if value != NEW[name]}
    words = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return (
        "from nbutils.transfer.records import RunSettings, to_json\n"
        "from nbutils.transfer.running import train_one\n"
        f'train_one(to_json(RunSettings({words})), "runs")'
    )


def show_python(settings: RunSettings) -> str:
    """Return these lines as HTML."""
    return f"<details><summary>in Python</summary><pre class='dv-code'>{escape(write_python(settings))}</pre></details>"


def _tell_examples(settings: RunSettings) -> str:
    return f"{settings.per_class:,} pictures a class" if settings.per_class else "all pictures"


def _tell_nonlinearity(settings: RunSettings) -> str:
    return "" if settings.nonlinearity == NONLINEARITIES[0] else ", abs(tanh(x))"


def _tell_seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
