// One renderer of pythreejs for all objects. Turning, sorting, zooming and playing happen here, without asking Python.

const STEP = Math.PI / 18, PER_PIXEL = 0.01, CLICK = 5, ZOOM = 1.25, LEAST_LABEL = 70, LONGEST_BREAK = 1_000;
const KEYS = "Arrow keys turn, plus and minus zoom, 0 goes back to the first view.";
const PICK_KEYS = " Shift with arrow keys, or a click, selects.";

async function refer(model, reference) {
  const found = await model.widget_manager.get_model(reference.slice("IPY_MODEL_".length));
  await found.initPromise;
  return found;
}

// Puts the renderer's own view into `place` and returns how to draw with it; a browser without WebGL throws.
async function setUp(model, place) {
  const renderer = await refer(model, model.get("renderer"));
  const [mesh, outlines] = await Promise.all(["mesh", "outlines"].map((name) => refer(model, model.get(name))));
  const view = await model.widget_manager.create_view(renderer);
  view.trigger("displayed");
  view.el.setAttribute("aria-hidden", "true");
  place.prepend(view.el);
  const camera = renderer.get("camera").obj;
  let sorted = "", shown = null;

  function load(geometry, boxes, content) {
    const index = geometry.obj.index;
    if (!geometry.dvTriangles) {
      geometry.dvTriangles = index.array.slice();
      index.dynamic = true;
    }
    mesh.obj.geometry = geometry.obj;
    mesh.dvTriangles = geometry.dvTriangles;
    outlines.obj.geometry = boxes.obj;
    [sorted, shown] = ["", content];
  }

  function order(pose, frame) {
    const { starts, cells } = shown, sides = viewedFrom(pose), key = [frame, ...sides].join();
    if (key === sorted) return;
    sorted = key;
    const index = mesh.obj.geometry.index;
    sortFaces(cells, mesh.dvTriangles, starts[frame], starts[frame + 1], sides, index.array);
    mesh.obj.geometry.setDrawRange(0, 3 * (starts[frame + 1] - starts[frame]));
    index.needsUpdate = true;
  }

  function draw(pose, frame, grid, width, height) {
    order(pose, frame);
    for (const { obj } of [mesh, outlines]) obj.quaternion.set(...quaternion(pose));
    const [across, down] = [width / grid.side / 2, height / grid.side / 2], [x, y] = [grid.x - 0.5, 0.5 - grid.y];
    Object.assign(camera, { left: x - across, right: x + across, top: y + down, bottom: y - down });
    camera.updateProjectionMatrix();
    if (renderer.get("_width") !== width || renderer.get("_height") !== height) renderer.set({ _width: width, _height: height });
    view.renderScene();
  }
  return { load, draw, remove: () => view.remove() };
}

// The controls of a film, and its clock.
function makeFilm(model, seen, changed) {
  let begun = null, turn = 0, playing = false;
  const frames = () => Math.max(0, model.get("starts").length - 1);
  const play = make("button", { type: "button", class: "dv-first", click: () => setPlaying(!playing) }, "Play");
  const back = make("button", { type: "button", click: () => step(-1) }, "Step back");
  const forward = make("button", { type: "button", click: () => step(1) }, "Step forward");
  const slider = make("input", { type: "range", min: 0, step: 1, "aria-label": "Frame" });
  const words = make("span", { class: "dv-quiet" });
  slider.addEventListener("input", () => { setPlaying(false); goTo(Number(slider.value)); });
  const bar = make(
    "div", { class: "dv-film", role: "group", "aria-label": "Film" },
    make("div", { class: "dv-row" }, play, back, forward, words), make("div", { class: "dv-slider" }, slider),
  );

  function goTo(frame) {
    model.set("frame", Math.max(0, Math.min(frames() - 1, frame)));
    model.save_changes();
  }
  function step(by) {
    setPlaying(false);
    goTo(model.get("frame") + by);
  }
  function setPlaying(on) {
    playing = on && frames() > 1;
    play.textContent = playing ? "Pause" : "Play";
    begun = null;
    if (playing && !turn) turn = requestAnimationFrame(tick);
  }
  function tick(now) {
    turn = 0;
    if (!playing) return;
    // Out of sight, or after the page hung, it goes on where it was instead of leaping.
    if (!begun || !seen() || now - begun.last > LONGEST_BREAK) begun = { at: now, frame: model.get("frame") };
    begun.last = now;
    const frame = (begun.frame + Math.floor((now - begun.at) / 1000 * model.get("rate"))) % frames();
    if (frame !== model.get("frame")) goTo(frame);
    turn = requestAnimationFrame(tick);
  }
  function show() {
    const number = frames(), frame = model.get("frame"), caption = model.get("captions")[frame];
    bar.hidden = number < 2;
    slider.max = Math.max(0, number - 1);
    slider.value = frame;
    words.textContent = `Frame ${frame + 1} of ${number}${caption ? ": " + caption : ""}`;
    slider.setAttribute("aria-valuetext", words.textContent);
    changed();
  }
  const begin = () => { setPlaying(false); show(); };
  return { bar, show, begin, toggle: () => setPlaying(!playing), end: () => cancelAnimationFrame(turn) };
}

