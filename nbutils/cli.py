"""The command line: python -m nbutils serve | lab | data | render | forms | sweep | train | bench | doctor."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbutils.commands import as_typed
from nbutils.forms.commands import forms
from nbutils.transfer.commands import sweep
from nbutils.transfer.imagenet_command import train

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbutils.zoo import Progress

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILES = click.Path(file_okay=False, path_type=Path)
PORT = click.IntRange(1, 65535)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Deep Visualization Notebooks: open the suite, fetch what it needs, measure it, look after it."""


main.add_command(forms)
main.add_command(sweep)
main.add_command(train)


@main.command()
@click.option("--port", default=8866, show_default=True, type=PORT, help="Port to listen on.")
@click.option("--notebooks", type=FOLDER, help="Folder of notebooks to serve instead of the suite's own.")
@click.option("--lan", is_flag=True, help="For everybody in this network: https, so that cameras work there.")
@click.option("--publish", is_flag=True, help="For the public: bounded in visitors, nothing is written.")
@click.option("--visitors", type=click.IntRange(1), help="With --publish: how many pages may be open at once.")
def serve(**wish: object) -> None:
    """Open the suite in a browser: every notebook is an app, visitors cannot run code of their own."""
    from nbutils.serve import start

    if wish["visitors"] and not wish["publish"]:
        example = as_typed("nbutils serve --publish --visitors 20")
        raise click.UsageError(f"--visitors belongs to --publish: {example}")
    try:
        start.serve(start.Wish(**wish))
    except start.CannotServeError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--port", default=8888, show_default=True, type=PORT, help="Port to listen on.")
@click.option("--notebooks", type=FOLDER, help="Folder of notebooks to open instead of the suite's own.")
@click.option("--browser/--no-browser", default=False, help="Open the address in the default browser, too.")
def lab(port: int, notebooks: Path | None, browser: bool) -> None:
    """Open JupyterLab on the notebooks: read, change and run every cell."""
    from nbutils.serve import lab as jupyterlab
    from nbutils.serve.start import CannotServeError

    try:
        jupyterlab.open_lab(port, notebooks, browser)
    except CannotServeError as error:
        raise click.ClickException(str(error)) from error


@main.group()
def data() -> None:
    """Networks, photographs and digits: what there is, fetch it, check it."""


@data.command("list")
def list_data() -> None:
    """Show every network and collection of images, and whether it is ready on this computer."""
    from nbutils import zoo

    for entry in zoo.entries():
        state = "ready" if zoo.is_ready(entry.name) else "not fetched"
        print(f"{entry.name:20} {entry.kind:12} {megabytes(entry.bytes):>9}  {state:12} {entry.licence}")
    print(f"Kept in {zoo.cache_folder()}")


@data.command()
@click.argument("names", nargs=-1)
@click.option("--quiet-when-done", is_flag=True, help="Say nothing when everything is there already.")
def fetch(names: tuple[str, ...], quiet_when_done: bool) -> None:
    """Fetch NAMES, or everything, once; what is there already is left alone."""
    from nbutils import zoo

    for name in chosen(names):
        if zoo.is_ready(name):
            if not quiet_when_done:
                print(f"{name}: ready.")
            continue
        try:
            show_progress(zoo.fetch(name))
        except zoo.Unavailable as error:
            if names or not zoo.find_entry(name).optional:
                raise click.ClickException(str(error)) from error
            click.echo(f"{error} Everything else works without it.", err=True)
    if all(zoo.is_ready(entry.name) for entry in zoo.entries() if entry.kind == "photographs"):
        keep_thumbnails()


@data.command()
@click.argument("names", nargs=-1)
def verify(names: tuple[str, ...]) -> None:
    """Check NAMES, or everything, against the hashes kept in the suite; exit code 1 when one differs."""
    from nbutils import zoo

    try:
        verdicts = [zoo.verify(name) for name in chosen(names)]
    except zoo.Unavailable as error:
        raise click.ClickException(str(error)) from error
    for verdict in verdicts:
        print(verdict.sentence)
    sys.exit(0 if all(verdict.right for verdict in verdicts) else 1)


