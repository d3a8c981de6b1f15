import numpy as np
import pytest
import torch
from scipy import ndimage

from nbutils.preferred import regularizers as r


def random_pictures(shape=(2, 3, 17, 23), seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def picture_of(*pixels):
    """One picture of one row; each pixel is the list of its channels."""
    return torch.tensor(pixels, dtype=torch.float64).T[None, :, None]


def zeroed(before, after):
    """The places of the row that were set to zero; everything else must be as it was."""
    gone = (after == 0).all(dim=1)[0, 0]
    assert torch.equal(after[..., ~gone], before[..., ~gone])
    return gone.nonzero().flatten().tolist()


def test_decay_takes_the_same_share_of_every_number():
    assert r.l2_decay(torch.tensor([[[[100.0, -10.0]]]]), 0.3).flatten().tolist() == pytest.approx([70, -7])
    pictures = random_pictures()
    assert torch.equal(r.l2_decay(pictures, 0), pictures)


@pytest.mark.parametrize("width", [0.2, 0.5, 1.0, 3.7])
@pytest.mark.parametrize("shape", [(2, 3, 17, 23), (1, 1, 28, 28), (1, 5, 2, 9), (1, 3, 1, 1)])
def test_blur_is_the_gaussian_filter_of_scipy(width, shape):
    pictures = random_pictures(shape)
    expected = [[ndimage.gaussian_filter(plane, width) for plane in picture] for picture in pictures.numpy()]
    np.testing.assert_allclose(r.gaussian_blur(pictures, width), expected, atol=1e-12)


def test_blur_in_single_precision_stays_near_scipy():
    pictures = random_pictures((1, 3, 64, 64)).float() * 100
    expected = [ndimage.gaussian_filter(plane, 1.0) for plane in pictures[0].numpy()]
    found = r.gaussian_blur(pictures, 1.0)
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found[0], expected, atol=1e-4)


def test_blur_of_no_width_changes_nothing():
    pictures = random_pictures()
    assert torch.equal(r.gaussian_blur(pictures, 0), pictures)


def test_blurring_twice_is_blurring_once_with_a_wider_kernel():
    """As section 6.4 says; not exactly, because the kernels are sampled."""
    pictures = random_pictures((1, 3, 32, 32))
    twice = r.gaussian_blur(r.gaussian_blur(pictures, 1.5), 1.5)
    np.testing.assert_allclose(twice, r.gaussian_blur(pictures, 1.5 * 2**0.5), atol=2e-3)


def test_small_norms_are_judged_over_all_channels_of_a_pixel():
    pictures = picture_of([3, 4, 0], [4, 0, 0], [0, 0, -6], [1, 1, 1])  # norms 5, 4, 6, 1.7
    assert zeroed(pictures, r.clip_small_norm(pictures, 50)) == [1, 3]
    assert zeroed(pictures, r.clip_small_norm(pictures, 100)) == [0, 1, 3]
    assert zeroed(pictures, r.clip_small_norm(pictures, 0)) == []


def test_small_values_are_judged_one_by_one():
    pictures = picture_of([3, -1], [0.5, -2])
    assert r.clip_small_values(pictures, 50).flatten().tolist() == [3, 0, 0, -2]


def test_small_contributions_go_whichever_sign_they_have():
    pictures = picture_of([1, 1], [2, 1], [5, 5], [-3, 1])
    gradients = picture_of([1, 1], [1, -1], [1, -1], [2, 2])  # x o gradient, summed: 2, 1, 0, -4
    assert zeroed(pictures, r.clip_small_contribution(pictures, gradients, 50)) == [1, 2]
    assert zeroed(pictures, r.clip_small_contribution(pictures, gradients, 90)) == [0, 1, 2]


def test_signed_contributions_go_where_zeroing_would_cost_most():
    pictures = picture_of([1, 1], [2, 1], [5, 5], [-3, 1])
    gradients = picture_of([1, 1], [1, -1], [1, -1], [2, 2])  # zeroing gains -2, -1, 0, 4
    assert zeroed(pictures, r.clip_signed_contribution(pictures, gradients, 50)) == [0, 1]


@pytest.mark.parametrize("percentile", [0, 1, 37.5, 50, 90, 99.9, 100])
def test_percentiles_are_those_of_numpy_and_of_each_picture_alone(percentile):
    pictures, gradients = random_pictures(), random_pictures(seed=1)
    pictures[1] *= 100
    norms = np.linalg.norm(pictures, axis=1)
    contributions = np.abs((pictures * gradients).sum(1).numpy())
    for sizes, found in (
        (norms, r.clip_small_norm(pictures, percentile)),
        (contributions, r.clip_small_contribution(pictures, gradients, percentile)),
    ):
        small = [plane < np.percentile(plane, percentile) for plane in sizes]
        np.testing.assert_array_equal((found == 0).all(dim=1).numpy(), small)


