"""Trainings in files, from which they go on bit for bit."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from nbutils.nets.networks import Network
from nbutils.nets.training import Point, Snapshot
from nbutils.runs.store import write_whole

KEY, VERSION = "nbutils training", 1
_NUMBERS = ("step", "steps", "loss", "losses", "seconds", "images")
_NETWORK, _MOMENTUM = "network.", "momentum."


def save_checkpoint(path: Path, snapshot: Snapshot) -> None:
    """Write where a training stands; nobody ever finds half a file there. Raises OSError."""
    tensors = {_NETWORK + name: value for name, value in snapshot.network.state_dict().items()}
    tensors |= {_MOMENTUM + name: value for name, value in snapshot.momentum.items()}
    told = {name: getattr(snapshot, name) for name in _NUMBERS}
    told |= {"version": VERSION, "points": [asdict(point) for point in snapshot.points]}
    held = {name: value.detach().contiguous() for name, value in tensors.items()}
    write_whole(path, save(held, {KEY: json.dumps(told)}))


def read_checkpoint(path: Path, network: Network) -> Snapshot | None:
    """Return where a training of this network stood, its parameters put into the network; None where there is no file.

    Raises ValueError for a file that is damaged or of another network.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, "pt") as file:
            told = json.loads((file.metadata() or {})[KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
        if told["version"] != VERSION:
            raise ValueError("another version wrote it")
        held = {name.removeprefix(_NETWORK): value for name, value in tensors.items() if name.startswith(_NETWORK)}
        network.load_state_dict(held)
        momentum = {
            name.removeprefix(_MOMENTUM): _like(network, name.removeprefix(_MOMENTUM), value)
            for name, value in tensors.items()
            if name.startswith(_MOMENTUM)
        }
        points = tuple(Point(**point) for point in told["points"])
        return Snapshot(network=network, momentum=momentum, points=points, **{name: told[name] for name in _NUMBERS})
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"The checkpoint {path.name} cannot be gone on from ({error}): remove it.") from error


def _like(network: Network, name: str, value: torch.Tensor) -> torch.Tensor:
    """Return a momentum in the memory order and on the device of its parameter."""
    return torch.empty_like(network.get_parameter(name), requires_grad=False).copy_(value)
