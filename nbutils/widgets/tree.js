// The forest lies here as arrays: zooming, moving and selecting ask nobody; only pictures come from Python, when wanted.

const STEP = 1.25, CLICK = 5, PAN = 80;
const HINT = "Drag or Shift with arrows moves, the wheel or plus and minus zoom, 0 shows all. Arrows: left to the parent, right to the first child, up and down to its siblings, Home to the root. Enter or a double click opens.";
const PANS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ZOOMS = { "+": STEP, "=": STEP, "-": 1 / STEP };

// What keys do; returns whether the key was one of them.
function answerKey(event, acts) {
  if (event.ctrlKey || event.metaKey || event.altKey || !acts.number()) return false;
  if (event.key in PANS && event.shiftKey) acts.moveBy(...PANS[event.key].map((way) => way * PAN));
  else if (event.key in PANS) acts.selectBeside(event.key);
  else if (event.key in ZOOMS) acts.zoomBy(ZOOMS[event.key]);
  else if (event.key === "0") acts.fitAll();
  else if (event.key === "Home") acts.selectRoot();
  else if (event.key === "Enter") acts.open();
  else return false;
  return true;
}

// Where a pointer is, in pixels from the middle.
function fromMiddle(root, event) {
  const box = root.getBoundingClientRect();
  return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
}

// One finger or the mouse moves, two fingers zoom, a touch that stays selects.
function listenToPointers(root, acts) {
  const fingers = new Map();
  let moved = 0, apart = 0;
  const middle = () => { const [a, b] = [...fingers.values()]; return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]; };
  const distance = () => { const [a, b] = [...fingers.values()]; return Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1])); };

  root.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    fingers.set(event.pointerId, fromMiddle(root, event));
    moved = fingers.size > 1 ? CLICK : 0;
    if (fingers.size === 2) apart = distance();
    root.setPointerCapture(event.pointerId);
    root.focus({ preventScroll: true });
  });
  root.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId), now = fromMiddle(root, event);
    if (!before) return acts.hover(now);
    const [across, down] = [now[0] - before[0], now[1] - before[1]];
    fingers.set(event.pointerId, now);
    moved += Math.abs(across) + Math.abs(down);
    root.classList.add("dv-dragging");
    acts.moveBy(across / fingers.size, down / fingers.size);
    if (fingers.size !== 2) return;
    acts.zoomBy(distance() / apart, ...middle());
    apart = distance();
  });
  const release = (event) => {
    if (fingers.delete(event.pointerId) && moved < CLICK && event.type === "pointerup") acts.pick(fromMiddle(root, event));
    root.classList.remove("dv-dragging");
  };
  root.addEventListener("pointerup", release);
  root.addEventListener("pointercancel", release);
  root.addEventListener("pointerleave", () => acts.hover(null));
  root.addEventListener("dblclick", (event) => acts.open(fromMiddle(root, event)));
  root.addEventListener("wheel", (event) => {
    event.preventDefault();
    acts.zoomBy(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 240), ...fromMiddle(root, event));
  }, { passive: false });
}

function drawMarker(kind, colour) {
  const canvas = make("canvas", { width: 16, height: 16, "aria-hidden": "true" }), context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.beginPath();
  outline(context, kind, 8, 8, 5);
  context.fill();
  return canvas;
}

// What selecting and opening mean to Python.
function makeSelecting(model, forest, view) {
  const selected = () => model.get("selected");
  const nodeAt = ([x, y]) => nearest(forest(), view.get(), view.get().x + x / view.get().scale, view.get().y + y / view.get().scale);
  function select(node) {
    if (node < 0 || node === selected()) return;
    model.set("selected", node);
    model.save_changes();
  }
  return {
    nodeAt,
    number: () => forest().number,
    pick: (point) => select(nodeAt(point)),
    selectBeside: (key) => select(beside(forest(), selected(), key)),
    selectRoot: () => select(wayUp(forest(), selected()).at(-1) ?? -1),
    open(point = null) {
      const node = point ? nodeAt(point) : selected();
      if (node >= 0) model.send({ event: "open", forest: model.get("forest"), nodes: [node] });
    },
  };
}

function build(model, el) {
  const canvas = make("canvas", { "aria-hidden": "true" }), tip = make("div", { class: "dv-tree-tip", dir: "auto", hidden: true }), empty = make("p", { class: "dv-tree-empty" });
  const root = make("div", { class: "dv-tree", role: "application", tabindex: 0, "aria-roledescription": "family tree", "aria-description": HINT, "data-painted": 0 }, canvas, tip, empty);
  const said = make("span", { role: "status", dir: "auto" }), legend = make("div", { class: "dv-tree-legend" }), row = make("div", { class: "dv-row" });
  const below = make("div", { class: "dv-tree-below" }, row, legend, make("span", { class: "dv-quiet" }, HINT));
  el.append(root, below);
  return { canvas, tip, empty, root, said, legend, row, below };
}

