"""The spheres of section 4.4 against a drawing voxel by voxel and against exact expectations."""

import itertools

import numpy as np
import pytest
import torch

from nbutils.rbm import spheres
from nbutils.rbm.spheres import make_spheres

THESIS = (10, 1.0, 10 / 3)


def draw_voxel_by_voxel(centre, radius, grid):
    """Return the voxels of one sphere, as the text of section 4.4 says, in the order x, y, z."""
    voxels = itertools.product(range(grid), repeat=3)
    return [float(sum((a - b) ** 2 for a, b in zip(voxel, centre, strict=True)) ** 0.5 <= radius) for voxel in voxels]


def expected_fill(grid, smallest, largest):
    """Return the mean number of voxels inside: every pair of centre and voxel, by the share of radii that reach."""
    places = np.array(list(itertools.product(range(grid), repeat=3)))
    far = np.sqrt(((places[:, None] - places[None]) ** 2).sum(2))
    return np.clip((largest - np.maximum(far, smallest)) / (largest - smallest), 0, 1).sum(1).mean()


@pytest.mark.parametrize(("grid", "smallest", "largest"), [THESIS, (4, 0.5, 4.0), (7, 2.0, 2.0), (20, 1.0, 20 / 3)])
def test_spheres_are_those_drawn_voxel_by_voxel(grid, smallest, largest):
    drawn = np.random.default_rng(3).random((12, 4))
    centres = [[int(value * grid) for value in row[:3]] for row in drawn]
    radii = [smallest + (largest - smallest) * row[3] for row in drawn]
    wanted = [draw_voxel_by_voxel(centre, radius, grid) for centre, radius in zip(centres, radii, strict=True)]
    made = make_spheres(12, 3, grid, smallest, largest)
    assert made.dtype == torch.float32
    assert made.tolist() == wanted


def test_the_thesis_settings_fill_what_can_be_computed():
    filled = make_spheres(20_000, seed=0).sum(1)
    wanted = expected_fill(*THESIS)
    assert wanted == pytest.approx(40.6, abs=0.2)  # of 1000 voxels
    assert filled.mean().item() == pytest.approx(wanted, abs=4 * filled.std().item() / 20_000**0.5)
    assert filled.min().item() == 4  # a radius of 1 in a corner: the centre and three neighbours


def test_partial_spheres_are_as_common_as_the_radii_make_them():
    made = make_spheres(20_000, seed=1).reshape(-1, 10, 10, 10)
    faces = torch.stack([made[:, 0], made[:, -1], made[:, :, 0], made[:, :, -1], made[..., 0], made[..., -1]], 1)
    touches = (faces.amax((1, 2, 3)) > 0).float().mean().item()
    # A sphere stays off the faces where each coordinate of the centre is farther from both than floor(radius).
    inside = {1: (6 / 10) ** 3, 2: (4 / 10) ** 3, 3: (2 / 10) ** 3}
    clear = (inside[1] * 1 + inside[2] * 1 + inside[3] / 3) / (7 / 3)
    assert touches == pytest.approx(1 - clear, abs=4 * (clear * (1 - clear) / 20_000) ** 0.5)


def test_centres_are_spread_evenly_over_all_voxels():
    made = make_spheres(40_000, seed=2, grid=4, smallest=0.5, largest=0.5)  # each sphere is its centre
    assert torch.equal(made.sum(1), torch.ones(40_000))
    counts = made.sum(0)
    chi_square = ((counts - 625) ** 2 / 625).sum().item()
    assert chi_square < 63 + 5 * (2 * 63) ** 0.5  # 63 degrees of freedom, five standard deviations


def test_the_same_seed_gives_the_same_spheres_however_many(monkeypatch):
    many = make_spheres(50, seed=4)
    assert torch.equal(many[:7], make_spheres(7, seed=4))
    assert not torch.equal(many, make_spheres(50, seed=5))
    monkeypatch.setattr(spheres, "_CHUNK_VALUES", 9_000)
    assert torch.equal(many, make_spheres(50, seed=4))


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"grid": 3}, "4 to 20 voxels along an edge, got 3"),
        ({"grid": 21}, "got 21"),
        ({"smallest": 0.2}, "got 0.2 to 3.33333"),
        ({"smallest": 3.0, "largest": 2.0}, "got 3 to 2"),
        ({"largest": 11.0}, "the 10 voxels of an edge; got 1 to 11"),
        ({"largest": float("nan")}, "got 1 to nan"),
        ({"number": 0}, "At least one sphere must be made, got 0"),
        ({"number": 60_001}, "at most 60,000 can be made"),
    ],
)
def test_what_cannot_be_made_is_said(wish, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_spheres(**{"number": 5, "seed": 0} | wish)
