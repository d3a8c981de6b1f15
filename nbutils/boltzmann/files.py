"""Machines as safetensors files with the settings that they were trained with, written whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors import torch as safetensors
from torch import Tensor

from nbutils.boltzmann.machine import PARAMETERS, Machine
from nbutils.boltzmann.settings import Training, from_json, to_json
from nbutils.runs.store import write_whole

VERSION = 1
LARGEST_FILE = 1_000_000_000
MACHINE_KEY = "nbutils machine"
SETTINGS_KEY = "nbutils training"

Source = str | Path | bytes


def pack_machine(machine: Machine, settings: Training | None = None) -> bytes:
    """Return a machine, and how it was trained if that is known, as the bytes of a safetensors file."""
    said = {MACHINE_KEY: json.dumps({"version": VERSION, "gaussian": machine.gaussian})}
    if settings is not None:
        said[SETTINGS_KEY] = to_json(settings)
    return safetensors.save(name_parameters(machine), said)


def save_machine(path: str | Path, machine: Machine, settings: Training | None = None) -> None:
    """Write what `pack_machine` returns; nobody ever finds half a file there. Raises OSError."""
    write_whole(Path(path), pack_machine(machine, settings))


def read_machine(source: Source) -> tuple[Machine, Training | None]:
    """Return the machine of a file or of its bytes, and the settings that it was trained with, None if it tells none.

    Raises ValueError for a file that holds no machine, FileNotFoundError where there is none.
    """
    tensors, said = read_tensors(source)
    facts = read_facts(said, MACHINE_KEY, VERSION, "machine")
    settings = from_json(said[SETTINGS_KEY]) if SETTINGS_KEY in said else None
    return take_machine(tensors, fact(facts, "gaussian", bool)), settings


def read_tensors(source: Source) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors of a safetensors file or of its bytes, and what its head says.

    Raises ValueError for what is no whole safetensors file, FileNotFoundError where there is none.
    """
    content = source if isinstance(source, bytes) else _read_bytes(Path(source))
    try:
        tensors = safetensors.load(content)
        head = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    except (SafetensorError, ValueError, KeyError, RecursionError) as error:
        raise ValueError(
            "This is no safetensors file, or not all of it is there: choose a file that was saved or exported here."
        ) from error
    return tensors, dict(head.get("__metadata__", {}))


def read_facts(said: Mapping[str, str], key: str, version: int, what: str) -> dict[str, object]:
    """Return what the head of a file says under a key; ValueError where that is nothing, or of another version."""
    try:
        facts = json.loads(said[key])
    except (KeyError, ValueError, RecursionError) as error:
        raise ValueError(f"This file holds no {what}: choose one that was saved or exported here.") from error
    if not isinstance(facts, dict) or facts.get("version") != version:
        raise ValueError(f"This {what} was written by another version, and this program reads version {version}.")
    return facts


def fact(facts: Mapping[str, object], name: str, kind: type) -> object:
    """Return one thing that the head of a file says; ValueError where it does not, or not as that kind."""
    value = facts.get(name)
    if type(value) is not kind:
        raise ValueError(f"This file is damaged: its {name} is {str(value)[:40]!r} where {kind.__name__} belongs.")
    return value


def name_parameters(machine: Machine, prefix: str = "") -> dict[str, Tensor]:
    """Return the parameters of a machine by name."""
    return {f"{prefix}{name}": getattr(machine, name).contiguous() for name in PARAMETERS}


def take_machine(tensors: Mapping[str, Tensor], gaussian: bool, prefix: str = "") -> Machine:
    """Return the machine whose parameters `name_parameters` named.

    Raises ValueError where one is missing, or where they do not fit together.
    """
    missing = [name for name in PARAMETERS if f"{prefix}{name}" not in tensors]
    if missing:
        raise ValueError(f"This file is damaged: {prefix}{missing[0]} is missing.")
    return Machine(**{name: tensors[f"{prefix}{name}"] for name in PARAMETERS}, gaussian=gaussian)


def _read_bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise ValueError(f"A saved machine has at most {LARGEST_FILE:,} bytes; this file has {size:,}.")
    return path.read_bytes()
