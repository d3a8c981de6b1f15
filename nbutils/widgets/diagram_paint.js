// How a network is drawn as SVG: where its nodes and links come to lie in pixels, and what they look like.

const SVG = "http://www.w3.org/2000/svg", PAD = 14, HIGH = 42, LOW = 28, CORNER = 9, PORT = 8;
const ACROSS = [42, 112], UP = [64, 128], WIDEST = 78, OFF = "#94a4a2", GLYPH = 22;

function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const between = ([low, high], value) => Math.min(high, Math.max(low, value));

// The measures with which a network fills width x height, as far as it stays readable.
function measureNetwork({ nodes, links }, width, height) {
  const points = [...nodes.map((node) => node.at), ...links.flatMap((link) => link.route)];
  const left = Math.min(...points.map((point) => point[1])) - 0.5, right = Math.max(...points.map((point) => point[1])) + 0.5;
  const low = Math.min(0, ...points.map((point) => point[0])), top = Math.max(0, ...points.map((point) => point[0]));
  const across = between(ACROSS, (width - 2 * PAD) / (right - left)), up = between(UP, (height - 2 * PAD - HIGH) / Math.max(1, top - low));
  const size = [(right - left) * across + 2 * PAD, (top - low) * up + HIGH + 2 * PAD];
  return { size, wide: Math.min(WIDEST, across - 8), at: ([layer, place]) => [PAD + (place - left) * across, size[1] - PAD - HIGH / 2 - (layer - low) * up] };
}

// Links of a node leave and arrive side by side, in the order of where they go to and come from.
function findPorts(links, ends, wide) {
  const ports = new Map();
  for (const [end, beyond] of [["source", "first"], ["target", "last"]]) {
    const groups = new Map();
    for (const link of links) groups.set(link[end], [...(groups.get(link[end]) ?? []), link]);
    for (const group of groups.values()) {
      const step = Math.min(PORT, (wide - 16) / group.length);
      group.sort((a, b) => ends.get(a.number)[beyond] - ends.get(b.number)[beyond]);
      group.forEach((link, index) => ports.set(`${end} ${link.number}`, (index - (group.length - 1) / 2) * step));
    }
  }
  return ports;
}

const curved = (points) => points.slice(1).reduce((path, [x, y], index) => {
  const [fromX, fromY] = points[index], middle = (fromY + y) / 2;
  return `${path} C ${fromX} ${middle} ${x} ${middle} ${x} ${y}`;
}, `M ${points[0].join(" ")}`);

function rounded(points) {
  const towards = ([x, y], [tx, ty]) => {
    const length = Math.hypot(tx - x, ty - y), share = length ? Math.min(CORNER, length / 2) / length : 0;
    return `${x + (tx - x) * share} ${y + (ty - y) * share}`;
  };
  const corners = points.slice(1, -1).map((point, index) => `L ${towards(point, points[index])} Q ${point.join(" ")} ${towards(point, points[index + 2])}`);
  return `M ${points[0].join(" ")} ${corners.join(" ")} L ${points.at(-1).join(" ")}`;
}

// Returns the path of each link by its number, and where it ends.
function routeLinks({ nodes, links, curves }, { at, wide }) {
  const places = new Map(nodes.map((node) => [node.number, at(node.at)])), ends = new Map(), paths = new Map();
  const half = new Map(nodes.map((node) => [node.number, (curves[node.function]?.length ? HIGH : LOW) / 2]));
  for (const link of links) {
    const way = [places.get(link.source), ...link.route.map(at), places.get(link.target)].map(([x]) => x);
    // A link that goes back turns off beside the node, where its lane is.
    ends.set(link.number, link.backward ? { first: way[2], last: way.at(-3) } : { first: way[1], last: way.at(-2) });
  }
  const ports = findPorts(links, ends, wide);
  for (const link of links) {
    const [[x, y], [tx, ty]] = [places.get(link.source), places.get(link.target)];
    const begin = [x + ports.get(`source ${link.number}`), y - half.get(link.source)], end = [tx + ports.get(`target ${link.number}`), ty + half.get(link.target)];
    const route = link.route.map(at);
    if (link.backward) [route[0][0], route.at(-1)[0]] = [begin[0], end[0]];
    paths.set(link.number, { path: (link.backward ? rounded : curved)([begin, ...route, end]), end });
  }
  return paths;
}

function drawLink(link, { path, end: [x, y] }, heaviest, colours, words) {
  const colour = !link.enabled ? OFF : colours[link.weight < 0 ? 1 : 0], width = link.enabled ? 0.9 + 4.1 * Math.abs(link.weight) / heaviest : 0.9;
  const group = draw("g", { class: `dv-diagram-link${link.enabled ? "" : " dv-off"}`, "data-part": `link ${link.number}` });
  const line = draw("path", { d: path, stroke: colour, "stroke-width": width.toFixed(2) });
  if (link.weight < 0) line.setAttribute("stroke-dasharray", `${(4 + 1.5 * width).toFixed(1)} ${(3 + width).toFixed(1)}`);
  group.append(draw("path", { class: "dv-diagram-halo", d: path, "stroke-width": (width + 6).toFixed(2) }), line);
  if (link.backward) group.append(draw("path", { class: "dv-diagram-head", d: `M ${x} ${y} l ${-4 - width / 2} 9 h ${8 + width} z`, fill: colour }));
  const title = draw("title");
  title.textContent = words;
  group.append(draw("path", { class: "dv-diagram-hit", d: path }), title);
  return group;
}

function drawNode(node, [x, y], curve, wide, words) {
  const high = curve.length ? HIGH : LOW, group = draw("g", { class: "dv-diagram-node", "data-part": `node ${node.number}` });
  group.append(draw("rect", { x: x - wide / 2, y: y - high / 2, width: wide, height: high, rx: node.kind === "hidden" ? 14 : 2 }));
  if (curve.length) {
    const side = Math.min(44, wide - 10), [left, middle] = [x - side / 2, y - high / 2 + 4 + GLYPH / 2];
    const points = curve.map((value, index) => `${(left + (side * index) / (curve.length - 1)).toFixed(1)} ${(middle - (value * GLYPH) / 2.4).toFixed(1)}`);
    group.append(draw("path", { class: "dv-diagram-axis", d: `M ${left} ${middle} h ${side}` }), draw("path", { d: `M ${points.join(" L ")}` }));
  }
  const text = draw("text", { x, y: curve.length ? y + high / 2 - 5 : y + 4, direction: "ltr" }), room = Math.max(3, Math.floor((wide - 6) / 6.2)), title = draw("title");
  const letters = [...node.name];
  text.textContent = letters.length > room ? `${letters.slice(0, room - 1).join("")}\u2026` : node.name;
  title.textContent = words;
  group.append(text, title);
  return group;
}
