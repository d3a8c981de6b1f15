// What of a forest is in sight, and the pictures that belong there.

const NEAREST = 300, FARTHEST = 90, NEAR = 120, EDGE = 20, INNER = 0.42, REST = 150, PATIENCE = 10_000, MOST_WANTED = 48, MOST_KEPT = 600;

// The place in the middle of the canvas, and the pixels between two places that are 1 apart.
function makeView(size, forest, changed) {
  let now = null;

  function whole() {
    const [width, height] = size(), [left, top, right, bottom] = forest().bounds;
    const across = (width - 2 * EDGE) / Math.max(right - left, 1e-6), down = (height - 2 * EDGE) / Math.max(bottom - top, 1e-6);
    return { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.max(1e-6, Math.min(across, down, FARTHEST)) };
  }
  // Nobody has moved yet: all stays in sight, also when the canvas changes its size.
  const get = () => now ?? whole();
  return {
    get,
    fitAll() {
      now = null;
      changed();
    },
    // What lies (x, y) pixels from the middle stays there.
    zoomBy(factor, x = 0, y = 0) {
      const view = get(), scale = Math.min(NEAREST, Math.max(whole().scale, view.scale * factor));
      now = { x: view.x + x / view.scale - x / scale, y: view.y + y / view.scale - y / scale, scale };
      changed();
    },
    // The middle stays over the forest.
    moveBy(across, down) {
      const { x, y, scale } = get(), [left, top, right, bottom] = forest().bounds;
      now = { x: Math.min(right, Math.max(left, x - across / scale)), y: Math.min(bottom, Math.max(top, y - down / scale)), scale };
      changed();
    },
    goTo(node) {
      now = { x: forest().xs[node], y: forest().ys[node], scale: Math.max(get().scale, NEAR) };
      changed();
    },
    // Moves only as far as needed.
    bringIntoSight(node) {
      if (!now) return;
      const { x, y, scale } = get(), [across, down] = size().map((side) => (INNER * side) / scale), { xs, ys } = forest();
      now = { x: Math.min(xs[node] + across, Math.max(xs[node] - across, x)), y: Math.min(ys[node] + down, Math.max(ys[node] - down, y)), scale };
      changed();
    },
  };
}

// Pictures that came from Python, and the questions for more.
function makePictures(model, changed) {
  const kept = new Map(), asked = new Map();
  let waiting = 0;

  function want(seen) {
    clearTimeout(waiting);
    if (seen.length > MOST_WANTED) return;
    waiting = setTimeout(() => {
      const now = performance.now(), nodes = seen.filter((node) => !kept.has(node) && now - (asked.get(node) ?? -PATIENCE) >= PATIENCE);
      nodes.forEach((node) => asked.set(node, now));
      if (nodes.length) model.send({ event: "wanted", forest: model.get("forest"), nodes });
    }, REST);
  }
  async function take() {
    const { forest, nodes = [], bytes = [] } = model.get("batch");
    if (forest !== model.get("forest")) return;
    const all = arrayOf(model.get("pictures"), Uint8Array);
    let at = 0;
    await Promise.all(nodes.map(async (node, index) => {
      const data = all.slice(at, (at += bytes[index]));
      // An empty or broken picture leaves the node plain.
      const bitmap = data.length ? await createImageBitmap(new Blob([data])).catch(() => null) : null;
      if (forest === model.get("forest")) kept.set(node, bitmap && round(bitmap));
    }));
    for (const node of kept.keys()) if (kept.size > MOST_KEPT) { kept.delete(node); asked.delete(node); }
    changed();
  }
  function forget() {
    kept.clear();
    asked.clear();
    clearTimeout(waiting);
  }
  return { kept, want, take, forget };
}
