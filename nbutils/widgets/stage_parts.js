// What a stage of films is made of: its drawing, the controls of a film, and what is laid over the canvas.

const LEAST_LABEL = 70, LONGEST_BREAK = 1_000;

// Puts the renderer's own view into `place` and returns how to draw a film with it.
async function setUp(model, place, changed) {
  const canvas = await openCanvas(model, place, changed);
  const [mesh, outlines] = await Promise.all(["mesh", "outlines"].map((name) => refer(model, model.get(name))));
  let shown = null;

  function load(geometry, boxes, content) {
    const index = geometry.obj.index;
    if (!geometry.dvTriangles) {
      geometry.dvTriangles = index.array.slice();
      index.dynamic = true;
    }
    mesh.obj.geometry = geometry.obj;
    mesh.dvTriangles = geometry.dvTriangles;
    outlines.obj.geometry = boxes.obj;
    shown = content;
    mesh.dvSorted = "";
  }

  function order(pose, frame) {
    const { starts, cells } = shown, sides = viewedFrom(pose), key = [frame, ...sides].join();
    // Two views of one stage share what is sorted.
    if (key === mesh.dvSorted) return;
    mesh.dvSorted = key;
    const index = mesh.obj.geometry.index;
    sortFaces(cells, mesh.dvTriangles, starts[frame], starts[frame + 1], sides, index.array);
    mesh.obj.geometry.setDrawRange(0, 3 * (starts[frame + 1] - starts[frame]));
    index.needsUpdate = true;
  }

  function draw(pose, frame, grid, width, height) {
    order(pose, frame);
    for (const { obj } of [mesh, outlines]) obj.quaternion.set(...quaternion(pose));
    canvas.draw({ side: grid.side, x: grid.x - 0.5, y: 0.5 - grid.y, width, height });
  }
  return { load, draw, remove: canvas.remove };
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
    labels = texts.map((text) => make("div", { class: "dv-stage-label" }, make("span", {}, text)));
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
