// A network: inputs below, outputs above; colour and dashes tell the sign of a weight, width its size, arrows a cycle.

const STEP = 1.4, NEAREST = 8;
const HINT = "Arrow keys go from node to node, Enter to the links of a node one after the other, from a link up and down to its ends. Plus, minus and 0 zoom, Shift with arrows moves, Escape lets go.";
const WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const weighed = (weight) => `${weight < 0 ? "\u2212" : "+"}${Math.abs(weight).toPrecision(3)}`;
const counted = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

// What a person is told of each node and link.
function putInWords({ nodes, links }) {
  const names = new Map(nodes.map((node) => [node.number, node.name])), words = new Map();
  for (const { number, name, kind, function: shape } of nodes) {
    const arriving = links.filter((link) => link.target === number && link.enabled).length, leaving = links.filter((link) => link.source === number && link.enabled).length;
    words.set(`node ${number}`, [name, kind === "hidden" ? "hidden node" : kind, shape && !name.startsWith(shape) ? shape : "", `${counted(arriving, "link")} in`, `${leaving} out`].filter(Boolean).join(", "));
  }
  for (const link of links) {
    const told = [`Link from ${names.get(link.source)} to ${names.get(link.target)}`, `weight ${weighed(link.weight)}`, link.enabled ? "" : "switched off", link.backward ? "goes back" : ""];
    words.set(`link ${link.number}`, told.filter(Boolean).join(", "));
  }
  return words;
}

// The next node in a direction: near, and rather straight ahead.
function nodeBeside(nodes, at, part, [across, down]) {
  const node = nodes.find((candidate) => `node ${candidate.number}` === part);
  if (!node) return nodes[0];
  const [x, y] = at(node.at);
  let found = null, least = Infinity;
  for (const other of nodes) {
    const [ox, oy] = at(other.at), ahead = (ox - x) * across + (oy - y) * down, aside = Math.abs((ox - x) * down) + Math.abs((oy - y) * across);
    if (ahead > 1 && ahead + 2.5 * aside < least) [found, least] = [other, ahead + 2.5 * aside];
  }
  return found;
}

function fillTable(body, { nodes, links }) {
  const names = new Map(nodes.map((node) => [node.number, node.name]));
  const row = (link) => [names.get(link.source), names.get(link.target), weighed(link.weight), [link.enabled ? "on" : "off", link.backward ? "back" : ""].filter(Boolean).join(", ")];
  body.replaceChildren(...links.map((link) => make("tr", {}, ...row(link).map((text, index) => make(index ? "td" : "th", index ? {} : { scope: "row" }, make("bdi", {}, text))))));
}

function makeLegend([positive, negative]) {
  const sample = (words, attributes) => {
    const line = draw("path", { d: "M 1 6 h 26", fill: "none", "stroke-width": 2.5, ...attributes });
    return make("span", {}, draw("svg", { viewBox: "0 0 28 12", "aria-hidden": "true" }, line), words);
  };
  return make("div", { class: "dv-diagram-legend dv-quiet" }, sample("positive", { stroke: positive }), sample("negative", { stroke: negative, "stroke-dasharray": "7 4" }), sample("off", { stroke: OFF, "stroke-width": 0.9 }), make("span", {}, "Wide: a large weight. Arrow: a link that goes back."));
}

