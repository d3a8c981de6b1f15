import asyncio
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from nbutils.boltzmann import initialize
from nbutils.figures.scenes import NEGATIVE, POSITIVE
from nbutils.rbm import results
from nbutils.rbm.dashboards.space import NO_EXAMPLES, SECONDS_BETWEEN, SpacePage, space
from nbutils.rbm.space import ABOVE, FIELDS, READ, Space, from_settings, to_python, to_settings
from nbutils.rbm.voxels import order_units


def small(**fields):
    """Return a page on a small machine whose examples are cubes of 4."""
    page = SpacePage(Space(**{"objects": 4, "samples": 8, "between": 2, **fields}))
    page.use(initialize(64, 12, weight_range=0.3), (4, 4, 4))
    page.change(run=ABOVE)
    return page


def labels(page):
    return page.canvas.stage.labels


@pytest.mark.parametrize(
    "settings",
    [
        Space(),
        Space(view="filters", threshold=0.55, sign="both", order="number", first=37),
        Space(view="samples", start="noise", between=100, chains=3, shown="film", values="samples", seed=9),
        Space(run=ABOVE, scale="shared"),
    ],
)
def test_a_record_survives_its_link_and_its_line_of_python(settings):
    assert from_settings(to_settings(settings)) == settings
    made = {}
    line = to_python(settings).splitlines()[1]
    exec(line, {"space": lambda **fields: made.update(settings=Space(**fields))})  # noqa: S102  our own line
    assert made["settings"] == settings


@pytest.mark.parametrize(
    "fields",
    [
        {"view": "inside"},
        {"run": "product"},
        {"objects": 0},
        {"objects": 61},
        {"threshold": 1.0},
        {"between": 1_001},
        {"chains": 7},
        {"samples": 2.5},
        {"seed": -1},
        {"first": True},
    ],
)
def test_what_is_out_of_range_is_named(fields):
    ((name, _),) = fields.items()
    with pytest.raises(ValueError, match=f"{name} must be"):
        Space(**fields)


@pytest.mark.parametrize("text", ["many", "[1, 2]", "1e999", "NaN", "null", '"4"', "[" * 5_000])
def test_a_link_from_anywhere_is_read_or_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match="objects"):
        from_settings({"objects": text})
    assert from_settings({"unknown": text}) == Space()


def test_every_field_is_read_by_some_view():
    assert set().union(*READ.values()) | {"view"} == set(asdict(Space()))
    assert set(FIELDS) < set(asdict(Space()))


@pytest.mark.parametrize(
    ("samples", "chains", "kept"), [(24, 1, 24), (24, 3, 24), (120, 3, 40), (23, 1, 20), (3, 2, 3)]
)
def test_side_by_side_samples_fill_whole_columns_within_the_room(samples, chains, kept):
    assert Space(samples=samples, chains=chains).kept == kept
    assert Space(samples=samples, chains=chains, shown="film").kept == samples


def test_the_page_opens_full_with_spheres():
    page = SpacePage(Space())
    assert page.error.sentence == ""
    assert len(labels(page)) == 24
    assert all(label.endswith("voxels") for label in labels(page))
    assert page.canvas.stage.starts[-1] > 1_000


def test_filters_are_those_of_the_stored_run_strongest_first():
    page = SpacePage(Space(view="filters", objects=5, first=3))
    weights = results.load(Space.run).snapshot.machine.weights
    strongest = torch.linalg.vector_norm(weights, dim=0).sort(descending=True).indices[3:8]
    assert labels(page) == [f"unit {unit}" for unit in strongest.tolist()]
    assert "5 of 400 filters" in page.caption.value


def test_a_higher_threshold_leaves_fewer_faces():
    page = SpacePage(Space(view="filters", objects=6))
    before = page.canvas.stage.starts[-1]
    page.change(threshold=0.6)
    assert 0 < page.canvas.stage.starts[-1] < before


@pytest.mark.parametrize(
    ("sign", "colours"),
    [("positive", {POSITIVE}), ("negative", {NEGATIVE}), ("both", {POSITIVE, NEGATIVE})],
)
def test_a_response_has_the_colour_of_its_sign(sign, colours):
    page = small(view="filters", sign=sign)
    tints = page.canvas.stage.geometry.attributes["tint"].array[1:, :3]
    assert {"#{:02x}{:02x}{:02x}".format(*tint) for tint in tints.tolist()} == colours


