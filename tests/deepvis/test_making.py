"""Several recipes in turn against the loop itself; parts of a recipe against the whole."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from nbutils.deepvis import making
from nbutils.preferred.judging import judge
from nbutils.preferred.maximizing import every_step
from nbutils.preferred.recipe import Recipe
from nbutils.preferred.saving import pack, read_saved, remake

RECIPE = Recipe(
    network="small",
    objectives=('logit("two")',),
    seeds=(0, 1, 2, 3, 4),
    size=32,
    steps=3,
    jitter=2,
    total_variation=0.5,
)


def last(work):
    *_, end = work
    return end


@pytest.fixture(scope="module")
def whole(small_network):
    return last(every_step(small_network, RECIPE))


def test_parts_make_the_pictures_of_the_whole_to_the_bit(small_network, whole):
    (made,) = last(making.make_together([small_network], [RECIPE]))
    np.testing.assert_array_equal(made.snapshot.pictures, whole.pictures)
    np.testing.assert_array_equal(made.snapshot.objectives, whole.objectives)
    assert made.snapshot.recipe == RECIPE
    assert made.snapshot.finished


def test_every_pass_is_told_and_counted(small_network):
    recipes = [RECIPE, replace(RECIPE, seeds=(7,), steps=2)]
    passes = list(making.make_together([small_network] * 2, recipes))
    assert len(passes) == making.count_passes(recipes) == 3 * 2 + 2
    assert passes[0][1] is None
    first = passes[0][0].snapshot
    assert not first.finished
    assert (first.pictures[4] == 0.5).all(), "what has not begun is grey"
    assert [made.snapshot.finished for made in passes[-1]] == [True, True]


def test_curves_hold_every_step(small_network):
    single = replace(RECIPE, seeds=(3,))
    steps = list(every_step(small_network, single))
    (made,) = last(making.make_together([small_network], [single]))
    np.testing.assert_array_equal(made.objectives[:, 0], np.concatenate([step.objectives for step in steps]))
    np.testing.assert_array_equal(made.probabilities[:, 0], np.concatenate([step.probabilities for step in steps]))
    np.testing.assert_allclose(
        made.removed["total_variation"], [step.removed["total_variation"][0] for step in steps], rtol=1e-6
    )


def test_a_change_on_the_way_reaches_all_parts_at_one_step_and_is_recorded(small_network):
    wanted = {}
    work = making.make_together([small_network], [RECIPE], steer=lambda: wanted)
    for _ in range(3):  # into the midst of step 2: its first part is done, its second is not
        next(work)
    wanted["decay"] = 0.25
    (made,) = last(work)
    assert made.snapshot.recipe.changes == ((3, "decay", 0.25),)
    again = last(every_step(small_network, made.snapshot.recipe))
    np.testing.assert_array_equal(made.snapshot.pictures, again.pictures)


def test_what_is_saved_in_the_midst_of_a_step_is_made_again_bit_for_bit(small_network):
    work = making.make_together([small_network], [RECIPE])
    made = [next(work) for _ in range(3)]  # two parts: the second of them is a step behind at the end
    with pytest.raises(ValueError, match="has not begun"):
        made[0][0].choose(4)
    assert made[2][0].steps == (2, 2, 2, 2, 1)
    for place, step in ((3, 2), (4, 1)):
        snapshot = made[2][0].choose(place)
        saved = read_saved(BytesIO(pack(snapshot, place)))
        assert saved.step == step
        again = last(remake(small_network, saved))
        np.testing.assert_array_equal(again.pictures[place], snapshot.pictures[place])
        assert saved.objective == again.objectives[place]


def test_both_networks_say_what_judging_says(small_network):
    other = replace(small_network, labels=("two", "one", "three"), title="Other")
    (made,) = last(making.make_together([small_network], [RECIPE], lambda network: other))
    spread = judge(small_network, made.snapshot.pictures)
    for row, verdict in zip(spread, made.verdicts, strict=True):
        assert verdict.step == 3
        assert verdict.own.wanted == pytest.approx(row[1], abs=1e-6)
        assert verdict.own.best == small_network.labels[row.argmax()]
        assert verdict.other.wanted == pytest.approx(row[0], abs=1e-6), "the class is found by its name"
        assert verdict.other.sure == pytest.approx(row.max(), abs=1e-6)


def test_a_network_without_classes_has_no_opinion(small_network):
    mute = replace(small_network, labels=None)
    recipe = replace(RECIPE, objectives=('channel("conv", 0)',), seeds=(0,))
    (made,) = last(making.make_together([mute], [recipe]))
    assert (made.verdicts[0].own, made.verdicts[0].other) == (None, None)
    assert made.snapshot.probabilities is None


def test_a_silent_unit_is_told(small_network):
    recipe = replace(RECIPE, objectives=('channel("relu", 2)', 'channel("relu", 0)'), seeds=(0,))
    (made,) = last(making.make_together([small_network], [recipe]))
    assert made.snapshot.silent.tolist() == [True, False]


def test_tiles_are_brought_down_to_their_room_and_keep_their_colours():
    pictures = np.zeros((2, 3, 40, 20), np.float32)
    pictures[0, 0] = 1
    tiles = making.draw_tiles(pictures, 10)
    assert tiles.shape == (2, 10, 5, 3)
    assert tiles.dtype == np.uint8
    assert (tiles[0] == (255, 0, 0)).all()
    assert making.draw_tiles(pictures, 100).shape == (2, 40, 20, 3)
    assert making.draw_tiles(pictures[:, :1], 100).shape == (2, 40, 20)


def test_faint_colours_are_spread_around_their_mean_and_strong_ones_stay():
    faint = np.full((1, 3, 10, 10), 0.4, np.float32)
    faint[:, :, :5] += 0.01
    faint[:, :, 5:] -= 0.01
    spread = making.stretch(faint)
    assert spread.mean() == pytest.approx(0.4, abs=1e-3)
    assert (spread.min(), spread.max()) == pytest.approx((0, 0.8), abs=1e-3)
    strong = np.random.default_rng(0).random((2, 3, 20, 20), np.float32)
    np.testing.assert_allclose(making.stretch(strong), strong, atol=0.03)
    grey = np.full((1, 1, 4, 4), 0.5, np.float32)
    np.testing.assert_array_equal(making.stretch(grey), grey)


def test_what_the_network_does_not_have_is_a_sentence(small_network):
    recipe = replace(RECIPE, objectives=('logit("four")',))
    with pytest.raises(ValueError, match='no class "four"'):
        next(making.make_together([small_network], [recipe]))
