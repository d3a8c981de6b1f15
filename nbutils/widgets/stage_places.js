// Places in one canvas, each filled as its shape arrives. Turning and zooming happen here, without asking Python.

const TURN_KEYS = "turn, plus and minus zoom, 0 goes back to the first view.";
const CHOOSE_KEYS = "Arrow keys move, space or a click chooses, o or a double click opens; Shift with arrow keys, or dragging,";
const GENTLE = 2 * Math.PI / 30_000, LONGEST_STEP = 100;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

// What keys do; returns whether the key was one of them.
function answerPlaceKey(event, acts, choosable) {
  const [across, down] = ARROWS[event.key] || [0, 0];
  if (event.key in ARROWS && (event.shiftKey || !choosable)) acts.turn(across * STEP, down * STEP);
  else if (event.key in ARROWS) acts.move(across, down);
  else if (event.key in ZOOMS) acts.zoom(ZOOMS[event.key]);
  else if (event.key === "0" || event.key === "Home") acts.reset();
  else if (choosable && event.key === " ") acts.toggle();
  else if (choosable && event.key === "Enter") acts.act();
  else if (choosable && event.key === "o") acts.open();
  else return false;
  return true;
}

// What is chosen, shared by all views of a stage. What a hand chooses goes to Python in messages and never as a changed
// trait: those wait while Python works, and what is pressed next would overtake them.
function shareChoice(model, pattern) {
  const fresh = () => Object.assign(new EventTarget(), { chosen: model.get("chosen"), cursor: model.get("cursor") });
  return (pattern.dvChoice ||= fresh());
}

function makeChoosing(model, choice, say) {
  const number = () => model.get("labels").length;
  const send = (event, more = {}) => model.send({ event, edition: model.get("edition"), at: Date.now(), ...more });
  const set = (change) => {
    Object.assign(choice, change);
    choice.dispatchEvent(new Event("change"));
    send("set", change);
  };
  const toggle = (index) => {
    const rest = choice.chosen.filter((each) => each !== index), added = rest.length === choice.chosen.length;
    set({ chosen: added ? [...rest, index].sort((a, b) => a - b) : rest });
    say(index, added);
  };
  const there = (index) => index >= 0 && index < number();
  return {
    moveTo: (index) => { if (there(index)) set({ cursor: index }); },
    move(across, down) {
      const columns = model.get("columns"), { cursor } = choice;
      if (cursor < 0) set({ cursor: number() ? 0 : -1 });
      const column = cursor % columns + across, next = cursor + across + down * columns;
      if (cursor >= 0 && column >= 0 && column < columns && there(next)) set({ cursor: next });
    },
    toggle: (index = choice.cursor) => { if (there(index)) toggle(index); },
    act: () => { if (number()) send("act"); },
    open: (index = choice.cursor) => { if (there(index)) send("open", { index }); },
  };
}