// Labels, and the ring around what is selected, laid over the canvas.
function makeOverlay(model, place) {
  const ring = make("div", { class: "dv-stage-ring" });
  let labels = [];
  place.append(ring);

  function rename(texts) {
    labels.forEach((label) => label.remove());
    labels = texts.map((text) => make("div", { class: "dv-stage-label" }, text));
    place.append(...labels);
  }
  function put(node, [column, row], grid, width, height) {
    node.style.left = `${(column - grid.x) * grid.side + width / 2}px`;
    node.style.top = `${(row - grid.y) * grid.side + height / 2}px`;
    node.style.width = node.style.height = `${grid.side}px`;
  }
  function arrange(places, grid, width, height) {
    const chosen = places[model.get("selected")];
    ring.hidden = !chosen;
    if (chosen) put(ring, chosen, grid, width, height);
    labels.forEach((label, index) => {
      label.hidden = grid.side < LEAST_LABEL || !places[index];
      if (!label.hidden) put(label, places[index], grid, width, height);
    });
  }
  return { rename, arrange };
}

async function render({ model, el, signal }) {
  await dress(model, el);
  el.classList.add("dv-fill");
  const pickable = model.get("pickable");
  const place = make("div", { class: "dv-stage-place" });
  const root = make("div", { class: "dv-stage3", role: "application", tabindex: 0, "aria-roledescription": "3D stage" }, place);
  const empty = make("p", { class: "dv-stage-empty" });
  const said = make("div", { class: "dv-unseen", "aria-live": "polite" });
  const keys = make("span", { class: "dv-quiet dv-stage-keys" }, `Drag to turn. ${KEYS}${pickable ? PICK_KEYS : ""}`);
  const reset = make("button", { type: "button", click: () => { pose = startView(); ask(); } }, "First view");
  let pose = startView(), drawer = null, content = null, asked = 0, drag = null, inSight = true;
  root.dataset.painted = "0";
  root.append(empty);
  const film = makeFilm(model, () => inSight && !document.hidden, () => ask());
  const overlay = makeOverlay(model, place);
  el.append(root, make("div", { class: "dv-row dv-stage-tools" }, reset, keys), film.bar, said);

  const ask = () => { asked ||= requestAnimationFrame(paint); };
  const grid = () => seenGrid(content.places, place.clientWidth, place.clientHeight, pose.zoom, model.get("selected"));

  function paint() {
    asked = 0;
    const { clientWidth: width, clientHeight: height } = place;
    if (!content || !width || !height) return;
    const seen = grid(), frame = Math.min(model.get("frame"), content.starts.length - 2);
    drawer.draw(pose, frame, seen, width, height);
    overlay.arrange(content.places, seen, width, height);
    root.dataset.painted = String(Number(root.dataset.painted) + 1);
    root.dataset.frame = String(frame);
  }

  async function load() {
    const [geometry, boxes] = [model.get("geometry"), model.get("boxes")];
    place.hidden = !geometry;
    empty.hidden = Boolean(geometry);
    if (!geometry) content = null;
    if (!geometry || !drawer) return;
    const cells = model.get("cells"), bytes = new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
    const coming = { cells: bytes, starts: model.get("starts"), places: model.get("places"), labels: model.get("labels") };
    try {
      const models = await Promise.all([refer(model, geometry), refer(model, boxes)]);
      // Only the newest is shown; what came before it may be closed already.
      if (signal.aborted || geometry !== model.get("geometry")) return;
      drawer.load(...models, coming);
    } catch (error) {
      if (geometry !== model.get("geometry")) return;
      throw error;
    }
    // From here on all that belongs to the new picture is used at once: nothing is drawn half old, half new.
    content = coming;
    overlay.rename(content.labels);
    film.begin();
  }

  function select(index) {
    if (!pickable || !content || index < 0 || index >= content.places.length) return;
    model.set("selected", index);
    model.save_changes();
  }
  function selectBeside(across, down) {
    if (!content) return;
    const { places } = content, [column, row] = places[model.get("selected")] || [-across, -down];
    select(places.findIndex(([c, r]) => c === Math.max(0, column + across) && r === Math.max(0, row + down)));
  }
  function pick(event) {
    if (!content) return;
    const box = place.getBoundingClientRect(), { side, x, y } = grid();
    const column = Math.floor((event.clientX - box.left - box.width / 2) / side + x);
    const row = Math.floor((event.clientY - box.top - box.height / 2) / side + y);
    select(content.places.findIndex(([c, r]) => c === column && r === row));
  }

  const turns = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const zooms = { "+": ZOOM, "=": ZOOM, "-": 1 / ZOOM };
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [across, down] = turns[event.key] || [0, 0];
    if (event.key in turns) event.shiftKey ? selectBeside(across, down) : turnBy(pose, across * STEP, down * STEP);
    else if (event.key in zooms) zoomBy(pose, zooms[event.key]);
    else if (event.key === "0" || event.key === "Home") pose = startView();
    else if (event.key === " " && !film.bar.hidden) film.toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
    ask();
  });
  place.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    drag = { x: event.clientX, y: event.clientY, way: 0 };
    place.setPointerCapture(event.pointerId);
    root.focus({ preventScroll: true });
  });
  place.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [across, down] = [event.clientX - drag.x, event.clientY - drag.y];
    drag = { x: event.clientX, y: event.clientY, way: drag.way + Math.abs(across) + Math.abs(down) };
    turnBy(pose, across * PER_PIXEL, down * PER_PIXEL);
    ask();
  });
  place.addEventListener("pointerup", (event) => {
    if (drag && drag.way < CLICK) pick(event);
    drag = null;
  });
  place.addEventListener("pointercancel", () => { drag = null; });

  watch(model, "height alt empty", () => {
    root.style.height = `min(${model.get("height")}px, max(320px, calc(100vh - 190px)))`;
    root.setAttribute("aria-label", model.get("alt"));
    root.setAttribute("aria-description", keys.textContent);
    empty.textContent = model.get("empty");
  });
  const onSelected = () => {
    const index = model.get("selected"), label = model.get("labels")[index];
    said.textContent = index < 0 ? "" : `${label || `object ${index}`} selected`;
    ask();
  };
  const heard = { "change:geometry": load, "change:frame": film.show, "change:selected": onSelected };
  for (const [event, listener] of Object.entries(heard)) model.on(event, listener);
  const sizes = new ResizeObserver(ask);
  sizes.observe(place);
  const watcher = tellSight(model, root);
  const sight = new IntersectionObserver((changes) => { inSight = changes.at(-1).isIntersecting; });
  sight.observe(root);
  signal.addEventListener("abort", () => {
    for (const [event, listener] of Object.entries(heard)) model.off(event, listener);
    for (const observer of [sizes, watcher, sight]) observer.disconnect();
    cancelAnimationFrame(asked);
    film.end();
    drawer?.remove();
  });
  try {
    drawer = await setUp(model, place);
  } catch {
    [place.hidden, empty.hidden] = [true, false];
    empty.textContent = "This browser cannot draw in 3D: turn on WebGL (hardware acceleration) in its settings, or try another browser.";
    return;
  }
  await load();
}
export default { render };
