import numpy as np
import pytest

from nbutils.neat import PLANE, SPACE, SWEEPS, Ends, Genome, Link, Node, compile_genome, evaluate
from nbutils.neat.genome import MOST_LINKS, MOST_NODES
from nbutils.neat.graph import analyse
from nbutils.neat.innovations import number_link
from tests.neat.growing import WILD, grow
from tests.neat.oracle import answer

LINE = Ends(("x",), ("out",))
POINTS = np.random.default_rng(7).uniform(-2, 2, (24, len(SPACE.inputs)))
GROWN = [grow(seed, 4 * seed % 45) for seed in range(60)]


def has_cycle(genome):
    graph = analyse(genome)
    return len(graph.settled) < len(graph.incoming)


def chain(*links, functions=None):
    """Return a genome of links (source, target, weight) on LINE: x is node 0, the output 1, hidden ones from 64 on."""
    numbers = sorted({1} | {end for source, target, _ in links for end in (source, target) if end})
    nodes = tuple(Node(number, (functions or {}).get(number, "linear")) for number in numbers)
    made = (Link(number_link(source, target), source, target, float(weight)) for source, target, weight in links)
    return Genome(LINE, nodes, tuple(sorted(made, key=lambda link: link.innovation)))


def at(genome, x, **wish):
    return evaluate(compile_genome(genome, **wish), np.array([[x]], float)).item()


def test_the_genomes_compared_have_cycles_and_have_none():
    cyclic = [has_cycle(genome) for genome in GROWN]
    assert sum(cyclic) >= 20
    assert len(cyclic) - sum(cyclic) >= 20
    assert max(len(genome.nodes) for genome in GROWN) >= 10
    assert {node.function for genome in GROWN for node in genome.nodes} == set(WILD.functions)


@pytest.mark.parametrize("genome", GROWN, ids=range(len(GROWN)))
def test_programs_answer_as_the_recurrent_network_of_neat_python_does(genome):
    program = compile_genome(genome)
    ours = evaluate(program, np.ascontiguousarray(POINTS.T))
    assert np.allclose(ours.T, answer(genome, POINTS, program.steps), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("genome", [one for one in GROWN if not has_cycle(one)][:10])
def test_without_cycles_more_steps_change_nothing(genome):
    program = compile_genome(genome)
    ours = evaluate(program, np.ascontiguousarray(POINTS.T))
    assert np.allclose(ours.T, answer(genome, POINTS, program.steps + 9), rtol=1e-9, atol=1e-9)
    assert program == compile_genome(genome, sweeps=9)


def test_several_outputs_are_answered_in_order():
    points = POINTS[:, : len(PLANE.inputs)]
    for seed in range(8):
        genome = grow(seed, 25, ends=PLANE)
        program = compile_genome(genome)
        ours = evaluate(program, np.ascontiguousarray(points.T))
        assert ours.shape == (3, len(points))
        assert np.allclose(ours.T, answer(genome, points, program.steps), rtol=1e-9, atol=1e-9)


def test_single_precision_is_enough_for_shapes():
    inputs = POINTS.T
    errors = [
        np.abs(evaluate(program, inputs.astype(np.float32)) - evaluate(program, np.ascontiguousarray(inputs))).max()
        for program in map(compile_genome, (grow(seed, 12) for seed in range(30)))
    ]
    assert np.median(errors) < 1e-5


@pytest.mark.parametrize("sweeps", [0, 1, 2, 5])
def test_a_cycle_is_swept_a_fixed_number_of_times_from_zero(sweeps):
    # The output is x + its own value before: after n steps n x.
    looped = chain((0, 1, 1), (1, 1, 1))
    assert compile_genome(looped, sweeps=sweeps).steps == 1 + sweeps
    assert at(looped, 2.0, sweeps=sweeps) == 2.0 * (1 + sweeps)


def test_all_nodes_of_a_cycle_change_together():
    # a <- x + b, b <- 2 a, out <- b. From 0: (a, b, out) = (x, 0, 0), (x, 2x, 0), (3x, 2x, 2x), (3x, 6x, 2x) ...
    crossed = chain((0, 64, 1), (65, 64, 1), (64, 65, 2), (65, 1, 1))
    assert [at(crossed, 1.0, sweeps=more) for more in (0, 1, 2, 3, 4)] == [2, 2, 6, 6, 14]
    assert compile_genome(crossed, sweeps=0).steps == 3


def test_a_link_that_closes_a_cycle_without_weight_changes_nothing():
    row = [(0, 64, 1.5), *((64 + place, 65 + place, 1.1) for place in range(10)), (74, 1, 0.7)]
    functions = dict.fromkeys(range(64, 75), "sine")
    closed = chain(*row, (74, 64, 1e-12), functions=functions)
    assert compile_genome(closed).steps == 12 + SWEEPS
    assert at(closed, 0.8) == pytest.approx(at(chain(*row, functions=functions), 0.8), abs=1e-9)


def test_each_node_without_a_cycle_is_computed_once_and_idle_ones_never():
    long, idle = chain((0, 64, 1), (64, 65, 1), (64, 1, 1), (65, 1, 1)), chain((0, 1, 1), (0, 64, 1))
    assert len(compile_genome(long).operations) == 3
    assert len(compile_genome(idle).operations) == 1


def test_a_node_that_nothing_reaches_stays_at_zero():
    silent = Genome(LINE, (Node(1, "cosine"), Node(64, "cosine")), ())
    assert at(silent, 3.0) == 0
    lonely = chain((64, 1, 5), functions={1: "cosine", 64: "cosine"})
    assert at(lonely, 3.0) == 1 == answer(lonely, [[3.0]], 5)[0][0]


def test_arrays_are_used_again():
    row = [(0, 64, 1), *((64 + place, 65 + place, 1) for place in range(50)), (114, 1, 1)]
    assert compile_genome(chain(*row)).places == 1 + 2


def test_the_largest_genome_stays_a_program_of_bounded_length_and_finite_numbers():
    hidden = list(range(64, 64 + MOST_NODES - 1))
    ring = [(one, other, 6) for one, other in zip([1, *hidden], [*hidden, 1], strict=True)]
    random = np.random.default_rng(0)
    pairs = {tuple(pair) for pair in random.choice([1, *hidden], (4 * MOST_LINKS, 2)).tolist()} - {
        (one, other) for one, other, _ in ring
    }
    links = [*ring, (0, 1, 6), *((one, other, 6) for one, other in sorted(pairs))][:MOST_LINKS]
    genome = chain(*links)
    program = compile_genome(genome)
    assert len(program.operations) <= 17_000
    assert np.isfinite(evaluate(program, np.full((1, 3), 9, np.float32))).all()


@pytest.mark.parametrize("sweeps", [-1, 1001, True, 2.0, None])
def test_a_number_of_sweeps_that_makes_no_sense_is_refused(sweeps):
    with pytest.raises(ValueError, match="sweeps must be a whole number from 0 to 1000"):
        compile_genome(GROWN[0], sweeps=sweeps)
