"""The command that trains one network of the thesis on a folder of ImageNet."""

from pathlib import Path

import click

from nbutils.transfer.records import TREATMENTS


@click.group()
def train() -> None:
    """Train one large network, on all graphics cards that there are; broken off and started again, it goes on."""


@train.command("transfer")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--split", default="random-0", show_default=True, help="random-S by seed S, nature, or all.")
@click.option("--target", default="B", show_default=True, type=click.Choice(["A", "B"]), help="The half to learn.")
@click.option("--treatment", default="base", show_default=True, type=click.Choice(TREATMENTS))
@click.option("--n", default=0, type=click.IntRange(0, 7), help="How many layers are copied, or random and frozen.")
@click.option("--per-class", default=0, type=click.IntRange(0), help="At most so many pictures of a class; 0 is all.")
@click.option("--schedule", default="thesis", show_default=True, type=click.Choice(["thesis", "fast"]))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@click.option(
    "--precision", default="float32", show_default=True, type=click.Choice(["float32", "bfloat16", "float16"])
)
@click.option("--workers", default=4, show_default=True, type=click.IntRange(0), help="That read pictures, a process.")
@click.option("--out", default="runs", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def transfer(folder: Path, out: Path, schedule: str, precision: str, workers: int, **chosen: object) -> None:
    """Train one network of chapter 5 on FOLDER, with "train" and "val" as ImageNet has them, as the thesis did.

    450,000 steps of 256 pictures, validated every 1,000, or the fast schedule of 200,000. For several graphics cards
    begin it with torchrun: torchrun --nproc-per-node 8 -m nbutils train transfer FOLDER
    """
    from nbutils.nets.fabric import NoFabricError, launch
    from nbutils.runs import Unwritable
    from nbutils.transfer import imagenet

    try:
        settings = imagenet.make_settings(schedule, **chosen)
        fabric = launch()
        if fabric.is_global_zero:
            click.echo(f"{settings.name}, {settings.split}, on {fabric.world_size} process(es).")
        validations = -1
        for snapshot in imagenet.train_whole(fabric, settings, folder, out, workers, precision):
            if fabric.is_global_zero and len(snapshot.points) != validations:
                validations = len(snapshot.points)
                click.echo(tell(snapshot))
        if fabric.is_global_zero:
            click.echo(f"Finished; the result lies in {out}.")
    except (ValueError, FloatingPointError, NoFabricError, Unwritable, OSError) as error:
        raise click.ClickException(str(error)) from error


def tell(snapshot: object) -> str:
    """Return where a training stands, in a line."""
    from nbutils.transfer.imagenet import count_days

    told = f"step {snapshot.step:,} of {snapshot.steps:,}: {snapshot.images_per_s:,.0f} pictures a second, "
    told += f"{count_days(snapshot):.1f} days for all"
    if snapshot.points:
        last = snapshot.points[-1]
        told += f"; {last.accuracy:.1%} right, loss {last.loss:.3f}"
    return told
