"""How thick walls are, measured from a surface alone, between sides that face each other."""

import numpy as np

MOST_SAMPLES = 3000
ROUNDS = 12
OPPOSITE = -0.85  # cosine between the outward normals of two sides: within 32 degrees of parallel
LEANING = 0.4  # cosine to an axis: normals that face its side
QUANTILE = 0.005  # of the area: the last bit of a tip or of a sharp edge is no wall


def measure_walls(corners: np.ndarray, crossed: np.ndarray, areas: np.ndarray) -> float:
    """Return the thickness that all but a two-hundredth of the surface has at least; nan where no sides face.

    The wall at a point of the surface is what the largest ball inside, that touches the surface there, spans up to the
    side that faces it. The balls are found by shrinking (Ma, Bae and Choi, 3D medial axis point approximation using
    nearest neighbors and the normal field, 2012), here with the nearest point of facing sides alone, so that the
    corners of a cube are no thin walls. Points are the middles of triangles: a wall thinner than a triangle is seen.

    corners : (n, 3, 3), of triangles; crossed : (n, 3), products of their sides, outwards; areas : (n,)
    """
    solid = np.flatnonzero(areas > areas.mean() * 1e-6)
    points, normals = corners[solid].mean(1), crossed[solid] / (2 * areas[solid, None])
    chosen = np.arange(0, len(solid), max(1, -(-len(solid) // MOST_SAMPLES)))
    thickness = np.full(len(chosen), np.nan)
    main = np.abs(normals[chosen]).argmax(1)
    upwards = normals[chosen, main] > 0
    for axis in range(3):
        for sign in (1, -1):
            mine = np.flatnonzero((main == axis) & (upwards == (sign > 0)))
            facing = np.flatnonzero(normals[:, axis] * sign < -LEANING)
            if len(mine) and len(facing):
                sides = points[facing], normals[facing]
                thickness[mine] = _shrink(points[chosen[mine]], normals[chosen[mine]], *sides)
    return _find_quantile(thickness, areas[solid][chosen])


def _shrink(points: np.ndarray, normals: np.ndarray, others: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """Return the thickness at points whose balls are shrunk until no point of the facing sides lies inside."""
    from scipy.spatial import KDTree

    tree = KDTree(others)
    radius = np.full(len(points), float(np.linalg.norm(np.ptp(np.vstack([points, others]), axis=0))))
    touched = np.full(len(points), -1)
    active = np.arange(len(points))
    for _ in range(ROUNDS):
        distance, nearest = tree.query(points[active] - radius[active, None] * normals[active])
        inside = distance < radius[active] * (1 - 1e-6)
        active, nearest = active[inside], nearest[inside]
        if not len(active):
            break
        way = points[active] - others[nearest]
        radius[active] = (way**2).sum(1) / (2 * (way * normals[active]).sum(1))
        touched[active] = nearest
    met = touched >= 0
    through = ((points - others[touched]) * normals).sum(1)
    opposite = (normals * facing[touched]).sum(1) < OPPOSITE
    return np.where(met & opposite, through, np.nan)


def _find_quantile(values: np.ndarray, weights: np.ndarray) -> float:
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return float("nan")
    order = known[np.argsort(values[known])]
    beyond = np.cumsum(weights[order]) >= QUANTILE * weights.sum()
    return float(values[order[np.argmax(beyond)]] if beyond.any() else values[order[-1]])
