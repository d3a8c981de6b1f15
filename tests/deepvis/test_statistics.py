from dataclasses import replace

import numpy as np
import pytest
import torch

from nbutils import zoo
from nbutils.deepvis import histograms, looking, statistics
from nbutils.probe import find_layer


@pytest.fixture(scope="module")
def relu(small_network):
    return find_layer(looking.list_layers(small_network), "relu")


@pytest.fixture(scope="module")
def found(small_network, relu, pictures):
    return list(statistics.collect(small_network, relu, len(pictures), pictures.__getitem__))[-1]


@pytest.fixture(scope="module")
def whole(small_network, pictures):
    """The answers to all pictures at once: (pictures, channels, positions)."""
    with torch.inference_mode():
        module = small_network.module
        answers = module.relu(module.conv(zoo.prepare(small_network, np.stack(pictures))))
    return answers.flatten(2).numpy().astype(np.float64)


def test_the_numbers_are_those_of_all_answers_held_at_once(found, whole):
    pictures, _, positions = whole.shape
    assert found.photographs == pictures
    assert found.positions == pictures * positions
    np.testing.assert_allclose(found.lowest, whole.min((0, 2)), rtol=1e-5)
    np.testing.assert_allclose(found.highest, whole.max((0, 2)), rtol=1e-5)
    np.testing.assert_array_equal(found.above, (whole > 0).sum((0, 2)))
    np.testing.assert_allclose(found.means, whole.mean(2), rtol=1e-5)
    np.testing.assert_allclose(found.largest, whole.max(2), rtol=1e-5)


def test_every_answer_is_in_one_bin_and_the_outermost_are_open(found, whole):
    for channel in (0, 1):
        edges = found.edges[channel].astype(np.float64)
        inside = np.clip(whole[:, channel].ravel(), edges[0], edges[-1])
        wanted, _ = np.histogram(inside, edges)
        assert found.counts[channel].sum() == found.positions
        # An answer that is as near to an edge as float32 is fine may lie on either side of it.
        assert np.abs(found.counts[channel] - wanted).sum() <= 0.001 * found.positions


@pytest.mark.parametrize("over", statistics.OVER)
def test_correlations_equal_numpys(found, whole, over):
    rows = {
        "means": whole.mean(2).T,
        "largest": whole.max(2).T,
        "positions": whole.swapaxes(0, 1).reshape(4, -1),
    }[over][:2]
    correlations = statistics.correlate(found, 0, over)
    np.testing.assert_allclose(correlations[:2], np.corrcoef(rows)[0], atol=1e-4)
    assert np.isnan(correlations[2:]).all(), "a channel that never changes is correlated with nothing"
    assert np.isnan(statistics.correlate(found, 3, over)).all()


def test_large_means_cost_no_digits():
    rng = np.random.default_rng(0)
    answers = (1000 + rng.normal(size=(3, 500))).astype(np.float32)
    answers[1] = answers[0] * 0.5 + answers[1] * 0.5
    start = statistics._begin([statistics._reach(answers)])
    found = statistics.add(statistics.add(start, answers[:, :200]), answers[:, 200:])
    wanted = np.corrcoef(answers.astype(np.float64))[0]
    np.testing.assert_allclose(statistics.correlate(found, 0, "positions"), wanted, atol=1e-3)


def test_dead_channels_are_those_that_never_answer_or_never_change(found):
    assert found.silent.tolist() == [False, False, True, False]
    assert found.constant.tolist() == [False, False, True, True]
    assert statistics.tell_dead(found) == (
        "1 of 4 channels never answered above zero on any of 7 photographs; "
        "1 more always answered with one and the same number."
    )


def test_where_every_channel_answers_it_says_so(found):
    speaking = replace(found, highest=np.ones(4, np.float32), lowest=np.zeros(4, np.float32))
    assert statistics.tell_dead(speaking) == "Each of 4 channels answered above zero on at least one of 7 photographs."


