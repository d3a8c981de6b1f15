"""What the runs of chapter 5 say, as commands: `python -m nbutils.transfer findings` measures, `tell` prints."""

import click

from nbutils.transfer import findings
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


if __name__ == "__main__":
    main()
