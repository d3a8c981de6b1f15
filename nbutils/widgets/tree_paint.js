// How a forest is drawn: links, nodes by kind in one path each, pictures where nodes are large, names where there is room.

const BACK = "#14161a", LINK = "#565d66", WAY = "#ffffff", ACCENT = "#1a6fb5", TEXT = "#e6e8eb";
const PART = 400, LARGE = 6, PICTURED = 8, NAMED = 26;
const CORNERS = { 1: [4, Math.PI / 4], 2: [4, 0], 3: [3, -Math.PI / 2], 4: [6, 0], 5: [5, -Math.PI / 2] };

const radiusAt = (scale) => Math.min(110, Math.max(1.1, 0.36 * scale));

// The outline of a node of a kind: a circle, or a shape with corners, so that kinds differ without colour.
function outline(path, kind, x, y, r) {
  const [corners, turn] = CORNERS[kind] || [0, 0];
  if (!corners) {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  for (let corner = 0; corner <= corners; corner++) {
    const angle = turn + (2 * Math.PI * corner) / corners, point = [x + 1.15 * r * Math.cos(angle), y + 1.15 * r * Math.sin(angle)];
    corner ? path.lineTo(...point) : path.moveTo(...point);
  }
}

// Returns the nodes in sight, in their order.
function findSeen(forest, view, width, height) {
  const { xs, ys, number } = forest, seen = [], margin = radiusAt(view.scale) / view.scale;
  const left = view.x - width / 2 / view.scale - margin, right = view.x + width / 2 / view.scale + margin;
  const top = view.y - height / 2 / view.scale - margin, bottom = view.y + height / 2 / view.scale + margin;
  for (let node = 0; node < number; node++)
    if (xs[node] >= left && xs[node] <= right && ys[node] >= top && ys[node] <= bottom) seen.push(node);
  return seen;
}

// Long paths take a browser more than twice as long as two halves: links are stroked in parts.
function drawLinks(context, forest, at, width, height) {
  const { xs, ys, parents, number } = forest;
  let inPart = 0;
  context.beginPath();
  for (let node = 0; node < number; node++) {
    const parent = parents[node];
    if (parent < 0) continue;
    const x = at.x(xs[node]), y = at.y(ys[node]), px = at.x(xs[parent]), py = at.y(ys[parent]);
    if ((x < 0 && px < 0) || (y < 0 && py < 0) || (x > width && px > width) || (y > height && py > height)) continue;
    context.moveTo(px, py);
    context.lineTo(x, y);
    if (++inPart % PART === 0) {
      context.stroke();
      context.beginPath();
    }
  }
  context.stroke();
}

function drawNodes(context, forest, seen, at, r) {
  const { xs, ys, kinds, colours } = forest;
  const used = new Set();
  for (const node of seen) used.add(kinds[node]);
  for (const kind of [...used].sort()) {
    context.fillStyle = colours[kind];
    if (r < 2) {
      for (const node of seen) if (kinds[node] === kind) context.fillRect(at.x(xs[node]) - r, at.y(ys[node]) - r, 2 * r, 2 * r);
      continue;
    }
    context.beginPath();
    for (const node of seen) if (kinds[node] === kind) outline(context, kind, at.x(xs[node]), at.y(ys[node]), r);
    context.fill();
  }
}

function drawPictures(context, forest, seen, at, r, pictures) {
  for (const node of seen) {
    const picture = pictures.get(node);
    if (picture) context.drawImage(picture, at.x(forest.xs[node]) - 0.9 * r, at.y(forest.ys[node]) - 0.9 * r, 1.8 * r, 1.8 * r);
  }
}

// A picture in a circle, made once.
function round(bitmap) {
  const side = Math.min(bitmap.width, bitmap.height), canvas = new OffscreenCanvas(side, side), context = canvas.getContext("2d");
  context.beginPath();
  context.arc(side / 2, side / 2, side / 2, 0, 2 * Math.PI);
  context.clip();
  context.drawImage(bitmap, (side - bitmap.width) / 2, (side - bitmap.height) / 2);
  bitmap.close();
  return canvas;
}

function drawNames(context, forest, seen, at, r, scale) {
  [context.fillStyle, context.font, context.textAlign, context.textBaseline] = [TEXT, "13px system-ui, sans-serif", "center", "top"];
  for (const node of seen) {
    const name = forest.names[node];
    if (name) context.fillText(clip(context, name, 0.95 * scale), at.x(forest.xs[node]), at.y(forest.ys[node]) + r + 3);
  }
}

function clip(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  const letters = [...text];
  while (letters.length > 1 && context.measureText(`${letters.join("")}\u2026`).width > room) letters.splice(Math.ceil(letters.length * 0.8) - 1);
  return `${letters.join("")}\u2026`;
}

function drawWay(context, forest, way, at) {
  [context.strokeStyle, context.lineWidth] = [WAY, 2];
  context.beginPath();
  way.forEach((node, step) => context[step ? "lineTo" : "moveTo"](at.x(forest.xs[node]), at.y(forest.ys[node])));
  context.stroke();
}

function drawRing(context, forest, node, at, r, strokes) {
  for (const [colour, width] of strokes) {
    [context.strokeStyle, context.lineWidth] = [colour, width];
    context.beginPath();
    outline(context, forest.kinds[node], at.x(forest.xs[node]), at.y(forest.ys[node]), Math.max(4, r) + 2);
    context.stroke();
  }
}

// Draws all; returns the nodes in sight.
function drawForest(context, forest, view, { width, height, density, way, hovered, pictures }) {
  const at = { x: (x) => (x - view.x) * view.scale + width / 2, y: (y) => (y - view.y) * view.scale + height / 2 };
  const r = radiusAt(view.scale), seen = findSeen(forest, view, width, height);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.fillStyle = BACK;
  context.fillRect(0, 0, width, height);
  [context.strokeStyle, context.lineWidth] = [LINK, r < 2 ? 0.7 : Math.min(3, 0.6 + r / 12)];
  drawLinks(context, forest, at, width, height);
  // Where nodes are large the way passes under them, where they are dots it lies on them.
  if (r >= LARGE) drawWay(context, forest, way, at);
  drawNodes(context, forest, seen, at, r);
  if (r < LARGE) drawWay(context, forest, way, at);
  if (r >= PICTURED) drawPictures(context, forest, seen, at, r, pictures);
  if (r >= NAMED) drawNames(context, forest, seen, at, r, view.scale);
  if (way.length) drawRing(context, forest, way[0], at, r, [[WAY, 5], [ACCENT, 2.5]]);
  if (hovered >= 0) drawRing(context, forest, hovered, at, r, [[WAY, 1.5]]);
  return seen;
}
