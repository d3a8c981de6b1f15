"""The command that trains one network of the thesis on a folder of ImageNet."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbutils.transfer.records import TREATMENTS

if TYPE_CHECKING:
    from nbutils.nets.training import Snapshot
    from nbutils.transfer.imagenet import Task

ANYTHING = "anything"
TOGETHER = 5.0  # seconds within which signals mean one wish: the terminal or SLURM sends one, and torchrun another


@click.group()
def train() -> None:
    """Train one large network, on all graphics cards that there are; broken off and started again, it goes on."""


@train.command("transfer")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--split", default="random-0", show_default=True, help="random-S by seed S, nature, or all.")
@click.option("--target", default="B", show_default=True, type=click.Choice(["A", "B"]), help="The half to learn.")
@click.option("--treatment", default="base", show_default=True, type=click.Choice(TREATMENTS))
# torchrun takes --n, of whatever program it begins, for an option of its own: --layers is for it.
@click.option("--n", "--layers", "n", default=0, type=click.IntRange(0, 7), help="How many are copied, or random.")
@click.option("--per-class", default=0, type=click.IntRange(0), help="At most so many pictures of a class; 0 is all.")
@click.option("--schedule", default="thesis", show_default=True, type=click.Choice(["thesis", "fast"]))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@click.option(
    "--precision", default="float32", show_default=True, type=click.Choice(["float32", "bfloat16", "float16"])
)
@click.option("--workers", default=4, show_default=True, type=click.IntRange(0), help="That read pictures, a process.")
@click.option(
    "--expect",
    default="ILSVRC2012",
    show_default=True,
    type=click.Choice(["ILSVRC2012", ANYTHING]),
    help="What FOLDER has to hold: the whole of ILSVRC2012, which is counted, or anything.",
)
@click.option("--out", default="runs", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def transfer(context: click.Context, folder: Path, schedule: str, expect: str, **chosen: object) -> None:
    """Train one network of chapter 5 on FOLDER, with "train" and "val" as ImageNet has them, as the thesis did.

    450,000 steps of 256 pictures, validated every 1,000, or the fast schedule of 200,000. For several graphics cards
    begin it with torchrun: torchrun --nproc-per-node 8 -m nbutils train transfer FOLDER. Ctrl-C stops it with a
    checkpoint, as what a cluster sends at the end of its time does; the same line goes on.
    """
    from nbutils.nets.fabric import NoFabricError
    from nbutils.runs import Unwritable
    from nbutils.runs.signals import signals_noted
    from nbutils.transfer import imagenet
    from nbutils.zoo.image_tree import OtherNumbersError

    out, workers, precision = (chosen.pop(name) for name in ("out", "workers", "precision"))
    try:
        settings = imagenet.make_settings(schedule, **chosen)
        tree = imagenet.open_tree(folder, settings, "" if expect == ANYTHING else expect)
        with signals_noted(TOGETHER) as noted:
            finished = follow(imagenet.Task(settings, tree, precision), out, workers, noted)
    except OtherNumbersError as error:
        raise click.ClickException(f"{error} For other pictures give --expect {ANYTHING}.") from error
    except (ValueError, FloatingPointError, NoFabricError, Unwritable, OSError) as error:
        raise click.ClickException(str(error)) from error
    if not finished:
        context.exit(128 + (noted[0] if noted else signal.SIGTERM))


def follow(task: "Task", out: Path, workers: int, noted: Sequence[int]) -> bool:
    """Train the network of a task, say where that stands, and return whether it came to its end.

    noted : not empty any more as soon as the training is to stop
    """
    from nbutils.nets.fabric import launch
    from nbutils.transfer.imagenet import train_whole

    fabric = launch()
    say = click.echo if fabric.is_global_zero else lambda _: None
    say(f"{task.settings.name}, {task.settings.split}, on {fabric.world_size} process(es).")
    validations, snapshot = -1, None
    for snapshot in train_whole(fabric, task, out, workers, lambda: bool(noted)):
        if len(snapshot.points) != validations:
            validations = len(snapshot.points)
            say(tell(snapshot))
    if snapshot and not snapshot.finished:
        say(f"Stopped after step {snapshot.step:,}; the same line goes on from there.")
        return False
    say(f"Finished; the result lies in {out}.")
    return True


def tell(snapshot: "Snapshot") -> str:
    """Return where a training stands, in a line."""
    from nbutils.transfer.imagenet import count_days

    told = f"step {snapshot.step:,} of {snapshot.steps:,}: {snapshot.images_per_s:,.0f} pictures a second, "
    told += f"{count_days(snapshot):.1f} days for all"
    if snapshot.points:
        last = snapshot.points[-1]
        told += f"; {last.accuracy:.1%} right, loss {last.loss:.3f}"
    return told
