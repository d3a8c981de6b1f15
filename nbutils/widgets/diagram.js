// A network as SVG: inputs below, outputs above; colour and dashes tell the sign of a weight, width its size.

const SVG = "http://www.w3.org/2000/svg", ACROSS = 92, UP = 104, WIDE = 56, HIGH = 34, EDGE = 24;
const POSITIVE = "#b2182b", NEGATIVE = "#2166ac", OFF = "#94a4a2";

function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const nameOf = (node) => node.label || `node ${node.number}`;
const weighed = (weight) => `${weight < 0 ? "\u2212" : "+"}${Math.abs(weight).toPrecision(3)}`;

function describe(part, nodes, links) {
  const [kind, number] = part.split(" "), byNumber = new Map(nodes.map((node) => [node.number, node]));
  if (kind === "link") {
    const link = links.find((candidate) => String(candidate.number) === number);
    if (!link) return "";
    const words = [`Link ${number} from ${nameOf(byNumber.get(link.source))} to ${nameOf(byNumber.get(link.target))}`, `weight ${weighed(link.weight)}`];
    return [...words, link.enabled ? "" : "switched off", link.backward ? "closes a cycle" : ""].filter(Boolean).join(", ");
  }
  const node = byNumber.get(Number(number));
  if (!node) return "";
  const arriving = links.filter((link) => link.target === node.number && link.enabled).length, leaving = links.filter((link) => link.source === node.number && link.enabled).length;
  return [`Node ${number}`, node.label, node.kind, node.function, `${arriving} links in`, `${leaving} out`].filter(Boolean).join(", ");
}

function placer(nodes) {
  const layers = Math.max(0, ...nodes.map((node) => node.at[0])), wide = Math.max(0, ...nodes.map((node) => Math.abs(node.at[1])));
  const width = 2 * wide * ACROSS + WIDE + 2 * EDGE + 40, height = layers * UP + HIGH + 2 * EDGE;
  return { width, height, at: ([layer, place]) => [width / 2 + place * ACROSS, height - EDGE - HIGH / 2 - layer * UP] };
}

function linkPath([x, y], [tx, ty], link) {
  if (link.source === link.target) return `M ${x + 12} ${y - HIGH / 2} C ${x + 50} ${y - 60} ${x + 70} ${y + 20} ${x + WIDE / 2} ${y + 6}`;
  if (!link.backward) return `M ${x} ${y - HIGH / 2} L ${tx} ${ty + HIGH / 2}`;
  const side = Math.max(x, tx) + 40 + Math.abs(y - ty) / 4;
  return `M ${x + WIDE / 2} ${y} C ${side} ${y} ${side} ${ty} ${tx + WIDE / 2} ${ty}`;
}

function drawLink(link, path, heaviest, pick) {
  const colour = !link.enabled ? OFF : link.weight < 0 ? NEGATIVE : POSITIVE;
  const shown = draw("path", { class: "dv-diagram-link", d: path, stroke: colour, "stroke-width": (0.8 + 4 * Math.abs(link.weight) / heaviest).toFixed(2), "stroke-opacity": link.enabled ? 0.85 : 0.35 });
  if (link.weight < 0) shown.setAttribute("stroke-dasharray", "7 4");
  const hit = draw("path", { class: "dv-diagram-hit", d: path });
  const group = draw("g", { "data-part": `link ${link.number}` }, shown, hit);
  group.addEventListener("click", () => pick(`link ${link.number}`));
  return group;
}

function drawNode(node, [x, y], curve, pick) {
  const group = draw("g", { class: "dv-diagram-node", "data-part": `node ${node.number}` });
  group.append(draw("rect", { x: x - WIDE / 2, y: y - HIGH / 2, width: WIDE, height: HIGH, rx: node.kind === "hidden" ? 17 : 3 }));
  if (curve.length) {
    const points = curve.map((value, index) => `${(x - 20 + (40 * index) / (curve.length - 1)).toFixed(1)},${(y - 11 * value).toFixed(1)}`);
    group.append(draw("path", { d: `M ${points.join(" L ")}` }));
  }
  const text = draw("text", { x, y: curve.length ? y + HIGH / 2 + 14 : y + 4 });
  text.textContent = node.label || node.function || String(node.number);
  group.append(text);
  group.addEventListener("click", () => pick(`node ${node.number}`));
  return group;
}

function fillTable(body, nodes, links) {
  const names = new Map(nodes.map((node) => [node.number, nameOf(node)]));
  body.replaceChildren(...links.map((link) => make("tr", {}, make("th", { scope: "row" }, String(link.number)), make("td", {}, names.get(link.source)), make("td", {}, names.get(link.target)), make("td", {}, weighed(link.weight)), make("td", {}, link.enabled ? "on" : "off"))));
}

async function render({ model, el }) {
  await dress(model, el);
  const svg = draw("svg", { role: "application", tabindex: 0 }), empty = make("p", { class: "dv-quiet" }), said = make("p", { role: "status" });
  const body = make("tbody"), heads = ["link", "from", "to", "weight", ""].map((name) => make("th", { scope: "col" }, name));
  const fold = make("details", {}, make("summary", {}, "All weights as a table"), make("div", { class: "dv-diagram-table", tabindex: 0, role: "region", "aria-label": "All weights" }, make("table", { class: "dv-table" }, make("thead", {}, make("tr", {}, ...heads)), body)));
  el.append(make("div", { class: "dv-diagram" }, empty, svg, said, fold));

  function pick(part) {
    model.set("selected", part === model.get("selected") ? "" : part);
    model.save_changes();
  }
  function step(by) {
    const order = [...model.get("nodes").map((node) => `node ${node.number}`), ...model.get("links").map((link) => `link ${link.number}`)];
    if (!order.length) return;
    const at = order.indexOf(model.get("selected"));
    model.set("selected", order[(at + by + order.length) % order.length]);
    model.save_changes();
  }
  svg.addEventListener("keydown", (event) => {
    const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in moves || event.key === "Escape")) return;
    event.preventDefault();
    if (event.key === "Escape") pick(model.get("selected"));
    else step(moves[event.key]);
  });
  watch(model, "nodes links curves height label", () => {
    const nodes = model.get("nodes"), links = model.get("links"), { width, height, at } = placer(nodes);
    const places = new Map(nodes.map((node) => [node.number, at(node.at)])), heaviest = Math.max(1e-9, ...links.map((link) => Math.abs(link.weight)));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.style.height = `min(${model.get("height")}px, max(240px, calc(100vh - 190px)))`;
    svg.setAttribute("aria-label", `${model.get("label")}: ${nodes.length} nodes, ${links.length} links`);
    svg.replaceChildren(...links.map((link) => drawLink(link, linkPath(places.get(link.source), places.get(link.target), link), heaviest, pick)), ...nodes.map((node) => drawNode(node, places.get(node.number), model.get("curves")[node.function] ?? [], pick)));
    fillTable(body, nodes, links);
  });
  watch(model, "nodes empty", () => {
    const none = !model.get("nodes").length;
    empty.hidden = !none;
    empty.textContent = model.get("empty");
    svg.toggleAttribute("hidden", none);
    fold.hidden = none;
  });
  watch(model, "nodes links selected", () => {
    const part = model.get("selected");
    for (const group of svg.querySelectorAll("[data-part]")) group.classList.toggle("dv-chosen", group.dataset.part === part);
    said.textContent = part ? describe(part, model.get("nodes"), model.get("links")) : "Click a node or a link, or move with the arrow keys.";
  });
}
export default { render };
