"""A student's own data: brought into range, and every finding and refusal a sentence."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from nbutils.rbm import own, own_files
from nbutils.rbm.own import read_own, read_own_path, use_array


def npy(values):
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def picture(pixels, kind="PNG"):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def together(examples):
    """Return the examples to learn from and those kept back, in the order of their first number."""
    held = torch.cat([examples.train, examples.valid]).numpy()
    return held[np.argsort(held[:, 0])]


def test_numbers_from_0_to_1_are_left_as_they_are():
    values = noise(50, 6)
    held = read_own([("own.npy", npy(values))])
    assert np.array_equal(together(held), values[np.argsort(values[:, 0])].astype(np.float32))
    assert held.train.dtype == torch.float32
    assert len(held.train) == 45
    assert not held.gaussian
    assert held.shape == (6,)
    assert held.name == "own.npy"
    assert held.findings[0] == "own.npy: 50 examples of 6 numbers."
    assert "were left as they are" in held.findings[1]
    assert "5 of the examples, drawn at random, are kept back" in held.findings[2]


@pytest.mark.parametrize(
    ("white", "kind", "said"),
    [(255, np.uint8, "divided by 255"), (16, float, "divided by 16"), (60_000, np.uint16, "divided by 65,535")],
)
def test_a_larger_range_is_recognised_divided_and_told(white, kind, said):
    values = (noise(40, 5, 5) * white).astype(kind)
    values[0, 0, 0] = white
    divisor = 65_535 if white == 60_000 else white
    held = use_array(values)
    assert held.shape == (5, 5)
    flat = values.reshape(40, -1)[np.argsort(values[:, 0, 0], kind="stable")]
    assert np.allclose(np.sort(together(held), axis=0), np.sort(flat / divisor, axis=0), atol=1e-6)
    assert said in held.findings[1]
    assert held.train.max() <= 1


def test_the_range_stays_where_that_is_wished():
    values = (noise(40, 5) * 255).astype(np.uint8)
    held = use_array(values, scaled=False)
    assert held.train.max() > 200
    assert "as you wish, binary units, which expect 0 to 1, get them as they are" in held.findings[1]
    below = use_array(noise(40, 5) - 0.5, scaled=False)
    assert below.gaussian
    assert "Gaussian units get them as they are" in below.findings[1]


def test_two_values_become_0_and_1():
    values = np.where(noise(60, 8) < 0.3, -1, 1)
    held = use_array(values)
    assert not held.gaussian
    assert together(held).mean() == pytest.approx((values == 1).mean())
    assert held.findings[1] == "-1 became 0 and 1 became 1."


def test_negative_numbers_get_gaussian_units():
    values = noise(200, 4) * [1, 10, 100, 0] - [5, 5, 5, 5]
    held = use_array(values)
    assert held.gaussian
    assert np.allclose(together(held).mean(0), 0, atol=1e-6)
    assert np.allclose(together(held).std(0), [1, 1, 1, 0], atol=1e-5)
    assert "mean 0 and the standard deviation 1" in held.findings[1]


def test_what_makes_learning_harder_is_said():
    values = noise(100, 9)
    values[:, [2, 5]] = 0.5
    values[60:] = values[:40]
    findings = use_array(values).findings
    assert any(line.startswith("2 of 9 columns, the first is 2, have the same value") for line in findings)
    assert any(line.startswith("40 of 100 examples are copies of others") for line in findings)
    assert any("100 examples are few" in line for line in findings)
    assert len(use_array(noise(1000, 9)).findings) == 3


def test_long_examples_of_a_square_number_are_shown_as_pictures():
    held = use_array(noise(30, 784))
    assert held.shape == (28, 28)
    assert "shown as 28 x 28 pixels" in held.findings[1]
    assert use_array(noise(30, 49)).shape == (49,)
    assert use_array(noise(30, 3, 4, 5)).shape == (3, 4, 5)


def test_the_same_data_are_divided_in_the_same_way():
    values = noise(70, 3)
    assert torch.equal(use_array(values).valid, use_array(values).valid)


def test_pictures_become_grey_squares():
    files = [(f"{place}.png", picture(np.full((30, 50, 3), [place * 8, 0, 0], np.uint8))) for place in range(24)]
    held = read_own(files, size=6)
    assert held.name == "24 pictures"
    assert held.shape == (6, 6)
    wanted = [round(place * 8 * 0.299) / 184 for place in range(24)]
    assert "0 to 55 and were divided by 55" in held.findings[1]
    assert np.allclose(together(held)[:, 7] * 55 / 184, wanted, atol=1e-6)


def test_a_folder_of_pictures_and_a_file_are_read_by_their_path(tmp_path):
    for place in range(20):
        (tmp_path / f"{place}.png").write_bytes(picture((noise(9, 9, seed=place) * 255).astype(np.uint8)))
    (tmp_path / "notes.jpg").write_text("none")
    held = read_own_path(tmp_path, size=9)
    assert held.train.shape == (18, 81)
    assert held.findings[0] == "20 photographs; 1 skipped: 1 is no picture (notes.jpg)."
    np.save(tmp_path / "values.npy", noise(20, 2))
    values = read_own_path(tmp_path / "values.npy")
    assert values.name == "values.npy"
    assert values.findings[0] == "values.npy: 20 examples of 2 numbers."


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (noise(19, 4), "The array has 19 examples; at least 20 are needed, one mini-batch"),
        (np.full((30, 4), 0.3), "all 30 examples are the same: there is nothing to learn"),
        (np.array([[0.0, np.nan]] * 30), r"30 of 60 numbers are NaN or infinite, the first at \[0, 1\]\. Replace them"),
        (np.array([[np.inf, 0.0]] * 30), r"the first at \[0, 0\]"),
        (np.full((30, 2), 1e300), r"numbers beyond 1e\+30, too large to compute with"),
        (noise(30), r"has the shape \(30,\); wanted are \(examples, numbers\)"),
        (np.float64(3), r"has the shape \(\)"),
        (noise(30, 0), r"has the shape \(30, 0\)"),
        (noise(2, 2, 2, 2, 2), r"has the shape \(2, 2, 2, 2, 2\)"),
        (noise(30, 8, 8, 3), r"looks like pictures in colour\. Make them grey"),
        (np.zeros((2, 5001)), r"has 5,001 numbers in an example, and at most 5,000 are taken\. Are the examples along"),
        (np.zeros((100_001, 1), bool), "has 100,001 examples, and at most 100,000 of this size are taken"),
        (np.zeros((5_000, 5_000), bool), "has 5,000 examples, and at most 4,000 of this size"),
        (np.array([["a", "b"]] * 30), "holds <U1 and not whole or real numbers"),
        (np.zeros((30, 2), complex), "holds complex128 and not"),
        (np.zeros((30, 2), "M8[s]"), "and not whole or real numbers"),
        (np.array([[None, 1]] * 30), "holds Python objects, which are never opened"),
        (np.zeros((30, 2), [("a", "f4")]), "and not whole or real numbers"),
    ],
)
def test_what_cannot_be_learnt_from_is_said(values, sentence):
    with pytest.raises(ValueError, match=sentence):
        use_array(values)


def test_pictures_of_a_side_out_of_range_are_refused():
    with pytest.raises(ValueError, match="4 to 70 pixels a side, got 71"):
        read_own([("a.png", picture(np.zeros((9, 9), np.uint8)))], size=71)


@pytest.mark.parametrize("kind", ["?", "i1", "u8", ">f8", "f2", ">i4"])
def test_every_type_of_numbers_becomes_float32(kind):
    values = np.round(noise(40, 3) * 9).astype(kind)
    values[::2] = 0
    held = use_array(values)
    assert held.train.dtype == torch.float32
    assert np.allclose(np.sort(together(held), 0), np.sort(values.astype(float) / values.max(), 0), atol=1e-3)


def test_the_largest_pictures_fit_into_what_is_taken():
    assert own.SIDES[1] ** 2 <= own_files.MOST_VISIBLE
