// A forest as arrays, and the ways through it.

const REACH = 8;

function arrayOf(view, Kind) {
  if (!view || !view.byteLength) return new Kind();
  return new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

function readForest(model) {
  const points = arrayOf(model.get("points"), Float32Array), parents = arrayOf(model.get("parents"), Int32Array), number = parents.length;
  const [xs, ys] = [0, 1].map((axis) => Float32Array.from({ length: number }, (_, node) => points[2 * node + axis]));
  const children = new Map();
  parents.forEach((parent, node) => {
    if (!children.has(parent)) children.set(parent, []);
    children.get(parent).push(node);
  });
  const kinds = arrayOf(model.get("kinds"), Uint8Array), bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (let node = 0; node < number; node++) {
    bounds[0] = Math.min(bounds[0], xs[node]);
    bounds[1] = Math.min(bounds[1], ys[node]);
    bounds[2] = Math.max(bounds[2], xs[node]);
    bounds[3] = Math.max(bounds[3], ys[node]);
  }
  const told = { names: model.get("names"), kindNames: model.get("kind_names"), noun: model.get("noun"), colours: model.get("colours") };
  return { xs, ys, parents, children, kinds, number, bounds, ...told };
}

// From a node up to its root.
function wayUp(forest, node) {
  const way = [];
  for (let at = node; at >= 0 && way.length <= forest.number; at = forest.parents[at]) way.push(at);
  return way;
}

function nearest(forest, view, x, y) {
  const reach = Math.max(REACH, radiusAt(view.scale)) / view.scale;
  let found = -1, least = reach * reach;
  for (let node = 0; node < forest.number; node++) {
    const distance = (forest.xs[node] - x) ** 2 + (forest.ys[node] - y) ** 2;
    if (distance < least) [found, least] = [node, distance];
  }
  return found;
}

function beside(forest, node, key) {
  const siblings = forest.children.get(node < 0 ? -1 : forest.parents[node]) ?? [], at = siblings.indexOf(node);
  if (node < 0) return siblings[0] ?? -1;
  const steps = { ArrowLeft: forest.parents[node], ArrowRight: forest.children.get(node)?.[0], ArrowUp: siblings[at - 1], ArrowDown: siblings[at + 1] };
  return steps[key] ?? -1;
}

function describe(forest, node) {
  const name = isolate(forest.names[node] || `${forest.noun} ${node}`), born = forest.children.get(node)?.length ?? 0;
  const words = [name, forest.kindNames[forest.kinds[node]], `${wayUp(forest, node).length - 1} from the root`, born === 1 ? "1 child" : `${born} children`];
  return words.filter(Boolean).join(" \u00b7 ");
}
