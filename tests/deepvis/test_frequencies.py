"""Section 6.5 on filters, pictures and weights whose frequencies are known."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from nbutils import zoo
from nbutils.deepvis import channel_shapes, frequencies, frequency_summaries, records, spectra
from nbutils.deepvis.frequency_summaries import EdgeRule

GREY, RED_GREEN = (1, 1, 1), (1, -1, 0)


def grating(frequency, angle=0.0, colours=GREY, side=11):
    """Return a grating under a round window, the mean taken off: (3, side, side)."""
    middle = (side - 1) / 2
    down, across = np.mgrid[:side, :side] - middle
    wave = np.cos(2 * np.pi * frequency * (across * np.cos(angle) + down * np.sin(angle)))
    wave *= np.exp(-(across**2 + down**2) / (2 * (side / 4) ** 2))
    return (wave - wave.mean()) * np.array(colours, float)[:, None, None]


def spot(colours=GREY, side=11):
    down, across = np.mgrid[:side, :side] - (side - 1) / 2
    return np.exp(-(across**2 + down**2) / 6) * np.array(colours, float)[:, None, None]


class Tiny(nn.Sequential):
    """Two convolutions with a rectifier and a pool between, and what follows, named as in AlexNet."""

    def __init__(self, filters):
        super().__init__()
        parts = {
            "conv1": nn.Conv2d(3, len(filters), 11, stride=4, padding=2),
            "relu1": nn.ReLU(),
            "pool1": nn.MaxPool2d(3, 2),
            "conv2": nn.Conv2d(len(filters), 6, 3, padding=1),
            "relu2": nn.ReLU(),
        }
        for number in (3, 4, 5):
            parts |= {f"conv{number}": nn.Conv2d(6, 6, 3, padding=1), f"relu{number}": nn.ReLU()}
        for name, part in parts.items():
            self.add_module(name, part)
        with torch.random.fork_rng():
            torch.manual_seed(1)
            for name, part in parts.items():
                if name.startswith("conv"):
                    nn.init.normal_(part.weight, std=0.2)
                    nn.init.constant_(part.bias, 0.1)
        with torch.no_grad():
            self.conv1.weight.copy_(torch.from_numpy(np.stack(filters)))


@pytest.fixture(scope="module")
def tiny():
    filters = [grating(f) for f in (0.1, 0.2, 0.3, 0.4)] + [spot(RED_GREEN)]
    return replace(zoo.load("alexnet"), module=Tiny(filters).eval().requires_grad_(False), name="tiny", title="Tiny")


@pytest.fixture(scope="module")
def alexnet():
    return frequencies.read_first_layer(zoo.load("alexnet"))


@pytest.fixture(scope="module")
def shipped():
    return frequency_summaries.from_json(records.read_record("frequencies")["findings"])


@pytest.mark.parametrize("frequency", [0.15, 0.2, 0.3, 0.4])
@pytest.mark.parametrize("angle", [0.0, 0.7, np.pi / 2])
def test_a_grating_has_its_own_frequency_and_is_coherent(frequency, angle):
    found = spectra.describe_filters(grating(frequency, angle)[None])
    assert found.peak[0] == pytest.approx(frequency, abs=0.02)
    assert found.centroid[0] == pytest.approx(frequency, abs=0.04)
    assert found.coherence[0] > 0.7


def test_a_round_spot_has_no_direction_and_a_low_frequency():
    found = spectra.describe_filters(spot()[None])
    assert found.peak[0] == 0
    assert found.coherence[0] < 1e-6


@pytest.mark.parametrize(
    ("colours", "share"), [(GREY, 0), (RED_GREEN, 1), ((1, 0, 0), 2 / 3), ((1, 1, 0), 1 / 3), ((2, -1, -1), 1)]
)
def test_colour_is_the_share_of_energy_that_grey_cannot_reach(colours, share):
    assert spectra.describe_filters(grating(0.2, colours=colours)[None]).colour[0] == pytest.approx(share, abs=1e-12)


def test_strength_changes_the_length_alone():
    one, other = (spectra.describe_filters(factor * grating(0.3)[None]) for factor in (1, 7))
    assert other.norm == pytest.approx(7 * one.norm)
    assert other.norm[0] == pytest.approx(np.linalg.norm(7 * grating(0.3)))
    for name in ("peak", "centroid", "colour", "coherence"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), abs=1e-12)


@pytest.mark.parametrize(("filters", "sentence"), [(np.zeros((2, 3, 5, 5)), "all zero"), (np.ones((3, 5, 5)), "axes")])
def test_what_is_no_filter_is_a_sentence(filters, sentence):
    with pytest.raises(ValueError, match=sentence):
        spectra.describe_filters(filters)


def test_power_in_rings_is_the_energy_of_the_picture():
    picture = np.random.default_rng(0).normal(size=(3, 16, 16))
    power = spectra.power_spectrum(picture, 16)
    assert power.sum() == pytest.approx(256 * (picture**2).sum())
    places = spectra.ring_places(16)
    rings = spectra.ring_means(power)
    assert rings[0] == pytest.approx((picture.sum((1, 2)) ** 2).sum())
    assert rings[3] == pytest.approx(power[places == 3].mean())
    assert spectra.ring_sizes(16)[3] == (places == 3).sum()


@pytest.mark.parametrize("exponent", [0.0, -2.0, -3.0])
def test_the_slope_of_a_made_spectrum_is_found(exponent):
    side = 224
    profile = np.r_[5.0, spectra.ring_frequencies(side)[1:] ** exponent]
    assert spectra.fit_slope(profile, side, 0.02, 0.25) == pytest.approx(exponent)


def test_a_noise_made_to_fall_with_frequency_falls_so():
    side, rng = 128, np.random.default_rng(2)
    distance = np.hypot(*spectra.frequency_axes(side))
    distance[0, 0] = 1
    made = np.fft.ifft2(np.fft.fft2(rng.normal(size=(60, 1, side, side))) / distance).real
    profile = np.mean([frequencies.picture_spectrum(picture) for picture in made], 0)
    assert spectra.fit_slope(profile, side, 0.04, 0.4) == pytest.approx(-2, abs=0.1)
    assert (profile * spectra.ring_sizes(side)).sum() == pytest.approx(1)


def test_the_edges_of_a_picture_do_not_count_as_high_frequencies():
    ramp = np.tile(np.linspace(-1, 1, 64), (3, 64, 1))
    assert spectra.share_above(frequencies.picture_spectrum(ramp), 64, 0.25) < 1e-6


def test_shares_of_white_noise_are_areas():
    flat, sizes = np.ones(33), spectra.ring_sizes(64)
    sizes[0] = 0
    assert spectra.share_above(flat, 64, 0.25) == pytest.approx(sizes[16:].sum() / sizes.sum())


def test_ranks_with_ties():
    # The ranks are 1, 2.5, 2.5, 4 and 1, 3, 2, 4: 4.5 / sqrt(4.5 * 5).
    assert spectra.rank_correlation(np.array([1, 2, 2, 4]), np.array([1, 7, 2, 9])) == pytest.approx(0.948683, abs=1e-6)
    assert spectra.rank_correlation(np.arange(5), np.exp(np.arange(5))) == pytest.approx(1)


def test_the_gradient_through_the_trained_weights_is_autograd_s(tiny, pictures):
    pixels = zoo.prepare(tiny, pictures[0]).requires_grad_(True)
    unit = nn.Sequential(*list(tiny.module.children())[:8])(pixels)[0, 2, 5, 5]
    (truth,) = torch.autograd.grad(unit, pixels)
    answers = frequencies.run_layers(tiny.module, pixels.detach())
    (arriving,) = torch.autograd.grad(answers["conv4"][0, 2, 5, 5], answers["conv2"])
    weights = frequencies.vary_weights(tiny)
    found = [
        frequencies.pull_back(tiny.module, pixels.detach(), answers["conv1"], arriving, *pair)
        for pair in weights.values()
    ]
    assert truth.abs().max() > 0
    torch.testing.assert_close(found[0], truth)
    assert all(not torch.allclose(other, truth) for other in found[1:])


def test_equal_weights_are_of_one_length_and_keep_their_pattern(tiny):
    weights = frequencies.vary_weights(tiny)
    filters, onward = weights["both equal"]
    trained = tiny.module.conv1.weight, tiny.module.conv2.weight
    for equal, true, axes in ((filters, trained[0], (1, 2, 3)), (onward, trained[1], (0, 2, 3))):
        lengths = (equal**2).sum(axes).sqrt()
        torch.testing.assert_close(lengths, lengths[:1].expand_as(lengths))
        assert float((lengths**2).sum()) == pytest.approx(float((true**2).sum()), rel=1e-5)
    ratio = filters / trained[0]
    assert float(ratio[2].std()) == pytest.approx(0, abs=1e-4)
    assert weights["equal filters"][1] is weights["as trained"][1]


def test_measuring_agrees_with_torch_alone(tiny, pictures):
    *_, found = frequencies.measure(tiny, 4, pictures.__getitem__)
    with torch.no_grad():
        maps = torch.cat([torch.relu(tiny.module.conv1(zoo.prepare(tiny, picture))) for picture in pictures[:4]])
    shown = frequency_summaries.settle(found)
    assert shown.photographs == 4
    assert found.passed.tolist() == [1, 1, 1, 1]
    assert shown.means == pytest.approx(maps.mean((0, 2, 3)).numpy(), rel=1e-4)
    assert (shown.pictures * spectra.ring_sizes(shown.side)).sum() == pytest.approx(1)
    sums = (shown.gradients * spectra.ring_sizes(shown.side)).sum(-1)
    assert sums == pytest.approx(np.ones_like(sums))


def test_snapshots_come_one_a_photograph_and_do_not_change(tiny, pictures):
    first, second, *_ = list(frequencies.measure(tiny, 3, pictures.__getitem__))
    again = next(frequencies.measure(tiny, 3, pictures.__getitem__))
    assert (first.photographs, second.photographs) == (1, 2)
    assert np.array_equal(first.gradients, again.gradients)
    assert not np.array_equal(first.gradients, next(frequencies.measure(tiny, 1, pictures.__getitem__, 9)).gradients)


def test_no_photograph_and_broken_weights_are_sentences(tiny, pictures):
    with pytest.raises(ValueError, match="no photograph"):
        next(frequencies.measure(tiny, 0, pictures.__getitem__))
    broken = Tiny([grating(0.2)] * 2).eval().requires_grad_(False)
    broken.conv1.bias.fill_(float("nan"))
    with pytest.raises(ValueError, match="relu1 must answer with finite numbers"):
        next(frequencies.measure(replace(tiny, module=broken), 1, pictures.__getitem__))


def answers_of(*columns):
    rows = np.stack(columns).astype(np.float32)
    return channel_shapes.add_answers(channel_shapes.no_answers("relu", len(rows)), rows)


def test_distributions_of_one_shape_are_alike_once_scaled():
    drawn = np.random.default_rng(4).exponential(size=20_000)
    found = channel_shapes.compare_shapes(answers_of(drawn, 3 * drawn, 20 * drawn))
    assert found.means == pytest.approx(drawn.mean() * np.array([1, 3, 20]), rel=1e-4)
    assert found.scaled.max() < 0.01
    assert found.with_zeros.max() < 0.01
    assert found.unscaled.max() > 0.3


def test_distributions_of_other_shapes_stay_apart():
    rng = np.random.default_rng(5)
    short, long = rng.uniform(0.9, 1.1, 20_000), rng.exponential(size=20_000)
    found = channel_shapes.compare_shapes(answers_of(short, long))
    # Half of the distance between the two, as each is compared with their mean; of the steps F(x) = 1 [x > 1] and
    # 1 - exp(-x) it is at most 1 - exp(-0.9) before the step.
    assert found.scaled == pytest.approx([0.297, 0.297], abs=0.02)


def test_silence_counts_where_zeros_count():
    drawn = np.random.default_rng(6).exponential(size=20_000)
    rare = np.where(np.arange(20_000) % 10 == 0, drawn, 0)
    found = channel_shapes.compare_shapes(answers_of(drawn, rare, np.zeros(20_000)))
    assert found.scaled[:2].max() < 0.02
    assert found.with_zeros[:2].min() > 0.3
    assert np.isnan(found.scaled[2])


def test_numbers_of_the_means():
    means = np.r_[np.linspace(1, 2, 19), 100.0]
    shapes = channel_shapes.LayerShapes("relu", means, means, means, means)
    assert shapes.decades == pytest.approx(2)
    assert shapes.by_unusual > 0.9
    many = np.random.default_rng(7).normal(10, 1, 20_000)
    assert channel_shapes.LayerShapes("relu", many, many, many, many).by_unusual == pytest.approx(0.28, abs=0.01)


def test_ends_are_the_edges_of_lowest_and_highest_frequency():
    filters = [grating(f) for f in np.linspace(0.12, 0.45, 12)] + [spot(), grating(0.3, colours=RED_GREEN)]
    shapes = spectra.describe_filters(np.stack(filters))
    edges = frequency_summaries.sort_edges(shapes, EdgeRule())
    assert edges.tolist() == list(range(12))
    ends = frequency_summaries.compare_ends(edges, np.arange(14.0))
    assert (ends.low, ends.high) == ((0, 1, 2, 3, 4), (11, 10, 9, 8, 7))
    assert ends.ratio == pytest.approx(2 / 9)
    with pytest.raises(ValueError, match="12 filters count as edges, and 14 are needed"):
        frequency_summaries.compare_ends(edges, np.arange(14.0), 7)
    with pytest.raises(ValueError, match="peak or centroid"):
        frequency_summaries.sort_edges(shapes, EdgeRule("median"))


def test_onward_weights_are_those_of_torch(alexnet):
    weight = zoo.load("alexnet").module.conv2.weight
    assert alexnet.onward[17] == pytest.approx(float(torch.linalg.vector_norm(weight[:, 17])))


def test_findings_survive_json(tiny, pictures):
    *_, found = frequencies.measure(tiny, 4, pictures.__getitem__)
    before = frequency_summaries.settle(found)
    after = frequency_summaries.from_json(json.loads(json.dumps(frequency_summaries.to_json(before))))
    assert after.means == pytest.approx(before.means, rel=1e-4)
    assert after.gradients == pytest.approx(before.gradients, rel=1e-4)
    assert [shapes.layer for shapes in after.layers] == list(frequencies.RECTIFIED)


def test_what_ships_is_what_its_findings_say(alexnet, shipped):
    held = records.read_record("frequencies")
    again = json.loads(json.dumps(frequency_summaries.sum_up(alexnet, shipped)))
    assert held["provenance"]["command"].startswith("python -m nbutils.deepvis frequencies --photographs 593 --seed 0")
    assert again["C6-12"]["ends"] == held["result"]["C6-12"]["ends"]
    assert again["C6-13"]["own"] == held["result"]["C6-13"]["own"]
    assert again["C6-14"].keys() == held["result"]["C6-14"].keys()
    assert shipped.photographs == len(zoo.photos())


def test_a_few_photographs_show_the_same_as_all(shipped):
    network, photos = zoo.load("alexnet"), zoo.photos()[::60]
    *_, found = frequencies.measure(network, 4, lambda at: zoo.read_photo(photos[at], network.size))
    means = frequency_summaries.settle(found).means
    assert spectra.rank_correlation(means, shipped.means) > 0.8
