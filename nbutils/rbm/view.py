"""What the training dashboard is set to: the examples and the training, as a link, a line of Python, within bounds."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace

from nbutils.boltzmann.settings import Training, from_mapping
from nbutils.rbm.examples import BOUNDS, KINDS, Source, most_examples
from nbutils.runs.fields import (
    Field,
    check_choice,
    check_number,
    check_switch,
    find_changes,
    read_settings,
    write_settings,
)

KIND = "data"
PREFIX = "data_"
KEPT = "kept"
BESIDE = ("", "mean", "sum", KEPT)  # the thesis' run as it was stored, in its two variants, and one kept from before
SPARSITY_COST = 0.5  # a target without a cost would do nothing
# A published page is many people's: these bound what one of them can ask of its computer.
PUBLISHED = {"hidden": 500, "batch": 500, "epochs": 60, "k": 10, "temperatures": 8, "threads": 1}
PUBLISHED_VALUES = 20_000_000  # 80 MB of examples

DATA_FIELDS = {
    "data_number": Field("examples", "", *BOUNDS["number"], 100, "How many examples it learns from.", int),
    "data_grid": Field("grid", "voxels", *BOUNDS["grid"], 1, "How many voxels lie along an edge of the cube.", int),
    "data_smallest": Field("smallest radius", "voxels", *BOUNDS["smallest"], 0.1, "The least that a radius can be."),
    "data_largest": Field("largest radius", "voxels", *BOUNDS["largest"], 0.1, "The most that a radius can be."),
    "data_binarized": Field("black and white only", "", 0, 1, 1, "Grey values become 0 or 1.", bool),
    "data_size": Field("side of a patch", "pixels", *BOUNDS["size"], 1, "How large patches of photographs are.", int),
    "data_whitened": Field("whitened", "", 0, 1, 1, "Coarse structures no longer outweigh fine ones.", bool),
    "data_seed": Field("seed of the examples", "", *BOUNDS["seed"], 1, "Which examples are drawn.", int),
}
# Which of them a kind of examples reads.
READ = {
    "spheres": ("data_number", "data_grid", "data_smallest", "data_largest", "data_seed"),
    "mnist": ("data_number", "data_binarized"),
    "fashion_mnist": ("data_number", "data_binarized"),
    "patches": ("data_number", "data_size", "data_whitened", "data_seed"),
}


@dataclass(frozen=True)
class TrainingView:
    """Everything that a person can set in the training dashboard.

    source : the examples
    own : whether a person's own examples take the place of the source
    training : how the machine is trained with them
    beside : the run that is drawn beside it, "" for none
    """

    source: Source = field(default_factory=Source)
    own: bool = False
    training: Training = field(default_factory=Training)
    beside: str = ""

    def __post_init__(self) -> None:
        check_switch("own", self.own)
        check_choice("beside", self.beside, BESIDE)


def view_of(settings: Mapping[str, object]) -> TrainingView:
    """Return the view with these fields, and else those of a new one.

    settings : fields of `Training`; "data" is the kind of the examples, and their other fields begin with "data_"
    Raises ValueError for a field that nothing has, and for a value out of range.
    """
    values = dict(settings)
    beside, own = values.pop("beside", ""), values.pop("own", False)
    taken = {name: values.pop(name) for name in (KIND, *DATA_FIELDS) if name in values}
    kind = taken.pop(KIND, Source().kind)
    check_choice(KIND, kind, KINDS)
    for name, value in taken.items():
        taken[name] = check_number(name, value, DATA_FIELDS[name])
    if kind == "patches":
        values.setdefault("gaussian", True)
    source = Source(kind, **{name.removeprefix(PREFIX): value for name, value in taken.items()})
    return TrainingView(source, own, from_mapping({**asdict(Training()), **values}), beside)


def to_fields(view: TrainingView) -> dict[str, object]:
    """Return the value of every field of a view by its name."""
    source = {PREFIX + one.name: getattr(view.source, one.name) for one in fields(Source) if one.name != "kind"}
    training = {one.name: getattr(view.training, one.name) for one in fields(Training)}
    return {KIND: view.source.kind, **source, "own": view.own, **training, "beside": view.beside}


def to_settings(view: TrainingView) -> dict[str, str]:
    """Return the fields that differ from those of a new view, as the text of a link."""
    return write_settings(_find_changes(view))


def from_settings(settings: Mapping[str, str]) -> TrainingView:
    """Read the text of a link into a view; names that a view does not have are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    return view_of(read_settings(settings, to_fields(TrainingView())))


def to_python(view: TrainingView) -> str:
    """Return the lines of Python that open the dashboard with this view; whoever reads them has own examples as own."""
    words = [f"{name}={name if name == 'own' else repr(value)}" for name, value in _find_changes(view).items()]
    return f"from nbutils.rbm.dashboards import training\ntraining({', '.join(words)})"


def bound(view: TrainingView) -> TrainingView:
    """Return the view within the bounds of a published page."""
    least = {name: min(getattr(view.training, name), most) for name, most in PUBLISHED.items()}
    least |= {"threads": PUBLISHED["threads"], "device": "cpu"}  # 0 threads would be one for each core
    number = min(view.source.number, PUBLISHED_VALUES // view.source.visible)
    return replace(view, source=replace(view.source, number=number), training=replace(view.training, **least))


def change_field(view: TrainingView, name: str, value: object) -> TrainingView:
    """Return the view with one field changed, and with it what would no longer fit.

    Raises ValueError for a value out of range and for a field that nothing has.
    """
    if name == KIND or name in DATA_FIELDS:
        return _change_source(view, name.removeprefix(PREFIX), value)
    if name in ("own", "beside"):
        return replace(view, **{name: value})
    also: dict[str, object] = {}
    if name == "sparsity_target" and value:
        also = {"sparsity_cost": view.training.sparsity_cost or SPARSITY_COST}
    elif name == "visible_bias":
        also = {"visible_start": "number"}
    return replace(view, training=replace(view.training, **({name: value} | also)))


def _change_source(view: TrainingView, name: str, value: object) -> TrainingView:
    """Return the view with other examples."""
    source, training = view.source, view.training
    values = {one.name: getattr(source, one.name) for one in fields(Source)}
    if name == KIND:
        check_choice(KIND, value, KINDS)
        values["kind"] = value
        training = replace(training, gaussian=value == "patches")
    else:
        values[name] = check_number(PREFIX + name, value, DATA_FIELDS[PREFIX + name])
    values["largest"] = min(values["largest"], float(values["grid"]))
    if name == "largest":
        values["smallest"] = min(values["smallest"], values["largest"])
    else:
        values["smallest"] = min(values["smallest"], float(values["grid"]))
        values["largest"] = max(values["largest"], values["smallest"])
    number = values.pop("number")
    most = most_examples(Source(**values, number=BOUNDS["number"][0]).visible)
    return replace(view, source=Source(**values, number=min(number, most)), training=training)


def _find_changes(view: TrainingView) -> dict[str, object]:
    """Return the fields that differ from those of a new view; of patches, which need them, not the Gaussian units.

    A run that was kept is not there for anybody else.
    """
    new, now = to_fields(TrainingView()), to_fields(view)
    new["gaussian"] = view.source.kind == "patches"
    if view.beside == KEPT:
        now["beside"] = ""
    return find_changes(now, new)