def test_samples_stand_from_bottom_to_top_and_then_to_the_right_and_tell_how_round_they_are():
    page = SpacePage(Space(view="samples", samples=8, between=5))
    places = page.canvas.stage.places
    assert places == [[0, 3], [0, 2], [0, 1], [0, 0], [1, 3], [1, 2], [1, 1], [1, 0]]
    assert [label.split(" · ")[0] for label in labels(page)] == [str(sweep) for sweep in range(0, 40, 5)]
    assert labels(page)[0] == "0 · 1.00"
    assert "above 0.8 in" in page.rounded.value
    assert "of 7;" in page.rounded.value


def test_a_film_has_a_frame_a_sample_and_an_object_a_chain():
    page = small(view="samples", shown="film", chains=3)
    stage = page.canvas.stage
    assert (len(stage.starts) - 1, len(stage.places)) == (8, 3)
    assert [caption.split(",")[0] for caption in stage.captions] == [f"sweep {sweep}" for sweep in range(0, 16, 2)]
    assert labels(page) == ["chain 1", "chain 2", "chain 3"]


def test_chains_that_begin_at_noise_are_told_so_and_differ_by_seed():
    page = small(view="samples", start="noise", values="samples")
    before = bytes(page.canvas.stage.cells)
    assert "begun at noise" in page.caption.value
    page.others.value += 1
    assert page.shown.seed == Space().seed + 1
    assert bytes(page.canvas.stage.cells) != before


def test_a_chain_in_the_empty_cube_and_one_in_a_mode_of_its_own_are_told():
    page = small(view="samples", samples=4)
    machine = initialize(64, 12)
    for bias, sentence in ((-20.0, "Empty: 3."), (20.0, "More than twice as large as any sphere: 3.")):
        page.use(replace(machine, visible_bias=torch.full((64,), bias)), (4, 4, 4))
        page.draw()
        assert sentence in page.rounded.value


def test_a_machine_that_goes_on_learning_is_followed_by_filters_and_marks_samples():
    page = small(view="filters", order="number")
    before = bytes(page.canvas.stage.cells)
    page.use(initialize(64, 12, seed=3), (4, 4, 4))
    assert bytes(page.canvas.stage.cells) != before
    page.change(view="samples")
    assert page.stale.value == ""
    page.use(initialize(64, 12, seed=4), (4, 4, 4))
    assert "press Draw anew" in page.stale.value
    page.anew.value += 1
    assert page.stale.value == ""


def test_machines_that_come_fast_from_a_thread_are_drawn_together():
    async def follow():
        page = small(view="filters", order="number")
        drawn = []
        page.canvas.stage.observe(lambda change: drawn.append(change["new"]), "geometry")
        machines = [initialize(64, 12, seed=seed) for seed in range(30)]
        await asyncio.to_thread(lambda: [page.use(machine, (4, 4, 4)) for machine in machines])
        await asyncio.sleep(2 * SECONDS_BETWEEN)
        return page, len(drawn), machines[-1]

    page, times, last = asyncio.run(follow())
    assert 1 <= times <= 3
    assert page.seen.machine is last


def test_a_machine_of_another_shape_may_come_while_samples_are_drawn():
    async def follow():
        page = small(view="samples", samples=120, between=50, shown="film")
        await asyncio.sleep(0)
        page.use(initialize(35, 9), (5, 7), torch.rand(20, 35))
        async with asyncio.timeout(60):
            while not page.canvas.wall.shape[0]:
                await asyncio.sleep(0.02)
        return page

    page = asyncio.run(follow())
    assert page.error.sentence == ""
    assert page.seen.shape == (5, 7)
    assert page.canvas.wall.shape[0] > 0


def test_what_is_out_of_sight_is_drawn_when_it_is_seen_again():
    page = small(view="filters", order="number")
    before = bytes(page.canvas.stage.cells)
    for part in (page.canvas.stage, page.canvas.wall):
        part.set_state({"visible": False})
    page.use(initialize(64, 12, seed=3), (4, 4, 4))
    assert bytes(page.canvas.stage.cells) == before
    page.canvas.stage.set_state({"visible": True})
    assert bytes(page.canvas.stage.cells) != before


