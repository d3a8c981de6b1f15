"""What chapter 3 ships as commands: `python -m nbutils.forms starter` breeds, `findings` measures."""

import datetime as dt
import json
from pathlib import Path

import click

from nbutils import zoo
from nbutils.forms import findings, starter
from nbutils.forms.starter_plan import PLANS
from nbutils.runs import threads
from nbutils.runs.records import describe_origin, write_record
from nbutils.runs.store import write_whole


@click.group()
def main() -> None:
    """Breed and measure what chapter 3 shows, and keep it in data/forms."""


@main.command("starter")
@click.option("--only", multiple=True, metavar="NAME", help="Breed no more than these shapes and those they fork.")
@click.option("--work", type=click.Path(path_type=Path), help="Where finished shapes wait; stopped, it goes on there.")
@click.option("--to", type=click.Path(path_type=Path), default=starter.FOLDER, show_default=True)
def breed_starter(only: tuple[str, ...], work: Path | None, to: Path) -> None:
    """Breed the starter gallery by simulated users; stopped, it goes on. It takes half an hour on one core."""
    threads(1)
    if unknown := set(only) - {plan.name for plan in PLANS}:
        raise click.UsageError(f'There is no plan "{min(unknown)}"; choose from {", ".join(p.name for p in PLANS)}.')
    kept = []
    for step in starter.breed_all(starter.list_needed(only), work or zoo.cache_folder() / "forms"):
        if isinstance(step, starter.Kept):
            kept.append(step)
            click.echo(f"{step.plan.name}: {json.dumps(starter.sum_up(step))}")
        else:
            plan, bred = step
            click.echo(f"{plan.name}: user {bred.user} leads with {bred.liking:.3f}", err=True)
    if only:
        return
    origin = describe_origin("python -m nbutils.forms starter", PLANS[0].first)
    day = (dt.date.fromisoformat(origin["date"]) - dt.date(1970, 1, 1)).days
    to.mkdir(parents=True, exist_ok=True)
    write_whole(to / "starter.json.gz", starter.write_gallery(kept, day))
    shapes = {one.plan.name: starter.sum_up(one) for one in kept}
    click.echo(f"kept in {write_record('starter', {'shapes': shapes, 'provenance': origin}, to)}")


@main.command("findings")
@click.argument("rows", nargs=-1)
def measure_findings(rows: tuple[str, ...]) -> None:
    """Measure what the ledger's ROWS, or all of them, say, and keep it in data/forms."""
    threads(1)
    try:
        findings.write_findings(rows, click.echo)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
