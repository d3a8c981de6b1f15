import math

import numpy as np
import pytest

from nbutils.neat import FUNCTIONS, PLANE, SPACE, Ends, compile_genome, evaluate, fill_inputs, grid_inputs
from nbutils.neat.evaluating import BLOCK
from tests.neat.growing import grow
from tests.neat.oracle import SCALARS


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_functions_are_those_of_the_formulas(name, kind):
    sums = np.array([-1e6, -800, -3, -0.5, 0, 0.25, 2, 800, 1e6], kind)
    values = sums.copy()
    with np.errstate(over="raise", invalid="raise"):
        FUNCTIONS[name].apply(values)
    assert values.dtype == kind
    assert np.allclose(values, [SCALARS[name](value) for value in sums.tolist()], atol=1e-6)


def test_the_inputs_of_space_are_equations_3_1_to_3_4():
    axes = (np.linspace(-1, 1, 3), np.linspace(-1, 1, 4), np.linspace(-2, 2, 5))
    inputs = grid_inputs(SPACE, axes)
    assert inputs.shape == (8, 3 * 4 * 5)
    assert inputs.dtype == np.float32
    for place, (i, j, k) in enumerate(np.ndindex(3, 4, 5)):
        x, y, z = axes[0][i], axes[1][j], axes[2][k]
        wanted = [x, y, z, math.hypot(x, y), math.hypot(y, z), math.hypot(x, z), math.hypot(x, y, z), 1]
        assert np.allclose(inputs[:, place], wanted, atol=1e-6)


def test_the_inputs_of_the_plane_follow_from_two_axes():
    inputs = grid_inputs(PLANE, (np.array([3.0]), np.array([4.0])))
    assert inputs.ravel().tolist() == [3, 4, 5, 1]


def test_coordinates_may_have_names_of_their_own():
    coordinates = {name: np.full(3, number, float) for number, name in enumerate(("x1", "y1", "x2", "y2"))}
    inputs = fill_inputs(Ends(("y2", "x1", "bias"), ("weight",)), coordinates)
    assert inputs.tolist() == [[3] * 3, [0] * 3, [1] * 3]


@pytest.mark.parametrize("name", ["w", "r_xw", "r_"])
def test_an_input_that_follows_from_nothing_is_named(name):
    with pytest.raises(ValueError, match=f"No input {name} follows from the coordinates x, y"):
        fill_inputs(Ends((name,), ("out",)), {"x": np.zeros(2), "y": np.zeros(2)})


@pytest.mark.parametrize("points", [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 3])
def test_blocks_leave_no_seam(points):
    program = compile_genome(grow(8, 20))
    inputs = np.random.default_rng(0).normal(size=(8, points)).astype(np.float32)
    whole = evaluate(program, inputs)
    apart = [evaluate(program, np.ascontiguousarray(inputs[:, at : at + 1])) for at in range(0, points, 1999)]
    assert whole.shape == (1, points)
    assert np.allclose(whole[:, ::1999], np.hstack([*apart, np.empty((1, 0))]), rtol=1e-5, atol=1e-5)


def test_inputs_are_left_as_they_are():
    inputs = grid_inputs(SPACE, [np.linspace(-1, 1, 4)] * 3)
    before = inputs.copy()
    evaluate(compile_genome(grow(3, 30)), inputs)
    assert (inputs == before).all()


@pytest.mark.parametrize(
    "inputs",
    [np.zeros((7, 3), np.float32), np.zeros(8, np.float32), np.zeros((8, 3), int), np.zeros((8, 3), np.float16)],
)
def test_inputs_of_another_form_are_refused(inputs):
    with pytest.raises(ValueError, match=r"inputs must be \(8, points\) of float32 or float64"):
        evaluate(compile_genome(grow(0, 3)), inputs)


@pytest.mark.parametrize(("inputs", "same"), [(("z", "r_xy", "bias"), 2), (("r_xyz", "bias"), 3)])
def test_networks_that_see_radii_alone_answer_symmetrically(inputs, same):
    # Section 3.3.2: r_xy and the like favour symmetry about one axis, r_xyz that of a sphere.
    ends = Ends(inputs, ("field",))
    grid = grid_inputs(ends, [np.linspace(-1, 1, 9)] * 3)
    spreads = []
    for seed in range(10):
        volume = evaluate(compile_genome(grow(seed, 10, ends=ends)), grid).reshape(9, 9, 9)
        spreads.append(np.ptp(volume))
        for axis in range(same):
            assert np.allclose(volume, np.flip(volume, axis), atol=1e-4)
            assert np.allclose(volume, np.swapaxes(volume, 0, axis), atol=1e-4)
    assert np.median(spreads) > 0.1
