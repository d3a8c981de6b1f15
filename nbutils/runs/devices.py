"""The processors that torch may compute on in this machine."""

import torch


def find_device(name: str) -> torch.device:
    """Return the device of that name; ValueError, with what there is, where this machine has none."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there.get(name):
        found = ", ".join(one for one, is_there in there.items() if is_there)
        raise ValueError(f'This machine has no device "{name}"; it has {found}.')
    return torch.device(name)