async function render({ model, el, signal }) {
  await dress(model, el);
  el.classList.add("dv-fill");
  const { canvas, tip, empty, root, said, legend, row, below } = build(model, el);
  const context = canvas.getContext("2d", { alpha: false });
  let forest = readForest(model), asked = 0, hovered = -1, way = [];
  const ask = () => { asked ||= requestAnimationFrame(paint); };
  const size = () => [root.clientWidth, root.clientHeight];
  const pictures = makePictures(model, ask), view = makeView(size, () => forest, ask), selecting = makeSelecting(model, () => forest, view);
  const press = (text, label, click) => make("button", { type: "button", "aria-label": label, title: label, click }, text);
  const near = press("Selected", "Go to what is selected", () => view.goTo(model.get("selected")));
  row.append(press("All", "Show all", view.fitAll), press("+", "Nearer", () => view.zoomBy(STEP ** 2)), press("\u2212", "Farther", () => view.zoomBy(STEP ** -2)), near, said);

  function paint() {
    asked = 0;
    const [width, height] = size(), density = Math.min(2, window.devicePixelRatio || 1);
    if (!width || !height || !forest.number) return;
    const pixels = [Math.round(width * density), Math.round(height * density)], begun = performance.now();
    if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
    const seen = drawForest(context, forest, view.get(), { width, height, density, way, hovered, pictures: pictures.kept });
    if (radiusAt(view.get().scale) >= PICTURED) pictures.want(seen);
    const told = { painted: Number(root.dataset.painted) + 1, seen: seen.length, ms: (performance.now() - begun).toFixed(2), scale: view.get().scale.toFixed(3) };
    Object.assign(root.dataset, told);
  }

  function hover(point) {
    const node = point ? selecting.nodeAt(point) : -1, [width, height] = size();
    tip.hidden = node < 0;
    if (node >= 0) {
      tip.textContent = describe(forest, node);
      tip.style.left = `${Math.max(0, Math.min(point[0] + width / 2 + 12, width - tip.offsetWidth))}px`;
      tip.style.top = `${Math.max(0, point[1] + height / 2 - 32)}px`;
    }
    if (node === hovered) return;
    hovered = node;
    root.classList.toggle("dv-over", node >= 0);
    ask();
  }
  const acts = { ...view, ...selecting, hover };
  listenToPointers(root, acts);
  root.addEventListener("keydown", (event) => {
    if (!answerKey(event, acts)) return;
    event.preventDefault();
    event.stopPropagation();
  });

  function load() {
    forest = readForest(model);
    pictures.forget();
    hover(null);
    view.fitAll();
    empty.hidden = forest.number > 0;
    canvas.hidden = below.hidden = !forest.number;
    legend.replaceChildren(...forest.kindNames.map((name, kind) => make("span", {}, drawMarker(kind, forest.colours[kind]), name)));
    onSelected();
  }
  function onSelected() {
    const node = model.get("selected"), inside = node >= 0 && node < forest.number;
    way = inside ? wayUp(forest, node) : [];
    near.disabled = !inside;
    said.textContent = inside ? describe(forest, node) : "";
    if (inside) view.bringIntoSight(node);
    ask();
  }
  const onAim = () => {
    const { node = -1 } = model.get("aim");
    if (node >= 0 && node < forest.number) view.goTo(node);
  };
  watch(model, "alt height empty", () => {
    root.style.height = `min(${model.get("height")}px, max(320px, calc(100vh - 190px)))`;
    root.setAttribute("aria-label", model.get("alt"));
    empty.textContent = model.get("empty");
  });
  const heard = { "change:forest": load, "change:selected": onSelected, "change:aim": onAim, "change:batch": pictures.take };
  for (const [event, listener] of Object.entries(heard)) model.on(event, listener);
  const watchers = [new ResizeObserver(ask), tellSight(model, root)];
  watchers[0].observe(root);
  load();
  pictures.take();
  onAim();
  signal.addEventListener("abort", () => {
    for (const [event, listener] of Object.entries(heard)) model.off(event, listener);
    for (const watcher of watchers) watcher.disconnect();
    pictures.forget();
    cancelAnimationFrame(asked);
  });
}
export default { render };