def test_a_stored_run_that_is_handed_on_is_offered_and_one_that_is_trained_takes_over():
    page = SpacePage(Space(view="filters"))
    assert page.shown.run == "sum"
    page.use(initialize(64, 12), (4, 4, 4))
    assert page.shown.run == "sum"
    assert ["", "the run above"] in page.controls.parts["run"].labels
    page.use(initialize(64, 12), (4, 4, 4), torch.ones(5, 64))
    assert page.shown.run == ABOVE
    page.change(run="mean")
    page.use(initialize(64, 12), (4, 4, 4), torch.ones(5, 64))
    assert page.shown.run == "mean"


def test_a_link_to_the_run_above_opens_where_there_is_none():
    page = SpacePage(Space(run=ABOVE, view="filters"))
    assert page.error.sentence == ""
    assert page.shown.run == "sum"


def test_a_filter_that_is_selected_is_told_and_can_be_selected_from_elsewhere():
    page, told = small(view="filters"), []
    page.page.on_unit(told.append)
    page.canvas.stage.set_state({"selected": 2})
    order = order_units(page.subject.machine.weights, "strength")
    assert told == [order[2]]
    assert f"Hidden unit {order[2]}" in page.rounded.value
    page.page.select_unit(int(order[1]))
    assert page.canvas.stage.selected == 1
    page.page.select_unit(10_000)
    assert page.canvas.stage.selected == -1
    assert told == [order[2]]


def test_the_selected_filter_stays_selected_while_the_machine_learns_and_moves():
    page = small(view="filters")
    page.canvas.stage.set_state({"selected": 2})
    unit = page.units[2]
    machine = initialize(64, 12, weight_range=0.3)
    machine.weights[:, unit] *= 9
    page.use(machine, (4, 4, 4))
    assert page.units[0] == unit
    assert page.canvas.stage.selected == 0
    assert f"Hidden unit {unit}" in page.rounded.value
    page.change(view="exemplars")
    assert (page.canvas.stage.selected, page.rounded.value) == (-1, "")


@pytest.mark.parametrize("view", ["exemplars", "filters", "samples"])
def test_flat_examples_stand_on_a_wall(view):
    page = SpacePage(Space(view=view, objects=6, samples=8, between=1))
    page.use(initialize(35, 9), (5, 7), torch.rand(20, 35))
    wall = page.canvas.wall
    assert wall.shape[1:] == [6, 8]
    assert wall.shape[0] == (8 if view == "samples" else 6)
    assert (wall.layout.display, page.canvas.stage.layout.display) == (None, "none")
    assert page.error.sentence == ""
    page.change(run="sum")
    assert (wall.layout.display, page.canvas.stage.layout.display) == ("none", None)


@pytest.mark.parametrize("view", ["exemplars", "samples"])
def test_a_machine_of_unknown_examples_says_so(view):
    page = SpacePage(Space(view=view))
    page.use(initialize(35, 9), (5, 7))
    page.change(run=ABOVE)
    assert page.canvas.stage.empty == NO_EXAMPLES
    assert page.canvas.stage.geometry is None
    page.change(view="samples", start="noise", samples=4, between=1)
    assert page.canvas.wall.shape[0] == 4


def test_weights_that_exploded_leave_the_page_alive_with_a_sentence():
    page = small(view="filters")
    machine = initialize(64, 12)
    machine.weights[0] = float("nan")
    page.use(machine, (4, 4, 4))
    assert "smaller rate" in page.error.sentence
    page.use(initialize(64, 12), (4, 4, 4))
    assert page.error.sentence == ""


def test_without_stored_runs_the_page_opens_with_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "load", lambda run: (_ for _ in ()).throw(ValueError(f"The run {run} is absent.")))
    page = SpacePage(Space())
    assert page.error.sentence == "The run sum is absent."
    page.use(initialize(64, 12), (4, 4, 4), torch.ones(5, 64))
    assert page.error.sentence == ""
    assert page.canvas.stage.geometry is not None


def test_wrong_settings_are_told_in_place_of_the_dashboard():
    assert "objects must be" in space(objects=1_000).sentence


def test_nothing_a_page_sends_through_a_link_breaks_it():
    page = small()
    page.link.set_state({"arrived": {"count": 1, "settings": {"view": "nowhere"}}})
    assert "view must be one of" in page.error.sentence
    assert np.array(page.canvas.stage.places).shape == (4, 2)
    page.link.set_state({"arrived": {"count": 2, "settings": {"view": "filters", "threshold": "0.5"}}})
    assert (page.error.sentence, page.shown.threshold) == ("", 0.5)
