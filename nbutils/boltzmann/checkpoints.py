"""Runs of training in files, from which they go on bit for bit."""

import json
from collections.abc import Mapping
from pathlib import Path

from safetensors import torch as safetensors
from torch import Tensor

from nbutils.boltzmann.files import (
    SETTINGS_KEY,
    Source,
    fact,
    name_parameters,
    read_facts,
    read_tensors,
    take_machine,
)
from nbutils.boltzmann.learners import Resume, check_state
from nbutils.boltzmann.settings import Training, from_json, to_json
from nbutils.boltzmann.training import Snapshot
from nbutils.runs.store import write_whole

VERSION = 1
KEY = "nbutils checkpoint"
LARGEST_NUMBER = 2**64 - 1
_STATE = ("activity", "chains", "swaps")


def pack_checkpoint(snapshot: Snapshot) -> bytes:
    """Return a snapshot as the bytes of a safetensors file, from which training goes on bit for bit."""
    state = snapshot.state
    tensors = name_parameters(snapshot.machine) | name_parameters(snapshot.last, "last.")
    tensors |= {name: getattr(state, name) for name in _STATE}
    if state.velocity is not None:
        tensors |= name_parameters(state.velocity, "velocity.")
    facts = {
        "version": VERSION,
        "update": snapshot.update,
        "updates_per_epoch": snapshot.updates_per_epoch,
        "updates_per_second": snapshot.updates_per_second,
        "plot": snapshot.plot,
        "finite": snapshot.finite,
        "swap_rates": list(snapshot.swap_rates),
        "numbers": list(state.numbers),
    }
    said = {KEY: json.dumps(facts, allow_nan=False), SETTINGS_KEY: to_json(snapshot.settings)}
    return safetensors.save(tensors, said)


def save_checkpoint(path: str | Path, snapshot: Snapshot) -> None:
    """Write what `pack_checkpoint` returns; nobody ever finds half a file there. Raises OSError."""
    write_whole(Path(path), pack_checkpoint(snapshot))


def read_checkpoint(source: Source) -> Snapshot:
    """Return the snapshot of a file or of its bytes.

    Raises ValueError for a file that holds none or one that cannot be, FileNotFoundError where there is none.
    """
    tensors, said = read_tensors(source)
    facts = read_facts(said, KEY, VERSION, "run of training")
    settings = from_json(said.get(SETTINGS_KEY, ""))
    machine = take_machine(tensors, settings.gaussian)
    update, per_epoch = _take_place(facts, settings)
    state = _take_state(tensors, facts, settings, update)
    check_state(state, machine, settings)
    last = take_machine(tensors, settings.gaussian, "last.")
    if last.weights.shape != machine.weights.shape:
        raise ValueError("This file is damaged: its last update is not of the machine's size.")
    finite = fact(facts, "finite", bool)
    return Snapshot(
        epoch=update // per_epoch,
        update=update,
        updates_per_epoch=per_epoch,
        machine=machine,
        last=last,
        settings=settings,
        plot=fact(facts, "plot", bool),
        finished=not finite or update == per_epoch * settings.epochs,
        finite=finite,
        updates_per_second=fact(facts, "updates_per_second", float),
        swap_rates=tuple(_take_numbers(facts, "swap_rates", float)),
        state=state,
    )


def _take_state(tensors: Mapping[str, Tensor], facts: Mapping[str, object], settings: Training, update: int) -> Resume:
    missing = [name for name in _STATE if name not in tensors]
    if missing:
        raise ValueError(f"This file is damaged: {missing[0]} is missing.")
    moving = settings.at(update).momentum > 0
    return Resume(
        numbers=tuple(_take_numbers(facts, "numbers", int)),
        velocity=take_machine(tensors, settings.gaussian, "velocity.") if moving else None,
        **{name: tensors[name] for name in _STATE},
    )


def _take_place(facts: Mapping[str, object], settings: Training) -> tuple[int, int]:
    """Return how many updates were made and how many make an epoch; ValueError where that cannot be."""
    update, per_epoch = fact(facts, "update", int), fact(facts, "updates_per_epoch", int)
    if per_epoch < 1 or not 0 <= update <= per_epoch * settings.epochs:
        raise ValueError(
            f"This file is damaged: update {str(update)[:20]} of {settings.epochs} epochs with {str(per_epoch)[:20]} "
            "updates each."
        )
    return update, per_epoch


def _take_numbers(facts: Mapping[str, object], name: str, kind: type) -> list:
    values = fact(facts, name, list)
    if any(type(one) is not kind or not 0 <= one <= LARGEST_NUMBER for one in values):
        raise ValueError(f"This file is damaged: its {name} are no numbers that a run has.")
    return values