def test_snapshots_come_after_every_photograph_and_do_not_change_later(small_network, relu, pictures):
    snapshots, as_they_came = [], []
    steps = list(statistics.collect(small_network, relu, len(pictures), pictures.__getitem__))
    assert len(steps) == statistics.count_steps(len(pictures))
    assert steps[:7] == [None] * 7, "while the bins are laid there is nothing to show"
    for snapshot in steps[7:]:
        snapshots.append(snapshot)
        as_they_came.append((snapshot.counts.copy(), snapshot.products.copy(), snapshot.lowest.copy()))
    assert [snapshot.photographs for snapshot in snapshots] == [1, 2, 3, 4, 5, 6, 7]
    for snapshot, (counts, products, lowest) in zip(snapshots, as_they_came, strict=True):
        np.testing.assert_array_equal(snapshot.counts, counts)
        np.testing.assert_array_equal(snapshot.products, products)
        np.testing.assert_array_equal(snapshot.lowest, lowest)


def test_units_without_maps_are_counted_too(small_network, pictures):
    classes = find_layer(looking.list_layers(small_network), "classes")
    found = list(statistics.collect(small_network, classes, 5, pictures.__getitem__))[-1]
    assert found.counts.shape == (3, statistics.BINS)
    assert found.positions == 5
    np.testing.assert_allclose(found.means, found.largest)


def test_one_photograph_is_enough_and_none_is_refused(small_network, relu, pictures):
    _, found = statistics.collect(small_network, relu, 1, pictures.__getitem__)
    assert np.isnan(statistics.correlate(found, 0)).all(), "over one photograph nothing varies"
    with pytest.raises(ValueError, match="no photograph"):
        next(statistics.collect(small_network, relu, 0, pictures.__getitem__))


def test_what_is_not_finite_is_a_sentence(found):
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="NaN or infinity"):
            statistics.add(found, np.full((4, 9), bad, np.float32))


def test_wrong_wishes_for_correlations_are_sentences(found):
    with pytest.raises(ValueError, match="channels 0 to 3, got 4"):
        statistics.correlate(found, 4)
    with pytest.raises(ValueError, match="not over"):
        statistics.correlate(found, 0, "medians")


def test_related_channels_come_strongest_first_without_the_channel_itself():
    correlations = np.array([1.0, 0.2, -0.9, np.nan, 0.7, -0.1])
    assert statistics.rank_related(correlations, 0) == ([4, 1], [2, 5])
    assert statistics.rank_related(correlations, 0, number=1) == ([4], [2])


@pytest.mark.parametrize("room", [5, 20, 33, 64, 400])
def test_tiles_have_bars_of_at_least_two_pixels(room):
    counts = np.zeros((3, 48), np.int64)
    counts[0] = 1000
    counts[1, ::2] = 5
    tiles = histograms.draw_histograms(counts, np.array([False, False, True]), room)
    side = tiles.shape[1]
    assert histograms.SMALLEST_TILE <= side <= histograms.LARGEST_TILE
    assert tiles.shape == (3, side, side)
    assert (tiles[0, 2:-1, 1:-1] == histograms.BRIGHT).mean() > 0.9, "equal counts fill the tile"
    assert (tiles[2] == histograms.BRIGHT).sum() == 0, "a dead channel has no bars"
    assert (tiles[2] == histograms.FAINT).sum() > side - 5, "but a cross"


def test_a_single_count_is_seen_beside_a_million():
    counts = np.zeros((1, 48), np.int64)
    counts[0, 0], counts[0, 47] = 1_000_000, 1
    tile = histograms.draw_histograms(counts, np.array([False]), 64)[0]
    assert tile[-2, -2] == histograms.BRIGHT
    assert tile[3, 1] == histograms.BRIGHT
    assert (tile[:, 20:40] == histograms.BRIGHT).sum() == 0


def test_joined_bins_keep_every_count():
    counts = np.arange(2 * 48).reshape(2, 48)
    for bars in histograms.BAR_COUNTS:
        joined = histograms.join_bins(counts, bars)
        assert joined.shape == (2, bars)
        np.testing.assert_array_equal(joined.sum(1), counts.sum(1))
