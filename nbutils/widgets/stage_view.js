// How objects are turned, in which order their faces are drawn, and what of the grid is seen.

const START = { turn: 0.6, tilt: 0.45, zoom: 1 };
const LARGEST_ZOOM = 8, QUARTER = Math.PI / 2;

function startView() {
  return { ...START };
}

function turnBy(view, turn, tilt) {
  view.turn = (view.turn + turn) % (4 * QUARTER);
  view.tilt = Math.max(-QUARTER, Math.min(QUARTER, view.tilt + tilt));
}

function zoomed(zoom, factor) {
  return Math.max(1, Math.min(LARGEST_ZOOM, zoom * factor));
}

// First about the upright axis z, then towards the onlooker: as [x, y, z, w].
function quaternion({ turn, tilt }) {
  const a = (tilt - QUARTER) / 2, b = turn / 2;
  return [Math.sin(a) * Math.cos(b), -Math.sin(a) * Math.sin(b), Math.cos(a) * Math.sin(b), Math.cos(a) * Math.cos(b)];
}

// On which side of each axis of the objects the onlooker is.
function viewedFrom({ turn, tilt }) {
  const across = -Math.cos(tilt);
  return [across * Math.sin(turn) >= 0, across * Math.cos(turn) >= 0, Math.sin(tilt) >= 0];
}

// Faces of a grid seen without perspective: cell after cell, the far ones first along every axis, is exactly from back
// to front, whichever axis goes first. Writes the triangles from..to of `source` in that order into `target`.
function sortFaces(cells, source, from, to, sides, target) {
  const number = to - from;
  if (!cells.length) {
    target.set(source.subarray(3 * from, 3 * to));
    return;
  }
  let grid = 1;
  for (let i = 3 * from; i < 3 * to; i++) grid = Math.max(grid, cells[i] + 1);
  const keys = new Uint32Array(number), ends = new Uint32Array(grid ** 3 + 1);
  const along = (cell, side) => (side ? cell : grid - 1 - cell);
  for (let i = 0; i < number; i++) {
    const cell = 3 * (from + i);
    keys[i] = (along(cells[cell], sides[0]) * grid + along(cells[cell + 1], sides[1])) * grid + along(cells[cell + 2], sides[2]);
    ends[keys[i] + 1]++;
  }
  for (let key = 0; key < grid ** 3; key++) ends[key + 1] += ends[key];
  for (let i = 0; i < number; i++) {
    const at = 3 * ends[keys[i]]++, of = 3 * (from + i);
    target[at] = source[of];
    target[at + 1] = source[of + 1];
    target[at + 2] = source[of + 2];
  }
}

// The part of the grid in sight: `side` is the pixels of one place, (x, y) the middle in places from the upper left.
function seenGrid(places, width, height, zoom, selected) {
  const columns = Math.max(1, ...places.map(([column]) => column + 1));
  const rows = Math.max(1, ...places.map(([, row]) => row + 1));
  const side = Math.min(width / columns, height / rows) * zoom;
  const [column, row] = places[selected] || [(columns - 1) / 2, (rows - 1) / 2];
  const keep = (middle, number, seen) => (seen >= number ? number / 2 : Math.max(seen / 2, Math.min(number - seen / 2, middle)));
  return { side, x: keep(column + 0.5, columns, width / side), y: keep(row + 0.5, rows, height / side) };
}
