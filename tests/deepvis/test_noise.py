import numpy as np
import pytest
import torch

from nbutils import zoo
from nbutils.deepvis import looking, noise, summaries


@pytest.fixture(scope="module")
def changes(small_network, pictures):
    known = looking.list_layers(small_network)
    return list(noise.measure_changes(small_network, known, len(pictures), pictures.__getitem__, (1.0, 8.0), seed=4))


def grey(level):
    return np.full((300, 300, 3), level, np.uint8)


@pytest.mark.parametrize(("strength", "within"), [(1.0, 0.03), (4.0, 0.03), (8.0, 0.04), (16.0, 0.1)])
def test_strength_is_the_spread_at_mid_grey(strength, within):
    noisy = noise.add_camera_noise(grey(128), strength, np.random.default_rng(0)).astype(float)
    rounded = np.hypot(strength, 12**-0.5)  # rounding to whole levels adds a variance of 1/12
    assert noisy.std() == pytest.approx(rounded, rel=within)
    assert noisy.mean() == pytest.approx(128, abs=0.5 + strength / 10)


@pytest.mark.parametrize("level", [60, 128, 200])
def test_the_variance_in_light_grows_in_a_line(level):
    """Decoded with scikit-image's sRGB, an implementation of its own, variance is gain * (light + READ_NOISE)."""
    from skimage.color import rgb2xyz

    def variance(value):
        noisy = noise.add_camera_noise(grey(value), 6.0, np.random.default_rng(1))
        noisy[..., 1] = noisy[..., 2] = noisy[..., 0]
        luminance = rgb2xyz(noisy)[..., 1]
        return luminance.var(), rgb2xyz(grey(value)[:1, :1])[0, 0, 1]

    (found, light), (reference, middle) = variance(level), variance(128)
    wanted = (light + noise.READ_NOISE) / (middle + noise.READ_NOISE)
    assert found / reference == pytest.approx(wanted, rel=0.05)


def test_no_noise_leaves_every_level_as_it_is():
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, 2)
    np.testing.assert_array_equal(noise.add_camera_noise(ramp, 0, np.random.default_rng(0)), ramp)


def test_light_and_back():
    values = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(noise.encode_light(noise.decode_light(values)), values, atol=1e-4)


@pytest.mark.parametrize("strength", [-1, 65, float("nan"), float("inf")])
def test_an_impossible_strength_is_a_sentence(strength):
    with pytest.raises(ValueError, match="0 to 64 grey levels"):
        noise.add_camera_noise(grey(128), strength, np.random.default_rng(0))


def test_pixels_of_another_type_are_a_sentence():
    with pytest.raises(ValueError, match="uint8 pixels, got float64"):
        noise.add_camera_noise(grey(128) / 255, 1, np.random.default_rng(0))


def test_relative_change_and_total_variation_by_hand():
    assert noise.relative_change(torch.tensor([3.0, 4.0]), torch.tensor([3.0, 0.0])) == pytest.approx(4 / 3)
    assert np.isnan(noise.relative_change(torch.ones(2), torch.zeros(2)))
    assert noise.total_variation(torch.tensor([0.5, 0.5, 0]), torch.tensor([0.25, 0.5, 0.25])) == pytest.approx(0.25)


def test_changes_equal_the_network_run_by_hand(small_network, pictures, changes):
    module, place = small_network.module, 2
    noisy = noise.add_camera_noise(pictures[place], 8.0, np.random.default_rng((4, place)))
    with torch.inference_mode():
        clean, moved, other = (
            module.relu(module.conv(zoo.prepare(small_network, shown)))
            for shown in (pictures[place], noisy, pictures[place - 1])
        )
        sure, shaken = (
            torch.softmax(module(zoo.prepare(small_network, shown))[0], 0) for shown in (pictures[place], noisy)
        )
    at = noise.name_places(small_network, looking.list_layers(small_network)).index("relu")
    found = changes[place]
    assert found.place == place
    assert found.relative[1, at] == pytest.approx(float((moved - clean).norm() / clean.norm()), rel=1e-4)
    assert found.other[at] == pytest.approx(float((other - clean).norm() / clean.norm()), rel=1e-4)
    assert found.moved[1] == pytest.approx(float((sure - shaken).abs().sum() / 2), rel=1e-3, abs=1e-6)
    assert bool(found.flipped[1]) == bool(sure.argmax() != shaken.argmax())
    assert found.confidence == pytest.approx(float(sure.max()))


