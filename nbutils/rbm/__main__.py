"""The measurements of chapter 4 as commands: `python -m nbutils.rbm thesis` and others."""

import json

import click

from nbutils import zoo
from nbutils.boltzmann.reconstruction import DEFAULT
from nbutils.rbm import clinic_measuring, examples, findings, results, survey
from nbutils.rbm.clinic import SEEDS
from nbutils.rbm.resuming import follow_kept
from nbutils.rbm.running import Followed
from nbutils.runs import threads
from nbutils.runs.records import describe_origin


@click.group()
def main() -> None:
    """Train and measure what chapter 4 tells, and keep it in data/rbm."""


@main.command()
@click.option("--rate-on", type=click.Choice(results.RATES_ON), required=True)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
def thesis(rate_on: str, seed: int) -> None:
    """Train the machine of Table 4.2 for its 45 epochs; stopped, it goes on.

    Seed 0 is the run that the chapter shows; of other seeds the curves are kept beside it.
    """
    spheres, settings = examples.load(examples.Source(seed=seed)), results.thesis_settings(rate_on, seed)
    unfinished = zoo.cache_folder() / "rbm" / f"thesis_{rate_on}_{seed}"
    for followed in follow_kept(spheres, settings, unfinished):
        report(followed)
    origin = describe_origin(f"python -m nbutils.rbm thesis --rate-on {rate_on} --seed {seed}", seed)
    if seed:
        found = {f"{rate_on} {seed}": {"curves": survey.draw_curves(followed), "provenance": origin}}
        click.echo(f"kept in {results.keep('seeds', found)}")
        return
    for path in results.write_run(followed, origin):
        click.echo(f"kept in {path}")


@main.command("survey")
@click.argument("names", nargs=-1)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
def survey_runs(names: tuple[str, ...], seed: int) -> None:
    """Train the runs NAMES of the survey, or all, over 10,000 spheres, and keep what they are like."""
    plans = survey.list_plans()
    if unknown := [name for name in names if name not in plans]:
        raise click.UsageError(f'There is no run "{unknown[0]}"; choose from {", ".join(plans)}.')
    spheres = examples.load(examples.Source(number=survey.NUMBER, seed=seed))
    for name in names or plans:
        for followed in survey.run(plans[name], spheres):
            report(followed)
        origin = describe_origin(f'python -m nbutils.rbm survey "{name}" --seed {seed}', seed)
        found = survey.sum_up(followed, spheres, seed) | {"provenance": origin}
        click.echo(f"{name}: {json.dumps(found.get('samples'))}")
        results.keep("survey", {name: found})


@main.command()
@click.argument("seeds", nargs=-1, type=click.IntRange(0, 2**32 - 1))
def clinic(seeds: tuple[int, ...]) -> None:
    """Train the clinic's six cases with SEEDS, or with all five, and keep what advice is held to and the page shows."""
    threads(1)
    for seed in seeds or SEEDS:
        finished = {}
        for case, followed in clinic_measuring.run_seed(seed):
            finished[case] = followed
            report(followed)
        origin = describe_origin(f"python -m nbutils.rbm clinic {seed}", seed)
        for path in clinic_measuring.keep_seed(finished, seed, origin):
            click.echo(f"kept in {path}")


@main.command("findings")
@click.argument("rows", nargs=-1)
def measure_findings(rows: tuple[str, ...]) -> None:
    """Measure what the ledger's ROWS, or all of them, say; most read the runs that `thesis` and `survey` keep."""
    if unknown := [row for row in rows if row not in findings.FINDINGS]:
        raise click.UsageError(f'There is no measurement "{unknown[0]}"; choose from {", ".join(findings.FINDINGS)}.')
    for row in rows or findings.FINDINGS:
        found = findings.FINDINGS[row]()
        click.echo(f"{row}: {json.dumps(found)}")
        origin = describe_origin(f"python -m nbutils.rbm findings {row}", findings.SEED)
        results.keep("findings", {row: {"result": found, "provenance": origin}})


def report(followed: Followed) -> None:
    """Say on the screen how far a run is, once an epoch."""
    snapshot = followed.snapshot
    if snapshot.plot and snapshot.update % snapshot.updates_per_epoch == 0:
        error = followed.points[-1].measures.error[DEFAULT]
        click.echo(f"epoch {snapshot.epoch} of {snapshot.settings.epochs}, error {error:.2f}", err=True)


if __name__ == "__main__":
    main()
