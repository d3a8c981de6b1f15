"""What is installed, what is ready and what is wrong on this computer, each with the command that mends it."""

import importlib.util
import os
import platform
import re
import shutil
import socket
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from nbutils.commands import as_typed
from nbutils.serve.places import PACKAGE, MissingError, configuration_folder, notebooks_folder, user_folder

GIGABYTE = 1 << 30
LEAST_DISK = 1 * GIGABYTE  # networks, photographs and what unpacking them needs
LEAST_MEMORY = GIGABYTE // 2  # one kernel with a network, and room for a browser
LOCKED = "pip install -r requirements.lock"  # not the package itself: that would replace an editable install
SHOWN = ("voila", "jupyterlab", "ipywidgets", "anywidget", "torch", "numpy")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    says: str
    well: bool = True
    mend: str = ""  # the command that mends it, when it is not well


def examine() -> list[Finding]:
    """Look at everything; the order is that of the report."""
    findings = [*python(), *packages(), *computing(), *notebooks(), *caches(), *room()]
    return [*findings, *serving(), *browsers()]


def report(findings: list[Finding]) -> str:
    """Return the findings as lines, what is wrong marked in words, and a last line that sums up."""
    lines = []
    for finding in findings:
        lines.append(f"{'  ' if finding.well else '! '}{finding.name:14} {finding.says}")
        if finding.mend:
            lines.append(f"{'':17}mend it with: {finding.mend}")
    wrong = sum(not finding.well for finding in findings)
    lines.append("All is well." if not wrong else f"{wrong} of these {'is' if wrong == 1 else 'are'} wrong (!).")
    return "\n".join(lines)


def python() -> Iterator[Finding]:
    """Find the Python in use."""
    says = f"{platform.python_version()} at {sys.executable}, {platform.system()} {platform.machine()}"
    new_enough = sys.version_info >= (3, 11)
    yield Finding("Python", says, new_enough, "" if new_enough else "make setup PYTHON=python3.11")


def packages() -> Iterator[Finding]:
    """Find the packages that the suite needs, in the versions it was tested with."""
    wanted = pins()
    found = {name: version(name) for name in wanted}
    shown = ", ".join(f"{name} {found.get(name) or 'missing'}" for name in SHOWN)
    missing = [name for name, have in found.items() if have is None]
    # A build of torch for one device says so after a plus: 2.13.0+cpu is 2.13.0.
    other = [name for name, have in found.items() if have and have.partition("+")[0] != wanted[name]]
    if missing:
        yield Finding("Packages", f"{shown}; missing: {', '.join(missing)}", False, as_typed(LOCKED))
    elif other:
        tested = ", ".join(f"{name} {found[name]} (tested: {wanted[name]})" for name in other)
        yield Finding("Packages", f"{shown}; not as tested: {tested}", False, as_typed(LOCKED))
    else:
        yield Finding("Packages", shown)


def pins() -> dict[str, str]:
    """Return the packages that the suite asks for: name -> exact version."""
    project = PACKAGE.parent / "pyproject.toml"
    if project.is_file():
        lines = tomllib.loads(project.read_text())["project"]["dependencies"]
    else:
        lines = [line for line in metadata.requires("nbutils") or () if "extra ==" not in line]
    found = (re.match(r"([A-Za-z0-9._-]+) *==([^ ;]+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def version(package: str) -> str | None:
    """Return the installed version of a package, None when it is not there."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def computing() -> Iterator[Finding]:
    """Find what networks run on."""
    if importlib.util.find_spec("torch") is None:
        return
    import torch

    threads = f"{os.cpu_count()} cores, {torch.get_num_threads()} threads in batch work, 1 in live dashboards"
    yield Finding("Processor", threads)
    if torch.cuda.is_available():
        device = f"cuda: {torch.cuda.get_device_name(0)}"
    elif torch.backends.mps.is_available():
        device = "mps: this Mac's graphics processor"
    else:
        device = "cpu: no graphics processor that torch can use; every chapter works without one"
    yield Finding("Device", device)


def notebooks() -> Iterator[Finding]:
    """Find the notebooks and the server's settings."""
    try:
        folder = notebooks_folder()
        configuration_folder()
    except MissingError as error:
        yield Finding("Notebooks", str(error), False, "git checkout notebooks nbutils/serve/share/voila.json")
        return
    yield Finding("Notebooks", f"{len(list(folder.glob('*.ipynb')))} in {folder}")


def caches() -> Iterator[Finding]:
    """Find the networks, photographs and digits that are ready."""
    from nbutils import zoo
    from nbutils.zoo.cache import list_sizes

    folder = zoo.cache_folder()
    yield Finding("Cache", f"{sum(list_sizes(folder)) / 1e6:.0f} MB in {folder}")
    for entry in zoo.entries():
        ready = zoo.is_ready(entry.name)
        says = f"{entry.title}: {'ready' if ready else 'not fetched'}"
        yield Finding("", says, ready, "" if ready else entry.command)


def room() -> Iterator[Finding]:
    """Find how much disk and memory is free."""
    import psutil

    from nbutils import zoo

    folder = next(path for path in (zoo.cache_folder(), *zoo.cache_folder().parents) if path.is_dir())
    disk, memory = shutil.disk_usage(folder).free, psutil.virtual_memory().available
    enough = disk >= LEAST_DISK
    mend = "" if enough else f"remove what is not needed on the disk of {folder}"
    yield Finding("Free disk", f"{disk / 1e9:.1f} GB", enough, mend)
    enough = memory >= LEAST_MEMORY
    mend = "" if enough else "close other programs, or other pages of the suite"
    yield Finding("Free memory", f"{memory / 1e9:.1f} GB; a page with a network takes about 0.35 GB", enough, mend)


def serving() -> Iterator[Finding]:
    """Find what serving depends on: the usual port, the certificate, where cameras work."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        taken = probe.connect_ex(("127.0.0.1", 8866)) == 0
    other = f"in use, perhaps by the suite; another: {as_typed('nbutils serve --port 9000')}"
    yield Finding("Port 8866", other if taken else "free")
    certificate = user_folder() / "https.pem"
    yield Finding("Certificate", f"{certificate if certificate.is_file() else 'made by the first serve --lan'}")
    yield Finding(
        "Camera",
        "browsers give it to http://127.0.0.1 and http://localhost, and to other addresses only with https "
        "(serve --lan)",
    )


def browsers() -> Iterator[Finding]:
    """Find a Chromium; only tests and benches need one."""
    from nbutils.bench import chromium

    fetched = as_typed("nbutils.bench.chromium")
    yield Finding("Chromium", chromium.find() or f"not found; serving needs none, for tests and benches: {fetched}")