def test_stronger_noise_changes_more(changes):
    for change in changes:
        assert (change.relative[1] > change.relative[0]).all()


def test_the_work_goes_on_at_any_place(small_network, pictures, changes):
    known = looking.list_layers(small_network)
    later = list(noise.measure_changes(small_network, known, 7, pictures.__getitem__, (1.0, 8.0), seed=4, start=5))
    assert [change.place for change in later] == [5, 6]
    for one, other in zip(later, changes[5:], strict=True):
        np.testing.assert_array_equal(one.relative, other.relative)
        np.testing.assert_array_equal(one.other, other.other)


def test_a_network_without_classes_has_no_probabilities(small_network, pictures):
    from dataclasses import replace

    mute = replace(small_network, labels=None)
    known = looking.list_layers(mute)
    (first, *_) = noise.measure_changes(mute, known, 2, pictures.__getitem__, (1.0,))
    assert noise.name_places(mute, known)[-1] == "classes"
    assert first.moved.size == first.flipped.size == 0
    assert np.isnan(first.confidence)


def test_too_little_to_measure_is_a_sentence(small_network, pictures):
    known = looking.list_layers(small_network)
    for number, strengths in ((1, (1.0,)), (7, ())):
        with pytest.raises(ValueError, match="at least 2 pictures and 1 strength"):
            next(noise.measure_changes(small_network, known, number, pictures.__getitem__, strengths))


def summary_of(network, changes):
    known = looking.list_layers(network)
    return summaries.summarize(
        changes,
        network="small",
        title="Small",
        strengths=(1.0, 8.0),
        places=noise.name_places(network, known),
        kinds=noise.name_kinds(network, known),
    )


def test_a_summary_has_medians_and_bands(small_network, changes):
    found = summary_of(small_network, changes)
    values = np.stack([change.relative for change in changes])
    np.testing.assert_allclose(found.relative.median, np.median(values, 0), rtol=1e-6)
    np.testing.assert_allclose(found.relative.high, np.percentile(values, 90, axis=0), rtol=1e-6)
    assert (found.relative.low <= found.relative.median).all()
    shares = values / np.stack([change.other for change in changes])[:, None]
    np.testing.assert_allclose(found.share.median, np.median(shares, 0), rtol=1e-6)
    assert found.flipped[1] == np.mean([change.flipped[1] for change in changes])
    assert found.kinds == ("picture", "convolution", "activation", "pooling", "linear", "probabilities")


def test_a_code_of_zeros_is_left_out_and_told_as_nothing():
    values = np.array([[1.0, np.nan], [3.0, np.nan]])
    found = summaries.band(values)
    assert found.median[0] == 2
    assert np.isnan(found.median[1])


def test_a_summary_survives_the_file(small_network, changes):
    import json

    found = summary_of(small_network, changes)
    again = summaries.from_json(json.loads(json.dumps(summaries.to_json(found), allow_nan=False)))
    assert (again.places, again.kinds, again.strengths) == (found.places, found.kinds, found.strengths)
    np.testing.assert_allclose(again.share.high, found.share.high, rtol=1e-3)
    np.testing.assert_allclose(again.flipped, found.flipped, rtol=1e-3)


def test_nothing_to_sum_up_is_a_sentence(small_network):
    with pytest.raises(ValueError, match="no photograph has been measured"):
        summary_of(small_network, [])
