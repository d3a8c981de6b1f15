"""Looking after chapter 3 on the command line: python -m nbutils forms hide | show | list | reports | export | ..."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

Result = TypeVar("Result")
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def forms() -> None:
    """Look after the gallery of chapter 3: NBUTILS_DATABASE says which, else your own."""


@forms.command("list")
@click.option("--most", default=100, show_default=True, type=click.IntRange(1), help="How many of the newest.")
def list_gallery(most: int) -> None:
    """Show the newest shapes with their ids, hidden and private ones too."""
    from nbutils.forms import store

    for shape in ask(lambda gallery: store.list_shapes(gallery, most)):
        click.echo(describe(shape))


@forms.command()
def reports() -> None:
    """Show what visitors reported, with their reasons."""
    from nbutils.forms import store

    for one in ask(store.reports):
        click.echo(f"{describe(one.shape)}\n  reported by {one.people}, last on {one.newest:%Y-%m-%d %H:%M} UTC")
        for reason in one.reasons:
            click.echo(f"  {on_one_line(reason)}")


@forms.command()
@click.argument("identity", metavar="ID")
def hide(identity: str) -> None:
    """Take the shape ID from the pages; its maker still sees it, and that it was hidden."""
    set_hidden(identity, True)


@forms.command()
@click.argument("identity", metavar="ID")
def show(identity: str) -> None:
    """Put the shape ID back on the pages."""
    set_hidden(identity, False)


@forms.command("export")
@click.argument("file", type=FILE)
@click.option("--published", is_flag=True, help="Leave out what is private or hidden: for a file to be passed on.")
def export_file(file: Path, published: bool) -> None:
    """Write the gallery into FILE, such as gallery.json.gz, for a copy or for another computer."""
    from nbutils.forms import store
    from nbutils.runs.store import write_whole

    data = ask(lambda gallery: store.export_gallery(gallery, published))
    try:
        write_whole(file, data)
    except OSError as error:
        raise click.ClickException(f"{file} could not be written: {error}.") from error
    click.echo(f"{file}: {len(data):,} bytes.")


@forms.command("import")
@click.argument("file", type=FILE)
def import_file(file: Path) -> None:
    """Merge FILE into the gallery: what is here already stays as it is, nothing is doubled."""
    from nbutils.forms import store

    try:
        data = file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file} could not be read: {error}.") from error
    merged = ask(lambda gallery: store.import_gallery(gallery, data))
    click.echo(
        f"{merged.added} shapes are new, {merged.known} were here already; {merged.generations} generations, "
        f"{merged.people} people and {merged.ratings} ratings are new."
    )


@forms.command()
def migrate() -> None:
    """Bring the tables of a gallery that an older version kept up to date; opening a page does so, too."""
    click.echo(f"The gallery in {ask(lambda gallery: gallery.url)} is up to date.")


def ask(act: Callable[[object], Result]) -> Result:
    """Return what a function finds or does in the gallery; what fails is said and ends the command."""
    from nbutils.forms import store

    try:
        gallery = store.open_store(read_only=False, starter=None)
        try:
            return act(gallery)
        finally:
            store.close(gallery)
    except store.StoreError as error:
        raise click.ClickException(str(error)) from error


def set_hidden(identity: str, hidden: bool) -> None:
    """Hide a shape or show it again, and say so."""
    from nbutils.forms import store

    ask(lambda gallery: store.hide(gallery, identity, hidden))
    click.echo(f"{identity} is {'hidden' if hidden else 'shown'}.")


def describe(shape: object) -> str:
    """Return a shape as a line: id, state, stars, name, author, tags."""
    state = "hidden" if shape.hidden else "public" if shape.public else "private"
    words = " ".join(f"#{tag}" for tag in shape.tags)
    author = shape.author or "somebody"
    return f"{shape.id}  {state:8}{shape.stars:.1f} of {shape.ratings:<4} {shape.name}, by {author} {words}".rstrip()


def on_one_line(text: str) -> str:
    """Return text of several lines as one."""
    return " / ".join(line.strip() for line in text.splitlines() if line.strip())
