// One renderer of pythreejs for all objects. Turning, sorting, zooming and playing happen here, without asking Python.

const KEYS = "Arrow keys turn, plus and minus zoom, 0 goes back to the first view.";
const PICK_KEYS = " Shift with arrow keys, or a click, selects.";

// What keys do; returns whether the key was one of them.
function answerKey(event, acts) {
  const [across, down] = ARROWS[event.key] || [0, 0];
  if (event.key in ARROWS && event.shiftKey) acts.selectBeside(across, down);
  else if (event.key in ARROWS) acts.turn(across * STEP, down * STEP);
  else if (event.key in ZOOMS) acts.zoom(ZOOMS[event.key]);
  else if (event.key === "0" || event.key === "Home") acts.reset();
  else if (event.key === " " && acts.hasFilm()) acts.play();
  else return false;
  return true;
}

// Selects by place in the grid; `shown()` is what is drawn now, `grid()` which part of it is in sight.
function makeSelecting(model, place, shown, grid) {
  function select(at) {
    const index = shown().places.findIndex(([column, row]) => column === at[0] && row === at[1]);
    if (index < 0 || !model.get("pickable")) return;
    model.set("selected", index);
    model.save_changes();
  }
  return {
    selectBeside(across, down) {
      if (!shown()) return;
      const [column, row] = shown().places[model.get("selected")] || [-across, -down];
      select([Math.max(0, column + across), Math.max(0, row + down)]);
    },
    pick(event) {
      if (!shown()) return;
      const box = place.getBoundingClientRect(), { side, x, y } = grid();
      const along = (at, from, length, middle) => Math.floor((at - from - length / 2) / side + middle);
      select([along(event.clientX, box.left, box.width, x), along(event.clientY, box.top, box.height, y)]);
    },
  };
}

async function render({ model, el, signal }) {
  await dress(model, el);
  el.classList.add("dv-fill");
  const place = make("div", { class: "dv-stage-place" });
  const root = make("div", { class: "dv-stage3", role: "application", tabindex: 0, "aria-roledescription": "3D stage" }, place);
  const empty = make("p", { class: "dv-stage-empty" });
  const said = make("div", { class: "dv-unseen", "aria-live": "polite" });
  const keys = `${KEYS}${model.get("pickable") ? PICK_KEYS : ""}`, able = canDraw();
  let pose = startView(), drawer = null, content = null, asked = 0, inSight = true;
  root.dataset.painted = "0";
  root.append(empty);
  const film = makeFilm(model, () => inSight && !document.hidden, () => ask());
  const overlay = makeOverlay(model, place);

  const ask = () => { asked ||= requestAnimationFrame(paint); };
  const change = (alter) => (...values) => { alter(...values); ask(); };
  const grid = () => seenGrid(content.places, place.clientWidth, place.clientHeight, pose.zoom, model.get("selected"));
  const acts = {
    ...makeSelecting(model, place, () => content, grid),
    turn: change((across, down) => turnBy(pose, across, down)),
    zoom: change((factor) => { pose.zoom = zoomed(pose.zoom, factor); }),
    reset: change(() => { pose = startView(); }),
    hasFilm: () => !film.bar.hidden,
    play: film.toggle,
  };
  const reset = make("button", { type: "button", click: acts.reset }, "First view");
  const hint = make("span", { class: "dv-quiet dv-stage-keys" }, `Drag to turn. ${keys}`);
  el.append(root, make("div", { class: "dv-row dv-stage-tools" }, reset, hint), film.bar, said);
  onKeys(root, (event) => answerKey(event, acts));
  onDrag(root, place, acts);

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
    place.hidden = !geometry || !able;
    empty.hidden = !place.hidden;
    empty.textContent = able ? model.get("empty") : NO_WEBGL;
    if (!geometry) {
      content = null;
      film.begin();
    }
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

  watch(model, "height alt", () => {
    root.style.height = `min(${model.get("height")}px, max(320px, calc(100vh - 190px)))`;
    root.setAttribute("aria-label", model.get("alt"));
    root.setAttribute("aria-description", keys);
  });
  const onSelected = () => {
    const index = model.get("selected"), label = model.get("labels")[index];
    said.textContent = index < 0 ? "" : `${label || `object ${index}`} selected`;
    ask();
  };
  const heard = { "change:geometry change:empty": load, "change:frame": film.show, "change:selected": onSelected };
  for (const [events, listener] of Object.entries(heard)) model.on(events, listener);
  const sizes = new ResizeObserver(ask);
  sizes.observe(place);
  const sight = new IntersectionObserver((changes) => { inSight = changes.at(-1).isIntersecting; });
  sight.observe(root);
  const watchers = [sizes, sight, tellSight(model, root)];
  signal.addEventListener("abort", () => {
    for (const [events, listener] of Object.entries(heard)) model.off(events, listener);
    for (const watcher of watchers) watcher.disconnect();
    cancelAnimationFrame(asked);
    film.end();
    drawer?.remove();
  });
  if (able) drawer = await setUp(model, place, ask);
  await load();
}
export default { render };
