"""Trainings in files, from which they go on bit for bit."""

import json
import math
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from nbutils.nets.networks import Network
from nbutils.nets.progress import Point, Snapshot
from nbutils.runs.store import write_whole

KEY, VERSION = "nbutils training", 1
_NUMBERS = ("step", "steps", "loss", "losses", "seconds", "images")
_NETWORK, _MOMENTUM = "network.", "momentum."


def save_checkpoint(path: Path, snapshot: Snapshot) -> None:
    """Write where a training stands; nobody ever finds half a file there. Raises OSError."""
    tensors = {_NETWORK + name: value for name, value in snapshot.network.state_dict().items()}
    tensors |= {_MOMENTUM + name: value for name, value in snapshot.momentum.items()}
    told = {name: getattr(snapshot, name) for name in _NUMBERS}
    told |= {"version": VERSION, "points": [asdict(point) for point in snapshot.points], "scaling": snapshot.scaling}
    held = {name: value.detach().contiguous() for name, value in tensors.items()}
    write_whole(path, save(held, {KEY: json.dumps(told)}))


def read_checkpoint(path: Path, network: Network) -> Snapshot | None:
    """Return where a training of this network stood, its parameters put into the network; None where there is no file.

    Raises ValueError for a file that is damaged or of another network, which leaves the network as it was.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, "pt") as file:
            told = json.loads((file.metadata() or {})[KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no mapping
        if told["version"] != VERSION:
            raise ValueError("another version wrote it")
        numbers = {name: _require_number(told[name]) for name in _NUMBERS}
        points = tuple(Point(**{name: _require_number(value) for name, value in one.items()}) for one in told["points"])
        held = {name.removeprefix(_NETWORK): value for name, value in tensors.items() if name.startswith(_NETWORK)}
        _require_same(held, network)
        scaling = _read_scaling(told["scaling"])
        momentum = {
            name.removeprefix(_MOMENTUM): _like(network, name.removeprefix(_MOMENTUM), value)
            for name, value in tensors.items()
            if name.startswith(_MOMENTUM)
        }
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise ValueError(f"The checkpoint {path.name} cannot be gone on from ({error}): remove it.") from error
    network.load_state_dict(held)
    return Snapshot(network=network, momentum=momentum, points=points, scaling=scaling, **numbers)


def _require_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a number is wanted, got {str(value)[:40]!r}")
    return value


def _read_scaling(told: dict[str, object]) -> dict[str, float]:
    """Return how slopes are scaled: nothing, or all that `tell_scaler` tells, finite and not below zero."""
    scaling = {name: _require_number(value) for name, value in told.items()}
    names = torch.amp.GradScaler("cpu").state_dict().keys()
    if scaling and (scaling.keys() != names or not all(0 <= value < math.inf for value in scaling.values())):
        raise ValueError(f"slopes cannot be scaled by {str(told)[:80]}")
    return scaling


def _require_same(held: dict[str, torch.Tensor], network: Network) -> None:
    """Raise ValueError where these are not the parameters of such a network."""
    wanted = {name: (value.shape, value.dtype) for name, value in network.state_dict().items()}
    if wanted != {name: (value.shape, value.dtype) for name, value in held.items()}:
        raise ValueError("it is of another network")


def _like(network: Network, name: str, value: torch.Tensor) -> torch.Tensor:
    """Return a momentum in the memory order and on the device of its parameter."""
    like = torch.empty_like(network.get_parameter(name), requires_grad=False)
    if like.shape != value.shape:
        raise ValueError("it is of another network")
    return like.copy_(value)
