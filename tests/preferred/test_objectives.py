import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nbutils.preferred.evaluating import evaluate
from nbutils.preferred.objectives import (
    OUTPUT,
    channel,
    class_of,
    direction,
    layer,
    layers_of,
    logit,
    parse,
    probability,
    resolve,
    unit,
)

NAMES = st.text(min_size=1, max_size=12).filter(lambda name: name.isprintable())
NUMBERS = st.integers(0, 2000)
CLASSES = st.one_of(NUMBERS, NAMES)
FLOATS = st.floats(-1e6, 1e6, allow_nan=False)
LEAVES = st.one_of(
    CLASSES.map(logit),
    CLASSES.map(probability),
    st.builds(unit, NAMES, NUMBERS),
    st.builds(unit, NAMES, NUMBERS, NUMBERS, NUMBERS),
    st.builds(channel, NAMES, NUMBERS),
    st.builds(direction, NAMES, NUMBERS),
    st.builds(direction, NAMES, st.lists(FLOATS, min_size=1, max_size=4)),
    NAMES.map(layer),
)


def combine(inner):
    sides = st.tuples(inner, inner)
    return st.one_of(
        sides.map(lambda pair: pair[0] + pair[1]),
        sides.map(lambda pair: pair[0] - pair[1]),
        sides.map(lambda pair: pair[0] * pair[1]),
        st.tuples(FLOATS, inner).map(lambda pair: pair[0] * pair[1]),
        st.tuples(FLOATS, inner).map(lambda pair: pair[1] - pair[0]),
        inner.map(lambda one: -one),
    )


@given(st.recursive(LEAVES, combine, max_leaves=8))
def test_what_is_written_is_read_back(objective):
    assert parse(str(objective)) == objective


def test_the_line_is_the_one_that_a_person_writes():
    line = 'logit("strawberry") + 0.1 * channel("conv5", 12)'
    assert str(logit("strawberry") + 0.1 * channel("conv5", 12)) == line
    assert parse(line) == logit("strawberry") + 0.1 * channel("conv5", 12)
    assert parse("unit('fc', 3, row=1, column=2)") == unit("fc", 3, 1, 2)
    assert str(-(logit(1) - logit(2)) - (logit(3) - 4)) == "-1 * (logit(1) - logit(2)) - (logit(3) - 4)"


@pytest.fixture
def answers():
    draw = np.random.default_rng(0)
    return {
        "maps": torch.from_numpy(draw.standard_normal((3, 4, 5, 6))),
        "units": torch.from_numpy(draw.standard_normal((3, 7))),
        OUTPUT: torch.from_numpy(draw.standard_normal((3, 10))),
    }


@pytest.mark.parametrize("place", [0, 2])
def test_each_objective_is_its_formula(answers, place):
    maps, units, last = (answers[name].numpy()[place] for name in ("maps", "units", OUTPUT))
    chance = np.exp(last) / np.exp(last).sum()
    drawn = np.random.default_rng(5).standard_normal(4)
    wanted = {
        logit(3): last[3],
        probability(3): chance[3],
        unit("maps", 2): maps[2, 2, 3],
        unit("maps", 2, 0, 5): maps[2, 0, 5],
        unit("units", 6): units[6],
        channel("maps", 1): maps[1].mean(),
        channel("units", 1): units[1],
        direction("maps", (1, 0, -2, 0.5)): maps.mean((1, 2)) @ [1, 0, -2, 0.5],
        direction("maps", 5): maps.mean((1, 2)) @ drawn / np.linalg.norm(drawn),
        direction("units", (0, 0, 0, 0, 0, 0, 3)): 3 * units[6],
        layer("maps"): (maps**2).mean(),
        layer("units") * 2 - logit(1) * unit("units", 0) + 1: 2 * (units**2).mean() - last[1] * units[0] + 1,
        -channel("maps", 1): -maps[1].mean(),
    }
    for objective, value in wanted.items():
        assert float(evaluate(objective, answers, place)) == pytest.approx(value, rel=1e-5), str(objective)


def test_an_objective_knows_its_layers_and_its_class():
    mixed = channel("conv5", 12) * 2 + layer("conv1") - probability("pizza")
    assert layers_of(mixed) == {"conv5", "conv1", OUTPUT}
    assert class_of(mixed) == "pizza"
    assert class_of(channel("conv5", 12)) is None


def test_classes_are_found_by_label_in_any_case_and_by_number():
    labels = ("strawberry", "pizza", "red fox")
    assert resolve(2 * logit("Pizza") + probability(2), labels) == 2 * logit(1) + probability(2)
    with pytest.raises(ValueError, match=r'no class "strawbery". The nearest are: strawberry'):
        resolve(logit("strawbery"), labels)
    with pytest.raises(ValueError, match="classes are 0 to 2, got 3"):
        resolve(logit(3), labels)
    with pytest.raises(ValueError, match='no named classes, so "pizza" cannot be found'):
        resolve(logit("pizza"), None)


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (logit(10), "units 0 to 9, got 10"),
        (logit("pizza"), "has no number yet"),
        (channel("maps", 4), "has the channels 0 to 3, got 4"),
        (unit("maps", 0, 5, 0), "the rows 0 to 4"),
        (unit("units", 0, 1, 1), "has no positions"),
        (direction("maps", (1, 2)), "4 channels, and the direction has 2 numbers"),
    ],
)
def test_what_the_network_does_not_have_is_a_sentence(answers, objective, said):
    with pytest.raises(ValueError, match=said):
        evaluate(objective, answers, 0)


@pytest.mark.parametrize(
    "line",
    [
        "__import__('os').system('true')",
        "(lambda: 1)()",
        "logit.__class__",
        "[logit(1) for x in (1, 2)]",
        "logit(*[1])",
        "logit(**{})",
        "logit(class_=1, class_=2)",
        "logit(1) / 2",
        "2 ** 999999999",
        "logit(1) * 1e400",
        "logit(1) * 10 ** 10",
        "logit(True)",
        "logit(-1)",
        "logit(1.5)",
        "logit('')",
        "logit('" + "a" * 300 + "')",
        "channel('a')",
        "channel('a', 'b')",
        "unit('a', 1, 2)",
        "direction('a', ())",
        "direction('a', ('x',))",
        "layer(1)",
        "'logit(1)'",
        "1 + 2",
        "logit(1), logit(2)",
        "",
        "logit(1",
        "(" * 5000,
        "-" * 20000 + "logit(1)",
        "logit(1)" + " + logit(1)" * 4000,
        "x" * 60_000,
        "logit(1)\0",
        f"logit({'9' * 5000})",
        7,
        None,
    ],
)
def test_hostile_lines_are_refused_with_a_sentence(line):
    with pytest.raises(ValueError, match=r"[.?]$") as caught:
        parse(line)
    assert len(str(caught.value)) < 500


def test_nothing_of_a_line_is_run(monkeypatch):
    called = []
    monkeypatch.setattr("builtins.print", lambda *_: called.append(1))
    with pytest.raises(ValueError, match="none of them"):
        parse("print(1)")
    assert not called


@pytest.mark.parametrize("other", ["text", None, True, float("nan"), 1e12])
def test_only_objectives_and_sensible_numbers_are_combined(other):
    with pytest.raises(ValueError, match=r"\.$"):
        logit(1) + other