def test_pixels_that_all_are_alike_stay():
    pictures = torch.ones(1, 3, 4, 4)
    assert torch.equal(r.clip_small_norm(pictures, 90), pictures)


@pytest.mark.parametrize("channels", [1, 3, 7])
def test_a_batch_is_treated_like_its_pictures_one_by_one(channels):
    pictures, gradients = random_pictures((3, channels, 9, 8)), random_pictures((3, channels, 9, 8), 1)
    for change in (
        lambda x, _: r.gaussian_blur(x, 1.0),
        lambda x, _: r.clip_small_norm(x, 40),
        lambda x, _: r.clip_small_values(x, 40),
        lambda x, _: r.bound_colour(x, 1.0),
        lambda x, g: r.clip_small_contribution(x, g, 40),
        lambda x, g: r.clip_signed_contribution(x, g, 40),
        lambda _, g: r.blur_gradient(g, 7, 3),
        lambda x, _: r.total_variation(x),
        lambda x, _: r.sparsity(x),
    ):
        one_by_one = [change(pictures[k : k + 1], gradients[k : k + 1]) for k in range(3)]
        torch.testing.assert_close(change(pictures, gradients), torch.cat(one_by_one))


def test_bounded_colours_keep_their_hue():
    pictures = picture_of([6, 8], [-3, 4], [0, 0])
    assert r.bound_colour(pictures, 5)[0, :, 0].T.tolist() == [[3, 4], [-3, 4], [0, 0]]


def test_total_variation_is_the_mean_step_between_neighbours():
    checkers = torch.tensor([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]).expand(1, 3, 3, 3)
    bars = torch.tensor([[0.0, 2, 0, 2]]).expand(1, 1, 5, 4)
    assert r.total_variation(checkers).tolist() == [2]
    assert r.total_variation(bars).tolist() == [2]
    assert r.total_variation(torch.full((2, 1, 4, 4), 7.0)).tolist() == [0, 0]
    assert r.total_variation(torch.tensor([[[[1.0, 4.0]]]])).tolist() == [3]


def test_total_variation_pulls_a_lonely_pixel_towards_its_neighbours():
    picture = torch.zeros(1, 1, 3, 3, requires_grad=True)
    with torch.no_grad():
        picture[0, 0, 1, 1] = 1
    r.total_variation(picture).sum().backward()
    assert picture.grad[0, 0, 1, 1] > 0
    assert picture.grad[0, 0, 0, 1] < 0


def test_sparsity_is_the_mean_size_and_pulls_everything_to_zero_alike():
    pictures = torch.tensor([[[[3.0, -1.0]]], [[[0.0, 0.5]]]], requires_grad=True)
    found = r.sparsity(pictures)
    assert found.tolist() == [2, 0.25]
    found.sum().backward()
    assert pictures.grad.flatten().tolist() == [0.5, -0.5, 0, 0.5]


@pytest.mark.parametrize("kernel", r.GRADIENT_KERNELS)
def test_gradient_is_convolved_as_often_as_asked(kernel):
    gradients = random_pictures((1, 2, 12, 15))
    distances = np.arange(kernel) - kernel // 2
    weights = np.exp(-(distances**2) / (2 * (0.3 * ((kernel - 1) / 2 - 1) + 0.8) ** 2))
    expected = gradients.numpy()
    for _ in range(3):
        for axis in (2, 3):
            expected = ndimage.convolve1d(expected, weights / weights.sum(), axis=axis, mode="reflect")
    np.testing.assert_allclose(r.blur_gradient(gradients, kernel, 3), expected, atol=1e-12)
    assert torch.equal(r.blur_gradient(gradients, kernel, 0), gradients)


def test_blurs_of_the_gradient_are_drawn_from_the_seed():
    def draw(seed, most):
        generator = torch.Generator().manual_seed(seed)
        return [r.draw_gradient_blur(generator, most) for _ in range(200)]

    assert draw(1, 10) == draw(1, 10) != draw(2, 10)
    assert set(draw(1, 10)) == {(kernel, times) for kernel in (3, 7, 9) for times in range(3, 11)}
    assert {times for _, times in draw(1, 2)} == {2}
