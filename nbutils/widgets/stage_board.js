// A chess board and its pieces in one canvas. Turning, zooming and picking happen here, without asking Python.

const KEYS = "Arrow keys, or dragging, turn; plus and minus zoom, 0 goes back to the first view; a click, or Shift with arrow keys, selects a piece.";
const FIRST = { turn: 0.35, tilt: 0.6, zoom: 1 }, LEAST_TILT = 0.1;
// From the middle of the board to its corners, and how high pieces are, in squares.
const REACH = 5.75, HIGHEST = 1.9, LOWEST = 0.25;

// The pieces that the graphics card has; all views of a board share them.
async function openBoard(model, place, changed) {
  const canvas = await openCanvas(model, place, changed), pattern = await refer(model, model.get("pattern"));
  const held = pattern.dvBoard ||= { show: 0, objects: [], meshes: [], feet: [] };

  function bring({ show, meshes, pieces, colours }) {
    if (held.show === show) return;
    held.objects.forEach((object) => { canvas.scene.remove(object); object.geometry.dispose(); });
    const read = meshes.map((mesh) => ({ ...readMesh(mesh) })), made = new Map();
    for (const mesh of read) mesh.box = boxOf(mesh.position);
    held.meshes = pieces.map(([mesh]) => read[mesh]);
    held.feet = pieces.map(([, column, row]) => [column - 3.5, row - 3.5, 0]);
    held.objects = pieces.map(([mesh], index) => {
      const key = [mesh, colours[index]].join();
      if (!made.has(key)) made.set(key, makeGeometry(pattern.obj, read[mesh], colours[index]));
      return makeObject(pattern.obj, made.get(key));
    });
    held.objects.forEach((object) => canvas.scene.add(object));
    held.show = show;
  }
  function draw(turned, aim) {
    for (const object of [pattern.obj, ...held.objects]) object.quaternion.set(...turned);
    held.objects.forEach((object, index) => object.position.set(...rotated(held.feet[index], turned)));
    canvas.draw(aim);
  }
  function remove() {
    held.objects.forEach((object) => object.geometry.dispose());
    canvas.remove();
  }
  return { held, bring, draw, remove };
}

// What of the picture is in sight: all of the board, or what is around the selected piece where it is magnified.
function aimAt({ tilt, zoom }, point, width, height) {
  const [low, high] = [-REACH * Math.sin(tilt) - LOWEST, REACH * Math.sin(tilt) + HIGHEST * Math.cos(tilt)];
  const side = Math.min(width / (2 * REACH), height / (high - low)) * zoom;
  const [x, y] = zoom > 1 && point ? point : [0, (low + high) / 2];
  return { side, x, y, width, height };
}

// Where a piece is in the picture, with a margin: left, top, width and height in pixels.
function outline(mesh, foot, turned, { side, x, y, width, height }) {
  const { low, high } = mesh.box, corners = [];
  for (let corner = 0; corner < 8; corner++) {
    const at = [0, 1, 2].map((axis) => foot[axis] + (corner >> axis & 1 ? high : low)[axis]);
    corners.push(rotated(at, turned));
  }
  const [across, up] = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
  const [wide, tall] = [across, up].map((values) => (Math.max(...values) - Math.min(...values)) * side + 8);
  return [(Math.min(...across) - x) * side + width / 2 - 4, (y - Math.max(...up)) * side + height / 2 - 4, wide, tall];
}

function putRing(ring, [left, top, wide, tall]) {
  Object.assign(ring.style, { left: `${left}px`, top: `${top}px`, width: `${wide}px`, height: `${tall}px` });
}

// The frame around the selected piece, and its name.
function makeFrame(place) {
  const name = make("span"), ring = make("div", { class: "dv-stage-ring" }), text = make("div", { class: "dv-stage-label" }, name);
  place.append(ring, text);
  return (mesh, foot, label, turned, aim) => {
    ring.hidden = text.hidden = !mesh;
    if (!mesh) return;
    const [left, top, wide, tall] = outline(mesh, foot, turned, aim);
    putRing(ring, [left, top, wide, tall]);
    name.textContent = label;
    Object.assign(text.style, { left: `${left + wide / 2 - 100}px`, top: `${top + tall}px`, width: "200px" });
  };
}

// Frames around the marked pieces, fainter than that of the selected one.
function makeMarks(place) {
  const rings = [];
  return (held, marked, turned, aim) => {
    while (rings.length < marked.length) {
      rings.push(make("div", { class: "dv-stage-ring dv-stage-mark" }));
      place.append(rings.at(-1));
    }
    rings.forEach((ring, index) => {
      const piece = marked[index], mesh = held.meshes[piece];
      ring.hidden = !mesh;
      if (mesh) putRing(ring, outline(mesh, held.feet[piece], turned, aim));
    });
  };
}

