// Which piece is where: on the screen, under the mouse, and beside another one.

// Turns a vector by a quaternion [x, y, z, w]; `way` -1 turns it back.
function rotated([x, y, z], [qx, qy, qz, qw], way = 1) {
  const [ax, ay, az] = [way * qx, way * qy, way * qz];
  const [tx, ty, tz] = [2 * (ay * z - az * y), 2 * (az * x - ax * z), 2 * (ax * y - ay * x)];
  return [x + qw * tx + ay * tz - az * ty, y + qw * ty + az * tx - ax * tz, z + qw * tz + ax * ty - ay * tx];
}

function boxOf(position) {
  const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < position.length; i++) {
    low[i % 3] = Math.min(low[i % 3], position[i]);
    high[i % 3] = Math.max(high[i % 3], position[i]);
  }
  return { low, high };
}

// How far along a ray a triangle is first met, Infinity where none is (Moeller and Trumbore 1997).
function meetMesh({ position: p, index }, [ox, oy, oz], [dx, dy, dz]) {
  let nearest = Infinity;
  for (let i = 0; i < index.length; i += 3) {
    const a = 3 * index[i], b = 3 * index[i + 1], c = 3 * index[i + 2];
    const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
    const hx = dy * vz - dz * vy, hy = dz * vx - dx * vz, hz = dx * vy - dy * vx;
    const area = ux * hx + uy * hy + uz * hz;
    if (!area) continue;
    const sx = ox - p[a], sy = oy - p[a + 1], sz = oz - p[a + 2];
    const first = (sx * hx + sy * hy + sz * hz) / area;
    const kx = sy * uz - sz * uy, ky = sz * ux - sx * uz, kz = sx * uy - sy * ux;
    const second = (dx * kx + dy * ky + dz * kz) / area;
    if (first < 0 || second < 0 || first + second > 1) continue;
    const along = (vx * kx + vy * ky + vz * kz) / area;
    if (along > 0 && along < nearest) nearest = along;
  }
  return nearest;
}

// `feet` are where the pieces stand, `meshes` one a piece, `point` a point of the picture: the piece that is seen there,
// or that stands on the square seen there; -1 for none.
function pieceAt(point, feet, meshes, turned) {
  const from = rotated([...point, 10], turned, -1), along = rotated([0, 0, -1], turned, -1);
  const ways = feet.map((foot, index) => meetMesh(meshes[index], from.map((at, axis) => at - foot[axis]), along));
  const nearest = Math.min(...ways);
  if (nearest < Infinity) return ways.indexOf(nearest);
  const down = -from[2] / along[2], [x, y] = [from[0] + down * along[0], from[1] + down * along[1]];
  return feet.findIndex((foot) => Math.abs(foot[0] - x) < 0.5 && Math.abs(foot[1] - y) < 0.5);
}

// The nearest of several points of the picture in one direction, those off to the side later; -1 for none.
function nearestTowards(points, from, [across, up]) {
  let best = -1, least = Infinity;
  points.forEach(([x, y], index) => {
    const [dx, dy] = [x - points[from][0], y - points[from][1]];
    const along = dx * across + dy * up, aside = Math.abs(dx * up - dy * across);
    if (index === from || along < 0.2 || along + 2 * aside >= least) return;
    [best, least] = [index, along + 2 * aside];
  });
  return best;
}
