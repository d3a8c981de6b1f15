"""Many runs on the command line: python -m nbutils sweep transfer."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbutils.commands import as_typed
from nbutils.nets.plans import PLANS
from nbutils.transfer.records import LAYERS, NONLINEARITIES, TREATMENTS

if TYPE_CHECKING:  # the command line opens without numpy
    from nbutils.transfer.wishes import Wish

FOLDER = click.Path(file_okay=False, path_type=Path)
MOST_SPLITS = 100


@click.group()
def sweep() -> None:
    """Run one function over many settings; stopped and started again, it goes on where it was.

    transfer, the networks of chapter 5, is what can be swept here. Every run that is finished is kept and is never
    computed twice; sweep a function of your own with nbutils.runs.sweep, as docs/many_runs.md shows.
    """


class Layers(click.ParamType):
    """Depths such as "1-7" or "1,3,5"."""

    name = "layers"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Return the depths in order, each once; a usage error for anything else."""
        if not isinstance(value, str):
            return value
        depths: set[int] = set()
        for part in value.split(","):
            ends = re.fullmatch(r"\s*([1-9])\s*(?:-\s*([1-9])\s*)?", part)
            first, last = (int(ends[1]), int(ends[2] or ends[1])) if ends else (0, 0)
            if not 1 <= first <= last < LAYERS:
                self.fail(f'layers are numbers from 1 to {LAYERS - 1}, such as "1-7" or "1,3,5"; got {value!r}.')
            depths.update(range(first, last + 1))
        return tuple(sorted(depths))


class Treatments(click.ParamType):
    """Words such as "base,AnB"."""

    name = "treatments"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Return the treatments that were named, each once; a usage error for another word."""
        if not isinstance(value, str):
            return value
        chosen = tuple(dict.fromkeys(word.strip() for word in value.split(",")))
        for word in chosen:
            if word not in TREATMENTS:
                self.fail(f'There is no treatment "{word}"; choose from {", ".join(TREATMENTS)}.')
        return chosen


class Data(click.ParamType):
    """The name of labelled images of the zoo, which is only asked what it has when a name is given."""

    name = "data"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; a usage error for what the zoo does not have."""
        from nbutils import zoo

        return click.Choice(zoo.LABELLED).convert(value, param, ctx)


@sweep.command()
@click.option("--data", default="cifar10", show_default=True, type=Data(), help="Labelled images of the zoo.")
@click.option("--splits", default=1, show_default=True, type=click.IntRange(0, MOST_SPLITS), help="Random halves.")
@click.option("--nature", is_flag=True, help="Man-made against natural, too.")
@click.option(
    "--all", "all_classes", is_flag=True, help="Networks of all classes, too; nothing is copied between halves."
)
@click.option("--ladder", is_flag=True, help="The runs with fewer examples of every class (Figure 5.4), too.")
@click.option("--treatments", default=",".join(TREATMENTS), show_default=True, type=Treatments(), help="With commas.")
@click.option("--layers", default=f"1-{LAYERS - 1}", show_default=True, type=Layers(), help="How many are copied.")
@click.option("--epochs", default=12, show_default=True, type=click.IntRange(1), help="Passes through the examples.")
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(1, 100), help="How many seeds each.")
@click.option("--network", type=click.Choice(tuple(PLANS)), help="Which plan; else the usual one of the data.")
@click.option("--nonlinearity", default="relu", show_default=True, type=click.Choice(NONLINEARITIES))
@click.option("--folder", type=FOLDER, help="Where finished runs are kept; else in your data folder (NBUTILS_RUNS).")
@click.option("--fresh", is_flag=True, help="Begin anew, in a new folder beside the other one.")
@click.option("--resume", is_flag=True, help="Go on where it was: the default.")
@click.option("--workers", type=click.IntRange(1), help="Processes; else one a core, or a graphics card.")
@click.option("--backend", default="processes", show_default=True, type=click.Choice(["processes", "dask"]))
@click.option("--scheduler", help="Of a running dask cluster, such as tcp://10.0.0.1:8786; it implies dask.")
@click.option("--results", type=FOLDER, help="Where the table of results goes; else into results, beside the runs.")
@click.option("--plan", "only_plan", is_flag=True, help="Say how many runs there are and how long they take, and end.")
@click.option("--table", "only_table", is_flag=True, help="Put what is finished into the table of results, and end.")
@click.pass_context
def transfer(context: click.Context, **asked: object) -> None:
    """Train the networks of chapter 5: base networks first, then all that copy from them, in both directions.

    It says first what there is to do and how long that takes. Ctrl-C stops it at once: what is finished stays, and the
    same line goes on.
    """
    from nbutils import zoo
    from nbutils.runs import Unwritable
    from nbutils.transfer import sweeping

    wish = _make_wish(asked)
    try:
        code = sweeping.follow(wish, click.echo)
    except (ValueError, zoo.Unavailable, Unwritable, sweeping.CannotSweepError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Stopped. What is finished stays; the same line goes on.", err=True)
        code = sweeping.INTERRUPTED
    context.exit(code)


def read_line(line: str) -> "Wish":
    """Return what a line such as "python -m nbutils sweep transfer --splits 4" asks for.

    Raises click.UsageError for a line that does not.
    """
    words = shlex.split(line)
    if not _is_sweep(words):
        raise click.UsageError(f"This is no sweep of chapter 5: {line[:80]!r}.")
    with transfer.make_context("transfer", words[words.index("transfer") + 1 :]) as context:
        return _make_wish(context.params)


def _is_sweep(words: Sequence[str]) -> bool:
    return "transfer" in words and words[: words.index("transfer")][-3:] == ["-m", "nbutils", "sweep"]


def _make_wish(asked: dict[str, object]) -> "Wish":
    """Return what was asked for; a usage error where there is nothing to run, or nothing that could be."""
    from nbutils.transfer.wishes import Wish, list_runs

    wish = Wish(**{name: value for name, value in asked.items() if name != "resume"})
    try:
        wanted = list_runs(wish)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if not wanted:
        raise click.UsageError(
            f"There is nothing to run: {as_typed('nbutils sweep transfer --splits 4')} runs four random halves."
        )
    return wish