// What keys do; returns whether the key was one of them.
function answerBoardKey(event, acts) {
  const [across, down] = ARROWS[event.key] || [0, 0];
  if (event.key in ARROWS && event.shiftKey) acts.selectBeside(across, -down);
  else if (event.key in ARROWS) acts.turn(across * STEP, down * STEP);
  else if (event.key in ZOOMS) acts.zoom(ZOOMS[event.key]);
  else if (event.key === "0" || event.key === "Home") acts.reset();
  else return false;
  return true;
}

async function render({ model, el, signal }) {
  await dress(model, el);
  el.classList.add("dv-fill");
  const able = canDraw(), place = make("div", { class: "dv-stage-place" });
  const root = make("div", { class: "dv-stage3", role: "application", tabindex: 0, "aria-roledescription": "3D board", "aria-description": KEYS }, place);
  const empty = make("p", { class: "dv-stage-empty" }), said = make("div", { class: "dv-unseen", "aria-live": "polite" });
  root.append(empty);
  Object.assign(root.dataset, { painted: "0", drawn: "0" });
  let pose = { ...FIRST }, board = null, asked = 0;
  const marks = makeMarks(place), frame = makeFrame(place);

  const ask = () => { asked ||= requestAnimationFrame(paint); };
  const change = (alter) => (...values) => { alter(...values); ask(); };
  const points = () => board.held.feet.map((foot) => rotated(foot, quaternion(pose)));
  const aim = () => aimAt(pose, points()[model.get("selected")], place.clientWidth, place.clientHeight);
  const select = (index) => {
    if (index < 0) return;
    model.set("selected", index);
    model.save_changes();
  };
  const acts = {
    turn: change((across, down) => {
      turnBy(pose, across, down);
      pose.tilt = Math.max(LEAST_TILT, pose.tilt);
    }),
    zoom: change((factor) => { pose.zoom = zoomed(pose.zoom, factor); }),
    reset: change(() => { pose = { ...FIRST }; }),
    pick(event) {
      const box = place.getBoundingClientRect(), { side, x, y, width, height } = aim();
      const point = [(event.clientX - box.left - width / 2) / side + x, y - (event.clientY - box.top - height / 2) / side];
      select(pieceAt(point, board.held.feet, board.held.meshes, quaternion(pose)));
    },
    selectBeside(across, up) {
      const selected = model.get("selected"), stand = points();
      if (stand.length) select(selected < 0 ? 0 : nearestTowards(stand, selected, [across, up]));
    },
  };
  const first = make("button", { type: "button", click: acts.reset }, "First view");
  el.append(root, make("div", { class: "dv-row dv-stage-tools" }, first, make("span", { class: "dv-quiet dv-stage-keys" }, KEYS)), said);
  onKeys(root, (event) => board && answerBoardKey(event, acts));
  onDrag(root, place, acts);

  function paint() {
    asked = 0;
    const { clientWidth: width, clientHeight: height } = place, content = model.get("board");
    if (!board || !content.show || !width || !height) return;
    board.bring(content);
    const turned = quaternion(pose), seen = aim(), selected = model.get("selected");
    board.draw(turned, seen);
    marks(board.held, model.get("marked"), turned, seen);
    frame(board.held.meshes[selected], board.held.feet[selected], content.labels[selected], turned, seen);
    root.dataset.painted = String(Number(root.dataset.painted) + 1);
    // Said when the picture is on the screen.
    requestAnimationFrame(() => { root.dataset.drawn = String(content.show); });
  }

  const load = () => {
    place.hidden = !model.get("board").show || !able;
    empty.hidden = !place.hidden;
    empty.textContent = able ? model.get("empty") : NO_WEBGL;
    ask();
  };
  watch(model, "height alt", () => {
    root.style.height = `min(${model.get("height")}px, max(320px, calc(100vh - 190px)))`;
    root.setAttribute("aria-label", model.get("alt"));
  });
  const onSelected = () => {
    const labels = model.get("board").labels ?? [], label = labels[model.get("selected")];
    const marked = model.get("marked").map((index) => labels[index]).filter(Boolean);
    said.textContent = [label ? `${label} selected` : "", marked.length ? `marked: ${marked.join("; ")}` : ""].filter(Boolean).join("; ");
    ask();
  };
  const heard = { "change:board change:empty": load, "change:selected change:marked": onSelected };
  for (const [events, listener] of Object.entries(heard)) model.on(events, listener);
  const sizes = new ResizeObserver(ask);
  sizes.observe(place);
  const watchers = [sizes, tellSight(model, root)];
  signal.addEventListener("abort", () => {
    for (const [events, listener] of Object.entries(heard)) model.off(events, listener);
    for (const watcher of watchers) watcher.disconnect();
    cancelAnimationFrame(asked);
    board?.remove();
  });
  if (able) board = await openBoard(model, place, ask);
  load();
}
export default { render };
