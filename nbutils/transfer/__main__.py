"""What the runs of chapter 5 say, as commands: `python -m nbutils.transfer findings` measures, `tell` prints."""

import click

from nbutils import zoo
from nbutils.runs import Unwritable
from nbutils.transfer import findings, small
from nbutils.transfer.sentences import tell


@click.group()
def main() -> None:
    """Measure what chapter 5 tells, and keep it in data/transfer."""


@main.command("findings")
@click.argument("rows", nargs=-1)
def measure_findings(rows: tuple[str, ...]) -> None:
    """Measure what the ledger's ROWS, or all of them, say from the runs that ship, and keep it in data/transfer."""
    try:
        findings.write_findings(rows, click.echo)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@main.command("tell")
@click.argument("rows", nargs=-1)
def tell_findings(rows: tuple[str, ...]) -> None:
    """Print what was measured for the ledger's ROWS, or for all of them, as the ledger says it."""
    try:
        held = findings.read()
        for row in rows or held:
            click.echo(f"{row}: {tell(row, held)}")
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@main.command("small")
@click.option("--splits", default=",".join(small.SPLITS), help="Which halves, with commas between them.")
@click.option("--treatments", default="base", help="Beside base networks, with commas between them.")
@click.option("--seeds", default="0", help="With commas between them; base networks of seed 0 are copied from.")
@click.option("--folder", default="build/transfer_runs", help="Where the runs are kept, as those of the grid are.")
@click.option("--workers", type=int, default=None, help="How many at a time; one for each core where it is not given.")
def train_small(splits: str, treatments: str, seeds: str, folder: str, workers: int | None) -> None:
    """Train the networks that one's own are compared with on the page, and keep them in data/transfer."""
    from nbutils.transfer.small_runs import list_small, train_and_write

    try:
        wanted = list_small(splits.split(","), treatments.split(","), [int(seed) for seed in seeds.split(",")])
        given = f"--splits {splits} --treatments {treatments} --seeds {seeds}"
        for line in train_and_write(wanted, folder, workers, f"python -m nbutils.transfer small {given}"):
            click.echo(line)
    except (ValueError, Unwritable, zoo.Unavailable) as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
