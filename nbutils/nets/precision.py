"""Mixed precision: products are taken with 16 bits where that is asked for, what learns keeps its 32."""

from collections.abc import Mapping

import torch

# float16 reaches no further than 65,504 and loses what is below 6e-8, so its slopes are scaled; bfloat16 has the range
# of float32. Graphics cards before NVIDIA's Ampere (2020) are fast with float16 only.
PRECISIONS = {"float32": None, "bfloat16": torch.bfloat16, "float16": torch.float16}


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """Return the context in which networks compute with a precision."""
    kind = PRECISIONS[precision]
    return torch.autocast(device.type, kind, enabled=kind is not None)


def make_scaler(device: torch.device, precision: str, state: Mapping[str, float]) -> torch.amp.GradScaler:
    """Return what scales losses before slopes are taken, and slopes back; it does so for float16 only.

    state : what `tell_scaler` told, empty at the beginning
    """
    scaler = torch.amp.GradScaler(device.type, enabled=precision == "float16")
    if state and scaler.is_enabled():
        scaler.load_state_dict(dict(state))
    return scaler


def tell_scaler(scaler: torch.amp.GradScaler) -> dict[str, float]:
    """Return how a scaler stands, as JSON holds it; nothing where it does not scale."""
    return scaler.state_dict()
