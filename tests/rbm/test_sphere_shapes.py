"""All spheres of a cube, against those that are drawn by chance, and how shapes are likened to them."""

import math

import pytest
import torch
from scipy import ndimage

from nbutils.rbm.sphere_shapes import count_components, list_shapes, sphere_likeness
from nbutils.rbm.spheres import make_spheres

SMALL = {"grid": 5, "smallest": 1.0, "largest": 2.0}


@pytest.fixture(scope="module")
def shapes():
    return list_shapes(**SMALL)


def test_every_shape_is_there_once_and_chances_are_those_of_drawing(shapes):
    drawn = make_spheres(40_000, seed=3, **SMALL)
    found, counts = drawn.unique(dim=0, return_counts=True)
    assert len(shapes.voxels.unique(dim=0)) == len(shapes.voxels) == len(found)
    listed = {tuple(row): chance for row, chance in zip(shapes.voxels.int().tolist(), shapes.chances, strict=True)}
    for row, count in zip(found.int().tolist(), counts, strict=True):
        chance = float(listed[tuple(row)])
        spread = math.sqrt(chance * (1 - chance) / len(drawn))
        assert abs(float(count) / len(drawn) - chance) < 5 * spread
    assert float(shapes.chances.sum()) == pytest.approx(1)


def test_the_thesis_spheres_are_ten_thousand_and_two_thirds_are_partial():
    shapes = list_shapes()
    assert len(shapes.voxels) == 10_000
    assert 0.6 < shapes.partial_share < 0.75
    # 10,000 equally likely shapes would have log(10,000); some radii are likelier than others.
    assert math.log(1000) < shapes.entropy < math.log(10_000)


def test_what_is_not_partial_has_all_voxels_of_its_radius(shapes):
    # Within the squared distances 1, 2 and 3 of a voxel lie 7, 19 and 27 voxels; exactly 4 has no chance.
    assert set(shapes.voxels[~shapes.partial].sum(1).int().tolist()) == {7, 19, 27}
    assert bool(shapes.partial.any())


def test_spheres_are_spheres_and_half_a_sphere_is_half_of_one(shapes):
    whole = shapes.voxels[shapes.voxels.sum(1).argmax()]
    assert float(sphere_likeness(shapes.voxels[:50], shapes).min()) == 1
    assert float(sphere_likeness(torch.zeros(1, 125), shapes)) == 0
    everything = sphere_likeness(torch.ones(1, 125), shapes)
    assert float(everything) == pytest.approx(float(whole.sum()) / 125)


def test_pieces_are_counted_as_scipy_counts_them():
    voxels = (torch.rand(20, 125, generator=torch.Generator().manual_seed(0)) < 0.3).float()
    wanted = [ndimage.label(cube)[1] for cube in voxels.reshape(-1, 5, 5, 5).numpy()]
    assert count_components(voxels, 5).tolist() == wanted
    assert count_components(torch.zeros(1, 125), 5).tolist() == [0]