async function render({ model, el, signal }) {
  await dress(model, el);
  const parts = draw("g"), svg = draw("svg", { class: "dv-diagram-field", role: "application", tabindex: 0, "aria-description": HINT }, parts);
  const empty = make("p", { class: "dv-diagram-empty dv-quiet" }), said = make("p", { role: "status", class: "dv-diagram-said", dir: "auto" });
  const body = make("tbody"), heads = ["from", "to", "weight", ""].map((name) => make("th", { scope: "col" }, name));
  const table = make("table", { class: "dv-table" }, make("thead", {}, make("tr", {}, ...heads)), body);
  const fold = make("details", {}, make("summary", {}, "All weights as a table"), make("div", { class: "dv-diagram-table", tabindex: 0, role: "region", "aria-label": "All weights" }, table));
  const press = (text, label, click) => make("button", { type: "button", "aria-label": label, title: label, click }, text);
  const tools = make("div", { class: "dv-row" }, press("All", "Show the whole network", () => look(1)), press("+", "Nearer", () => look(zoom * STEP)), press("\u2212", "Farther", () => look(zoom / STEP)), makeLegend(model.get("colours")));
  const filled = make("div", { class: "dv-diagram-filled" }, svg, tools, said, fold);
  el.append(make("div", { class: "dv-diagram" }, empty, filled));
  let measures = null, words = new Map(), zoom = 1, middle = [0.5, 0.5], drag = null;
  const drawing = () => model.get("drawing");

  function look(nearer = zoom) {
    if (!measures) return;
    zoom = Math.min(NEAREST, Math.max(1, nearer));
    const [width, height] = measures.size, room = [svg.clientWidth || 1, svg.clientHeight || 1], fit = Math.min(1, room[0] / width, room[1] / height) * zoom;
    const seen = room.map((side) => side / fit);
    // What is nearer than all can be moved until its edge is reached.
    middle = middle.map((at, axis) => {
      const reach = Math.min(0.5, seen[axis] / measures.size[axis] / 2);
      return Math.min(1 - reach, Math.max(reach, at));
    });
    svg.setAttribute("viewBox", `${middle[0] * width - seen[0] / 2} ${middle[1] * height - seen[1] / 2} ${seen[0]} ${seen[1]}`);
    svg.classList.toggle("dv-near", zoom > 1);
    return fit;
  }
  function moveBy(across, down) {
    const fit = look();
    middle = [middle[0] - across / fit / measures.size[0], middle[1] - down / fit / measures.size[1]];
    look();
  }
  // Whoever moves by keys sees where they are.
  function bringIntoSight(part) {
    const node = drawing().nodes.find((candidate) => `node ${candidate.number}` === part);
    if (!node || !measures || zoom === 1) return;
    const place = measures.at(node.at), box = svg.viewBox.baseVal;
    const inside = place[0] > box.x + 40 && place[0] < box.x + box.width - 40 && place[1] > box.y + 30 && place[1] < box.y + box.height - 30;
    if (inside) return;
    middle = place.map((at, axis) => at / measures.size[axis]);
    look();
  }
  function pick(part) {
    if (part === model.get("selected")) return;
    model.set("selected", part);
    model.save_changes();
  }
  function goToLinks() {
    const { links } = drawing(), [kind, number] = model.get("selected").split(" ");
    if (kind !== "node" && kind !== "link") return;
    const now = links.find((link) => kind === "link" && String(link.number) === number), of = now ? (origin ?? now.source) : Number(number);
    const own = links.filter((link) => link.source === of || link.target === of), next = own[(own.indexOf(now) + 1) % own.length];
    origin = of;
    if (next) pick(`link ${next.number}`);
  }
  // The node whose links Enter goes through.
  let origin = null;
  function goBeside(key) {
    const { nodes, links } = drawing(), part = model.get("selected"), link = links.find((candidate) => `link ${candidate.number}` === part);
    if (link) return pick(`node ${key === "ArrowUp" || key === "ArrowRight" ? link.target : link.source}`);
    const next = nodeBeside(nodes, measures.at, part, WAYS[key]);
    if (next) pick(`node ${next.number}`);
  }
  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !measures) return;
    if (event.key in WAYS && event.shiftKey) moveBy(...WAYS[event.key].map((way) => -60 * way));
    else if (event.key in WAYS) goBeside(event.key);
    else if (event.key === "Enter") goToLinks();
    else if (event.key === "Escape" && model.get("selected")) pick("");
    else if (event.key === "+" || event.key === "=") look(zoom * STEP);
    else if (event.key === "-") look(zoom / STEP);
    else if (event.key === "0") look(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  svg.addEventListener("pointerdown", (event) => { if (!event.button) drag = { x: event.clientX, y: event.clientY, way: 0 }; });
  svg.addEventListener("pointermove", (event) => {
    if (!drag || !event.buttons || !measures) return;
    const [across, down] = [event.clientX - drag.x, event.clientY - drag.y];
    drag = { x: event.clientX, y: event.clientY, way: drag.way + Math.abs(across) + Math.abs(down) };
    if (zoom > 1) moveBy(across, down);
  });
  svg.addEventListener("click", (event) => {
    const part = event.target.closest("[data-part]")?.dataset.part ?? "";
    if (drag && drag.way < 5) pick(part);
    svg.focus({ preventScroll: true });
  });

  function paint() {
    const network = drawing(), { nodes, links, curves } = network, none = !nodes.length;
    empty.hidden = !none;
    filled.hidden = none;
    measures = none || !svg.clientWidth ? null : measureNetwork(network, svg.clientWidth, svg.clientHeight);
    if (!measures) return parts.replaceChildren();
    words = putInWords(network);
    const paths = routeLinks(network, measures), heaviest = Math.max(1e-9, ...links.filter((link) => link.enabled).map((link) => Math.abs(link.weight)));
    const lines = links.map((link) => drawLink(link, paths.get(link.number), heaviest, model.get("colours"), words.get(`link ${link.number}`)));
    parts.replaceChildren(...lines, ...nodes.map((node) => drawNode(node, measures.at(node.at), curves[node.function] ?? [], measures.wide, words.get(`node ${node.number}`))));
    svg.setAttribute("aria-label", `${model.get("label")}: ${counted(nodes.length, "node")}, ${counted(links.length, "link")}`);
    look();
    mark();
  }
  function mark() {
    const part = model.get("selected"), [kind, number] = part.split(" ");
    const ends = new Map(drawing().links.map((link) => [`link ${link.number}`, link]));
    parts.classList.toggle("dv-some", Boolean(part));
    for (const group of parts.children) {
      const link = ends.get(group.dataset.part), touches = link && kind === "node" && (String(link.source) === number || String(link.target) === number);
      group.classList.toggle("dv-chosen", group.dataset.part === part);
      group.classList.toggle("dv-touched", Boolean(touches));
    }
    said.textContent = part ? (words.get(part) ?? "") : "Click a node or a link for its words; arrow keys and Enter move among them.";
  }
  watch(model, "height label empty", () => {
    svg.style.height = `min(${model.get("height")}px, max(240px, calc(100vh - 190px)))`;
    empty.textContent = model.get("empty");
  });
  watch(model, "drawing", () => {
    paint();
    fillTable(body, drawing());
  });
  watch(model, "selected", () => {
    if (model.get("selected").startsWith("node")) origin = null;
    bringIntoSight(model.get("selected"));
    mark();
  });
  const sizes = new ResizeObserver(paint);
  sizes.observe(svg);
  signal.addEventListener("abort", () => sizes.disconnect());
}
export default { render };
