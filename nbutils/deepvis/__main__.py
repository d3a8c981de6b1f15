"""The measurements of chapter 6 as commands: `python -m nbutils.deepvis noise`, `... claims` and others."""

import json

import click

from nbutils import probe, zoo
from nbutils.deepvis import best_photos, classes, looking, recognition, records, summaries
from nbutils.deepvis import claims as measured
from nbutils.deepvis import frequencies as spectrum
from nbutils.deepvis import frequency_summaries as findings
from nbutils.deepvis import noise as noises
from nbutils.runs import threads

EVERY = 50  # photographs between two lines on the screen


@click.group()
def main() -> None:
    """Measure what chapter 6 tells, and keep it in data/deepvis."""


@main.command()
@click.argument("networks", nargs=-1)
@click.option("--photographs", default=10_000, show_default="all", help="How many, taken by chance; at least 2.")
@click.option("--seed", default=0, show_default=True)
def noise(networks: tuple[str, ...], photographs: int, seed: int) -> None:
    """Measure how far every layer of NETWORKS, or of all that are ready, moves with camera noise."""
    threads(1)
    known = [entry.name for entry in zoo.entries() if entry.kind == "network"]
    if unknown := [name for name in networks if name not in known]:
        raise click.UsageError(f'There is no network "{unknown[0]}"; choose from {", ".join(known)}.')
    wanted = networks or tuple(name for name in known if zoo.is_ready(name))
    for name in wanted:
        summary = measure_network(name, photographs, seed)
        command = f"python -m nbutils.deepvis noise {name} --photographs {summary.photographs} --seed {seed}"
        keep_noise(summary, records.describe_origin(command, seed), known)


@main.command()
@click.argument("rows", nargs=-1)
def claims(rows: tuple[str, ...]) -> None:
    """Measure what the ledger's ROWS, or all of them, say of the networks at hand."""
    threads(1)
    if unknown := [row for row in rows if row not in measured.CLAIMS]:
        raise click.UsageError(f'There is no measurement "{unknown[0]}"; choose from {", ".join(measured.CLAIMS)}.')
    for row in rows or measured.CLAIMS:
        found = measured.CLAIMS[row]()
        click.echo(f"{row}: {json.dumps(found)}")
        keep_claim(row, found)


@main.command()
@click.option(
    "--photographs",
    type=click.IntRange(len(spectrum.UNITS)),
    default=10_000,
    show_default="all",
    help="How many, by chance.",
)
@click.option("--seed", default=0, show_default=True)
def frequencies(photographs: int, seed: int) -> None:
    """Measure filters, answers, weights and gradients of AlexNet by frequency."""
    threads(1)
    network = zoo.load(spectrum.NETWORK)
    chosen = classes.mix(zoo.photos(), photographs, seed)
    for found in spectrum.measure(network, len(chosen), lambda at: zoo.read_photo(chosen[at], network.size), seed):
        if found.photographs % EVERY == 0 or found.photographs == len(chosen):
            click.echo(f"{found.photographs} of {len(chosen)} photographs", err=True)
    shown = findings.settle(found)
    result = findings.sum_up(spectrum.read_first_layer(network), shown)
    click.echo(json.dumps(result))
    command = f"python -m nbutils.deepvis frequencies --photographs {len(chosen)} --seed {seed}"
    record = {"findings": findings.to_json(shown), "result": result}
    kept = records.write_record("frequencies", record | {"provenance": records.describe_origin(command, seed)})
    click.echo(f"kept in {kept}")


@main.command()
@click.argument("names", nargs=-1)
@click.option("--classes", "number", type=click.IntRange(1, 1000), default=recognition.CLASSES, show_default=True)
@click.option("--steps", type=click.IntRange(1, 10_000), default=recognition.STEPS, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, show_default=True)
def regularizers(names: tuple[str, ...], number: int, steps: int, seed: int) -> None:
    """Measure whether pictures made with the regularizers NAMES, or with each, alone and together, are recognised."""
    threads(1)
    recipes = recognition.make_recipes(steps)
    if unknown := [name for name in names if name not in recipes]:
        raise click.UsageError(f'There is no recipe "{unknown[0]}"; choose from {", ".join(recipes)}.')
    maker, judge = zoo.load(recognition.MAKER), zoo.load(recognition.JUDGE)
    drawn = recognition.draw_classes(maker, number, seed)
    setting = {
        "maker": maker.name,
        "judge": judge.name,
        "classes": [{"number": place, "label": maker.labels[place]} for place in drawn],
        "steps": steps,
        "seed": seed,
    }
    wanted = {name: recipe for name, recipe in recipes.items() if not names or name in names}
    for found in recognition.measure(maker, judge, wanted, drawn, seed):
        result = recognition.sum_up(found)
        click.echo(json.dumps(result))
        command = (
            f'python -m nbutils.deepvis regularizers "{found.name}" --classes {number} --steps {steps} --seed {seed}'
        )
        keep_recognition(setting, result | {"provenance": records.describe_origin(command, seed)}, list(recipes))


