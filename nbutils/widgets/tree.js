// The forest lies here as arrays: zooming, moving and selecting ask nobody; only pictures come from Python, when wanted.

const NEAREST = 300, STEP = 1.25, CLICK = 5, REACH = 8, REST = 150, PATIENCE = 10_000, MOST_WANTED = 48, MOST_KEPT = 600;
const HINT = "Drag or Shift with arrows moves, the wheel or plus and minus zoom, 0 shows all. Arrows: left to the parent, right to the first child, up and down to its siblings. Enter opens.";
const PANS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

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
  return { xs, ys, parents, children, kinds, number, bounds, names: model.get("names"), colours: model.get("colours") };
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

function drawMarker(kind, colour) {
  const canvas = make("canvas", { width: 16, height: 16, "aria-hidden": "true" }), context = canvas.getContext("2d");
  [context.fillStyle] = [colour];
  context.beginPath();
  outline(context, kind, 8, 8, 5);
  context.fill();
  return canvas;
}

async function render({ model, el, signal }) {
  await dress(model, el);
  el.classList.add("dv-fill");
  const canvas = make("canvas", { "aria-hidden": "true" }), tip = make("div", { class: "dv-tree-tip", dir: "auto", hidden: true });
  const empty = make("p", { class: "dv-tree-empty" });
  const root = make("div", { class: "dv-tree", role: "application", tabindex: 0, "aria-roledescription": "family tree", "aria-description": HINT, "data-painted": 0 }, canvas, tip, empty);
  const said = make("span", { role: "status", dir: "auto" }), legend = make("div", { class: "dv-tree-legend" });
  const press = (text, label, click) => make("button", { type: "button", "aria-label": label, title: label, click }, text);
  const near = press("Selected", "Go to what is selected", () => goTo(model.get("selected")));
  const tools = make("div", { class: "dv-row dv-tree-tools" }, press("All", "Show all", fitAll), press("+", "Nearer", () => zoomBy(STEP ** 2)), press("\u2212", "Farther", () => zoomBy(STEP ** -2)), near, said);
  el.append(root, tools, legend, make("span", { class: "dv-quiet" }, HINT));
  const context = canvas.getContext("2d", { alpha: false });
  let forest = readForest(model), view = { x: 0, y: 0, scale: 1 }, asked = 0, hovered = -1, way = [], drag = null, farthest = 1, fitted = false;
  const ask = () => { asked ||= requestAnimationFrame(paint); };
  const pictures = makePictures(model, ask);
  const size = () => [root.clientWidth, root.clientHeight];

  function paint() {
    asked = 0;
    const [width, height] = size(), density = Math.min(2, window.devicePixelRatio || 1);
    if (!width || !height || !forest.number) return;
    if (!fitted) fit();
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) [canvas.width, canvas.height] = [Math.round(width * density), Math.round(height * density)];
    const begun = performance.now();
    const seen = drawForest(context, forest, view, { width, height, density, way, hovered, pictures: pictures.kept });
    if (radiusAt(view.scale) >= PICTURED) pictures.want(seen);
    Object.assign(root.dataset, { painted: Number(root.dataset.painted) + 1, seen: seen.length, ms: (performance.now() - begun).toFixed(2), scale: view.scale.toFixed(3) });
  }

  function fit() {
    const [width, height] = size(), [left, top, right, bottom] = forest.bounds;
    farthest = Math.min((width - 40) / Math.max(right - left, 1e-6), (height - 40) / Math.max(bottom - top, 1e-6), 90);
    view = { x: (left + right) / 2, y: (top + bottom) / 2, scale: farthest };
    fitted = true;
  }
  function fitAll() {
    fitted = false;
    ask();
  }
  function zoomBy(factor, x = 0, y = 0) {
    const scale = Math.min(NEAREST, Math.max(Math.min(farthest, NEAREST), view.scale * factor)), [wx, wy] = [view.x + x / view.scale, view.y + y / view.scale];
    view = { x: wx - x / scale, y: wy - y / scale, scale };
    ask();
  }
  // The middle of the picture stays over the forest.
  function moveBy(across, down) {
    const [left, top, right, bottom] = forest.bounds;
    view.x = Math.min(right, Math.max(left, view.x - across / view.scale));
    view.y = Math.min(bottom, Math.max(top, view.y - down / view.scale));
    ask();
  }
  function goTo(node) {
    if (node < 0 || node >= forest.number) return;
    if (!fitted) fit();
    view = { x: forest.xs[node], y: forest.ys[node], scale: Math.max(view.scale, 120) };
    ask();
  }
  // Moves only as far as needed.
  function bringIntoSight(node) {
    const [width, height] = size(), reach = [0.42 * width / view.scale, 0.42 * height / view.scale];
    view.x = Math.min(forest.xs[node] + reach[0], Math.max(forest.xs[node] - reach[0], view.x));
    view.y = Math.min(forest.ys[node] + reach[1], Math.max(forest.ys[node] - reach[1], view.y));
  }
  function select(node) {
    if (node === model.get("selected")) return;
    model.set("selected", node);
    model.save_changes();
  }
  function describe(node) {
    const name = forest.names[node], kind = model.get("kind_names")[forest.kinds[node]], born = forest.children.get(node)?.length ?? 0;
    return [name || `${model.get("noun")} ${node}`, kind, `${wayUp(forest, node).length - 1} from the root`, born === 1 ? "1 child" : `${born} children`].filter(Boolean).join(" \u00b7 ");
  }
  const fromMiddle = (event) => {
    const box = root.getBoundingClientRect();
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  };
  const nodeAt = (event) => {
    const [x, y] = fromMiddle(event);
    return nearest(forest, view, view.x + x / view.scale, view.y + y / view.scale);
  };
  function hover(node, event) {
    tip.hidden = node < 0;
    if (node >= 0) {
      const box = root.getBoundingClientRect();
      tip.textContent = describe(node);
      tip.style.left = `${Math.max(0, Math.min(event.clientX - box.left + 12, box.width - tip.offsetWidth))}px`;
      tip.style.top = `${Math.max(0, event.clientY - box.top - 32)}px`;
    }
    if (node === hovered) return;
    hovered = node;
    root.classList.toggle("dv-over", node >= 0);
    ask();
  }
  const open = (node) => { if (node >= 0) model.send({ event: "open", forest: model.get("forest"), nodes: [node] }); };

  const fingers = new Map();
  const spread = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]); };
  root.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    fingers.set(event.pointerId, fromMiddle(event));
    drag = { way: fingers.size > 1 ? CLICK : 0, spread: fingers.size === 2 ? spread() : 0 };
    canvas.setPointerCapture(event.pointerId);
    root.focus({ preventScroll: true });
  });
  root.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId), now = fromMiddle(event);
    if (!before) return hover(nodeAt(event), event);
    fingers.set(event.pointerId, now);
    drag.way += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    root.classList.add("dv-dragging");
    moveBy((now[0] - before[0]) / fingers.size, (now[1] - before[1]) / fingers.size);
    if (fingers.size !== 2) return;
    const apart = spread(), [a, b] = [...fingers.values()];
    zoomBy(apart / Math.max(1, drag.spread), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    drag.spread = apart;
  });
  const release = (event) => {
    if (drag && drag.way < CLICK && event.type === "pointerup" && fingers.has(event.pointerId)) {
      const node = nodeAt(event);
      if (node >= 0) select(node);
    }
    fingers.delete(event.pointerId);
    root.classList.remove("dv-dragging");
  };
  root.addEventListener("pointerup", release);
  root.addEventListener("pointercancel", release);
  root.addEventListener("pointerleave", () => hover(-1));
  root.addEventListener("dblclick", (event) => open(nodeAt(event)));
  root.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 240), ...fromMiddle(event));
  }, { passive: false });
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !forest.number) return;
    const node = model.get("selected");
    if (event.key in PANS && event.shiftKey) moveBy(...PANS[event.key].map((way) => way * 80));
    else if (event.key in PANS) {
      const next = beside(forest, node, event.key);
      if (next >= 0) select(next);
    } else if (event.key === "+" || event.key === "=") zoomBy(STEP);
    else if (event.key === "-") zoomBy(1 / STEP);
    else if (event.key === "0") fitAll();
    else if (event.key === "Home" && node >= 0) select(wayUp(forest, node).at(-1));
    else if (event.key === "Enter") open(node);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function load() {
    forest = readForest(model);
    fitted = false;
    hovered = -1;
    pictures.forget();
    empty.hidden = forest.number > 0;
    canvas.hidden = !forest.number;
    tools.hidden = legend.hidden = !forest.number;
    const names = model.get("kind_names");
    legend.replaceChildren(...names.map((name, kind) => make("span", {}, drawMarker(kind, forest.colours[kind]), name)));
    onSelected();
    ask();
  }
  function onSelected() {
    const node = model.get("selected");
    way = node >= 0 && node < forest.number ? wayUp(forest, node) : [];
    near.disabled = !way.length;
    said.textContent = way.length ? describe(node) : "";
    if (way.length && fitted) bringIntoSight(node);
    ask();
  }
  const onAim = () => { if (Number.isInteger(model.get("aim").node)) goTo(model.get("aim").node); };
  watch(model, "alt height empty", () => {
    root.style.height = `min(${model.get("height")}px, max(320px, calc(100vh - 190px)))`;
    root.setAttribute("aria-label", model.get("alt"));
    empty.textContent = model.get("empty");
  });
  const heard = { "change:forest": load, "change:selected": onSelected, "change:aim": onAim, "change:batch": pictures.take };
  for (const [event, listener] of Object.entries(heard)) model.on(event, listener);
  const sizes = new ResizeObserver(ask);
  sizes.observe(root);
  const watcher = tellSight(model, root);
  load();
  pictures.take();
  onAim();
  signal.addEventListener("abort", () => {
    for (const [event, listener] of Object.entries(heard)) model.off(event, listener);
    sizes.disconnect();
    watcher.disconnect();
    pictures.forget();
    cancelAnimationFrame(asked);
  });
}
export default { render };
