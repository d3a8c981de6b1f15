"""The one truth of how a machine is trained: for widgets, JSON, links, checkpoints and the command line."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from nbutils.boltzmann.fields import CHOICES, FIELDS, STEERED
from nbutils.runs.fields import check_choice, check_number
from nbutils.runs.parsing import as_tuple, check_known, read_object, without_version

VERSION = 1
WHAT = "A record of settings"
MOST_CHANGES = 10_000
MOST_UPDATES = 2**53  # whole numbers that every reader of JSON keeps
LONGEST_JSON = 2_000_000

Change = tuple[int, str, float]


@dataclass(frozen=True)
class Training:
    """All that a run of training follows from, but for the examples; what each may be stands in FIELDS and CHOICES.

    The defaults are those of Table 4.2 of the thesis. It does not say whether its learning rate multiplies the mean or
    the sum of a mini-batch's gradients; both give parts of its Table 4.1. With mini-batches of 20 examples the sum
    with a rate of 0.001 is the mean with 0.02. With the sum the hidden probabilities find their pattern in the first
    epoch and the reconstruction error falls with them; with the mean both take longer, and the filters stay smoother.
    changes : (update, field, value): from that update on, the first of which is 1, the field has that value
    Raises ValueError that names the field, what it may be and what was got.
    """

    hidden: int = 400
    batch: int = 20
    epochs: int = 45
    rate: float = 0.001
    rate_on: str = "mean"
    sampler: str = "cd"
    k: int = 1
    temperatures: int = 8
    momentum: float = 0.0
    weight_decay: float = 0.0
    sparsity_target: float = 0.0
    sparsity_cost: float = 0.0
    weight_range: float = 0.022
    hidden_bias: float = 0.0
    visible_bias: float = 0.0
    visible_start: str = "number"
    gaussian: bool = False
    sample_visible: bool = True
    seed: int = 0
    device: str = "cpu"
    threads: int = 1
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            check_choice(name, getattr(self, name), allowed)
        for name, field in FIELDS.items():
            # Numbers are kept in one form (1 as 1.0 where any number may stand), so that equal settings have equal
            # JSON.
            object.__setattr__(self, name, check_number(name, getattr(self, name), field))
        object.__setattr__(self, "changes", _check_changes(self.changes))

    @property
    def sparse(self) -> bool:
        """Say whether hidden units are pulled to the sparsity target."""
        return bool(self.sparsity_target and self.sparsity_cost)

    def at(self, update: int) -> "Training":
        """Return the settings with the values that are in force at an update, the first of which is 1."""
        made = {field: value for number, field, value in self.changes if number <= update}
        return replace(self, **made, changes=()) if made else self


def check_change(field: str, value: object) -> int | float:
    """Return the value of a field as it may be set during training.

    Raises ValueError for a field that stays as it was at the start, and for a value out of its range.
    """
    if not isinstance(field, str) or field not in STEERED:
        raise ValueError(f"During training these can change: {', '.join(STEERED)}; got {str(field)[:40]!r}.")
    return check_number(field, value, FIELDS[field])


def change(settings: Training, update: int, wanted: Mapping[str, float]) -> Training:
    """Return the settings in which, from an update on, some fields have other values; the same where none differs.

    Raises ValueError as `check_change` does.
    """
    current = settings.at(update)
    checked = {field: check_change(field, value) for field, value in wanted.items()}
    made = tuple((update, field, value) for field, value in checked.items() if value != getattr(current, field))
    if not made:
        return settings
    renewed = {field for _, field, _ in made}
    before = tuple(one for one in settings.changes if one[0] < update or (one[0] == update and one[1] not in renewed))
    after = tuple(one for one in settings.changes if one[0] > update)
    return replace(settings, changes=before + made + after)


def to_json(settings: Training) -> str:
    """Return the settings as one line of canonical JSON: keys in order, no spaces, every field."""
    held = {"version": VERSION, **asdict(settings)}
    return json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> Training:
    """Read what `to_json` wrote; fields that are left out are those of Table 4.2.

    Raises ValueError for anything that is no training, for an unknown field and for a value out of range.
    """
    return from_mapping(read_object(WHAT, text, LONGEST_JSON))


def from_mapping(held: Mapping[str, object]) -> Training:
    """Return the settings of a mapping that JSON held.

    Raises ValueError for another version, an unknown field and a value out of range.
    """
    values = without_version(WHAT, {"version": VERSION, **held}, VERSION)
    check_known(WHAT, values, {field.name for field in fields(Training)})
    if "changes" in values:
        values["changes"] = tuple(as_tuple("a change", one) for one in as_tuple("changes", values["changes"]))
    return Training(**values)


def _check_changes(changes: object) -> tuple[Change, ...]:
    """Return changes with their values in the form that they are kept in."""
    if not isinstance(changes, tuple) or len(changes) > MOST_CHANGES:
        raise ValueError(f"changes must be a tuple of at most {MOST_CHANGES:,} changes.")
    before, checked = 1, []
    for one in changes:
        if not isinstance(one, tuple) or len(one) != 3:
            raise ValueError(f"A change is (update, field, value), got {str(one)[:60]!r}.")
        update, field, value = one
        if isinstance(update, bool) or not isinstance(update, int) or not before <= update <= MOST_UPDATES:
            raise ValueError(f"The updates of changes are whole numbers from 1 on, in order; got {str(update)[:20]!r}.")
        before = update
        checked.append((update, field, check_change(field, value)))
    return tuple(checked)