async function render({ model, el, signal }) {
  await dress(model, el);
  el.classList.add("dv-fill");
  const choosable = model.get("choosable"), able = canDraw(), enter = model.get("enter");
  const keys = choosable ? `${CHOOSE_KEYS} ${TURN_KEYS}${enter ? ` Enter ${enter}.` : ""}` : `Arrow keys, or dragging, ${TURN_KEYS}`;
  const place = make("div", { class: "dv-stage-place", role: "presentation" });
  const role = choosable ? { role: "listbox", "aria-multiselectable": "true" } : { role: "application", "aria-roledescription": "3D stage" };
  const root = make("div", { class: "dv-stage3", tabindex: 0, "aria-description": keys, ...role }, place);
  const empty = make("p", { class: "dv-stage-empty" }), said = make("div", { class: "dv-unseen", "aria-live": "polite" });
  root.append(empty);
  Object.assign(root.dataset, { painted: "0", drawn: "" });
  let holders = [], canvas = null, asked = 0, inSight = true, turned = 0, dragged = -1;
  let told = 0, drawing = 0;

  const ask = () => { asked ||= requestAnimationFrame(paint); };
  const change = (alter) => (...values) => { alter(...values); ask(); };
  const poses = makePoses(model), options = makeOptions(root, place, choosable);
  const choice = shareChoice(model, await refer(model, model.get("pattern")));
  const choosing = makeChoosing(model, choice, (index, added) => {
    said.textContent = `${options.name(index)}, ${added ? "chosen" : "not chosen"}; ${choice.chosen.length} chosen in all`;
  });
  const places = () => model.get("labels").map((_, index) => [index % model.get("columns"), Math.floor(index / model.get("columns"))]);
  const grid = () => seenGrid(places(), place.clientWidth, place.clientHeight, poses.zoom(), choice.cursor);
  const shapes = () => model.get("labels").map((_, index) => {
    const shape = holders[index]?.get("shape");
    return shape && shape.edition === model.get("edition") ? shape : null;
  });
  const placeAt = (event) => {
    const box = place.getBoundingClientRect(), { side, x, y } = grid();
    const column = Math.floor((event.clientX - box.left - box.width / 2) / side + x);
    const row = Math.floor((event.clientY - box.top - box.height / 2) / side + y);
    return places().findIndex(([itsColumn, itsRow]) => itsColumn === column && itsRow === row);
  };
  const acts = {
    ...choosing,
    turn: change((across, down) => poses.turn(Math.max(0, choice.cursor), across, down)),
    zoom: change(poses.zoomBy),
    reset: change(poses.reset),
  };
  const tools = makeTools(model, acts.reset);
  el.append(root, make("div", { class: "dv-row dv-stage-tools" }, ...tools.nodes, make("span", { class: "dv-quiet dv-stage-keys" }, keys)), said);
  onKeys(root, (event) => answerPlaceKey(event, acts, choosable));
  onDrag(root, place, {
    begin: (event) => { dragged = placeAt(event); },
    turn: change((across, down) => poses.turn(dragged, across, down)),
    pick(event) {
      if (!choosable) return;
      choosing.moveTo(placeAt(event));
      choosing.toggle(placeAt(event));
    },
  });
  if (choosable) place.addEventListener("dblclick", (event) => choosing.open(placeAt(event)));

  function paint() {
    asked = 0;
    const { clientWidth: width, clientHeight: height } = place, shown = shapes();
    if (!canvas || !shown.length || !width || !height) return;
    const seen = grid(), edition = model.get("edition"), begun = performance.now();
    canvas.draw(places(), shown, poses.pose, { ...seen, width, height });
    options.arrange(places(), seen, width, height);
    options.tell(shown);
    root.dataset.painted = String(Number(root.dataset.painted) + 1);
    drawing += performance.now() - begun;
    // Said when the picture is on the screen.
    requestAnimationFrame(() => tellDrawn(edition, shown.map((shape) => shape?.put || 0)));
  }

  // To Python once an edition, when each of its places has been drawn.
  function tellDrawn(edition, drawn) {
    root.dataset.drawn = drawn.join();
    if (told === edition || !drawn.every(Boolean)) return;
    told = edition;
    model.send({ event: "drawn", edition, at: Date.now(), drawing });
  }

  function turnGently(now) {
    const turns = model.get("gently") && !STILL.matches && inSight && !document.hidden && canvas;
    if (turns && turned) poses.turnAll(GENTLE * Math.min(LONGEST_STEP, now - turned));
    turned = turns ? now : 0;
    if (!turns) return;
    ask();
    requestAnimationFrame(turnGently);
  }
  const startGently = () => { if (!turned) requestAnimationFrame(turnGently); };

  async function lay() {
    const labels = model.get("labels");
    place.hidden = !labels.length || !able;
    empty.hidden = !place.hidden;
    empty.textContent = able ? model.get("empty") : NO_WEBGL;
    tools.show(labels.length);
    options.lay(labels);
    options.mark(choice.chosen, choice.cursor);
    options.tell(shapes());
    drawing = 0;
    ask();
    const found = await Promise.all(model.get("places").map((reference) => refer(model, reference)));
    if (signal.aborted) return;
    for (const holder of found.filter((each) => !holders.includes(each))) {
      holder.on("change:shape", ask);
      signal.addEventListener("abort", () => holder.off("change:shape", ask));
    }
    holders = found;
    ask();
  }

  watch(model, "height alt", () => {
    root.style.height = `min(${model.get("height")}px, max(320px, calc(100vh - 190px)))`;
    root.setAttribute("aria-label", model.get("alt"));
  });
  const take = () => {
    const { chosen, cursor } = model.get("choice");
    Object.assign(choice, { chosen, cursor });
    choice.dispatchEvent(new Event("change"));
  };
  const mark = () => { options.mark(choice.chosen, choice.cursor); ask(); };
  const align = () => { if (model.get("together")) poses.align(choice.cursor); tools.tell(); ask(); };
  const heard = {
    "change:edition change:empty": lay, "change:choice": take, "change:together": align,
    "change:gently": () => { tools.tell(); startGently(); },
  };
  for (const [events, listener] of Object.entries(heard)) model.on(events, listener);
  choice.addEventListener("change", mark, { signal });
  const sizes = new ResizeObserver(ask);
  sizes.observe(place);
  const sight = new IntersectionObserver((changes) => { inSight = changes.at(-1).isIntersecting; startGently(); });
  sight.observe(root);
  const watchers = [sizes, sight, tellSight(model, root)];
  document.addEventListener("visibilitychange", startGently, { signal });
  signal.addEventListener("abort", () => {
    for (const [events, listener] of Object.entries(heard)) model.off(events, listener);
    for (const watcher of watchers) watcher.disconnect();
    cancelAnimationFrame(asked);
    canvas?.remove();
  });
  if (able) canvas = await openShelf(model, place, ask);
  await lay();
  startGently();
}
export default { render };