@data.command()
@click.argument("nouns", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def wordnet(nouns: Path) -> None:
    """Make the table of WordNet above ImageNet's classes anew, from NOUNS, the data.noun of WordNet 3.0."""
    from nbutils.zoo.wordnet_table import write_table

    try:
        print(write_table(nouns))
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error


@main.group()
def render() -> None:
    """Make pictures that take hours, a piece at a time: broken off and started again, it goes on."""


@render.command()
@click.option("--network", required=True, help="A network of the zoo, such as alexnet.")
@click.option("--layers", help='Layers by name, "conv1,conv2", or "classes"; else the classes or all convolutions.')
@click.option("--units", default="all", show_default=True, help='Which of each layer: all, or such as "0-63,70".')
@click.option("--preset", default="default", show_default=True, help="The recipe of classes in a new gallery.")
@click.option("--work", type=FILES, help="Where finished pictures are kept one by one; else in the cache.")
@click.option("--out", type=FILES, help="Where the sheets and their index go; else into data/deepvis.")
@click.option("--html", type=click.Path(path_type=Path), help="Make no picture; write the gallery there as one page.")
def gallery(network: str, html: Path | None, **wish: object) -> None:
    """Make the preferred picture of every unit of a network, as sheets with an index; go on where it was left."""
    from nbutils import zoo
    from nbutils.deepvis import rendering
    from nbutils.runs import Unwritable

    try:
        if html:
            print(rendering.write_page(network, html, wish["out"]))
            return
        for line in rendering.render(network, command_line(), **wish):
            print(line, flush=True)
    except (ValueError, FloatingPointError, zoo.Unavailable, Unwritable) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
@click.option("--classes", type=click.IntRange(1), help="With preferred: how many classes are drawn; else 100.")
@click.option("--seed", type=click.IntRange(0), help="With preferred: the seed that draws them; else 0.")
def bench(name: str, as_json: bool, **wish: int | None) -> None:
    """Measure NAME on this computer: serve, deepvis, preferred, rbm, forms, transfer, soak."""
    from nbutils import bench as benches

    given = {option: value for option, value in wish.items() if value is not None}
    if given and name != "preferred":
        example = as_typed("nbutils bench preferred --classes 100 --seed 7")
        raise click.UsageError(f"--classes and --seed belong to the bench of preferred pictures: {example}")
    try:
        result = benches.run(name, lambda line: click.echo(line, err=True), **given)
    except benches.CannotMeasureError as error:
        raise click.ClickException(str(error)) from error
    print(json.dumps(result) if as_json else benches.table(result))


@main.command()
def doctor() -> None:
    """Say what is installed, what is ready and what is wrong, with the command that mends it."""
    from nbutils.serve import doctor as health

    findings = health.examine()
    print(health.report(findings))
    sys.exit(0 if all(finding.well for finding in findings) else 1)


def command_line() -> str:
    """Return the line that was typed, as others can type it."""
    return " ".join(["python -m nbutils", *sys.argv[1:]])


def chosen(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names asked for, all when none is; raises a usage error for a name that does not exist."""
    from nbutils import zoo

    known = tuple(entry.name for entry in zoo.entries())
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.UsageError(f'There is no "{unknown[0]}"; choose from {", ".join(known)}.')
    return names or known


def keep_thumbnails() -> None:
    """Make the small pictures of all photographs once, so that no page has to."""
    from nbutils import zoo

    try:
        if not zoo.has_thumbnails():
            print("Making small pictures of the photographs.", flush=True)
            zoo.thumbnails()
    except (zoo.Unavailable, ValueError) as error:
        # Not a reason to stay closed: a page makes them itself, or says what is wrong.
        click.echo(f"{error} Run `{as_typed('nbutils data verify')}`, which says what is damaged.", err=True)


def megabytes(count: int) -> str:
    """Return a number of bytes as megabytes with a unit."""
    return f"{count / 1e6:.1f} MB"


def show_progress(steps: "Iterator[Progress]") -> None:
    """Write one line per stage; on a terminal, keep the line of a running download up to date."""
    terminal = sys.stdout.isatty()
    stage = ""
    for step in steps:
        line = f"{step.name}: {step.stage}"
        if step.stage in ("downloading", "waiting") and step.source:
            line += f", {step.source}"
        if terminal and step.stage == "downloading" and step.total:
            line += f", {megabytes(step.done)} of {megabytes(step.total)}"
        if terminal:
            print(f"{chr(10) if stage not in ('', step.stage) else chr(13)}\033[K{line}", end="", flush=True)
        elif step.stage != stage:
            print(line, flush=True)
        stage = step.stage
    if terminal and stage:
        print()