def keep_recognition(setting: dict, result: dict, order: list[str]) -> None:
    """Put one recipe's result into data/deepvis/regularizers.json; those of another setting leave it."""
    try:
        held = records.read_record("regularizers")
    except ValueError:
        held = {}
    there = held["recipes"] if held.get("setting") == setting else []
    found = {entry["name"]: entry for entry in there} | {result["name"]: result}
    recipes = sorted(found.values(), key=lambda entry: order.index(entry["name"]))
    records.write_record("regularizers", {"setting": setting, "recipes": recipes})


@main.command()
@click.option("--network", type=click.Choice(list(best_photos.LAYERS)), required=True)
@click.option(
    "--photographs", type=click.IntRange(1), default=10_000, show_default="all", help="How many of the first."
)
def strongest(network: str, photographs: int) -> None:
    """Find the nine photographs that excite each channel of NETWORK most and least; stopped, it goes on."""
    threads(1)
    chosen = zoo.photos()[:photographs]
    unfinished = zoo.cache_folder() / "searches" / f"strongest_{network}.npz"
    for found in probe.search(unfinished, zoo.load(network), chosen, best_photos.LAYERS[network]):
        if found.place % EVERY == 0 or found.finished:
            click.echo(f"{network}: {found.place} of {len(chosen)} photographs", err=True)
    command = f"python -m nbutils.deepvis strongest --network {network} --photographs {len(chosen)}"
    table = best_photos.make_table(found, chosen)
    click.echo(f"kept in {best_photos.write_table(table, records.describe_origin(command, 0))}")
    unfinished.unlink(missing_ok=True)


def keep_claim(row: str, found: dict) -> None:
    """Put one measurement into data/deepvis/claims.json, in place of the one that is there."""
    try:
        held = records.read_record("claims")
    except ValueError:
        held = {}
    origin = records.describe_origin(f"python -m nbutils.deepvis claims {row}", 0)
    kept = held | {row: {"result": found, "provenance": origin}}
    records.write_record("claims", {name: kept[name] for name in measured.CLAIMS if name in kept})


def measure_network(name: str, photographs: int, seed: int) -> summaries.NoiseSummary:
    """Return how far the layers of one network move, saying how far the work is."""
    network = zoo.load(name)
    layers = looking.list_layers(network)
    chosen = classes.mix(zoo.photos(), photographs, seed)
    changes = []
    for change in noises.measure_changes(
        network, layers, len(chosen), lambda place: zoo.read_photo(chosen[place], network.size), seed=seed
    ):
        changes.append(change)
        if len(changes) % EVERY == 0 or len(changes) == len(chosen):
            click.echo(f"{name}: {len(changes)} of {len(chosen)} photographs", err=True)
    return noises_summary(network, layers, changes)


def noises_summary(
    network: zoo.Network, layers: tuple[looking.Layer, ...], changes: list[noises.Change]
) -> summaries.NoiseSummary:
    """Return the summary of a network's changes at the usual strengths."""
    return summaries.summarize(
        changes,
        network=network.name,
        title=network.title,
        strengths=noises.STRENGTHS,
        places=noises.name_places(network, layers),
        kinds=noises.name_kinds(network, layers),
    )


def keep_noise(summary: summaries.NoiseSummary, origin: dict, order: list[str]) -> None:
    """Put a network's summary into data/deepvis/noise.json, in place of the one that is there."""
    try:
        held = records.read_record("noise")["networks"]
    except ValueError:
        held = []
    found = {entry["network"]: entry for entry in held} | {
        summary.network: {**summaries.to_json(summary), "provenance": origin}
    }
    networks = sorted(found.values(), key=lambda entry: order.index(entry["network"]))
    click.echo(f"kept in {records.write_record('noise', {'networks': networks})}")


if __name__ == "__main__":
    main()
