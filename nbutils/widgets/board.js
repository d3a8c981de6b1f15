// Figures drawn by one copy of plotly, which lies packed in a model that all boards of a kernel refer to.

const CONFIG = { displayModeBar: false, displaylogo: false, responsive: false, showTips: false };
const HOVER_GAP = 50;

const refer = (model, reference) => model.widget_manager.get_model(reference.slice("IPY_MODEL_".length));

async function unpack(packed) {
  const script = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  // As a module of its own it finds neither a module loader of the page nor another plotly.
  const parts = ["const module = { exports: {} };\n", await new Response(script).blob(), "\nexport default module.exports;"];
  const address = URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
  try {
    return (await import(address)).default;
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function loadPlotly(model) {
  const script = await refer(model, model.get("script"));
  script.dvPlotly ??= unpack(script.get("packed"));
  return script.dvPlotly;
}

// A figure in its place: drawn when it is seen and has a size, redrawn with the newest content.
function hang(plotly, board, pane, place) {
  const box = make("div", { class: "dv-figure-plot" });
  place.append(box);
  let asked = 0;
  let drawn = false;
  let told = 0;

  const tell = (event) => ({ points: [point] }) => {
    const now = performance.now();
    if (event === "hover" && now - told < HOVER_GAP) return;
    told = now;
    const { curveNumber: trace, pointNumber = point.pointIndex ?? null, x = null, y = null } = point;
    board.send({ event, name: pane.get("name"), trace, point: pointNumber, x, y });
  };
  async function draw() {
    asked = 0;
    const { clientWidth: width, clientHeight: height } = box;
    if (!width || !pane.get("figure")) return;
    const { data, layout } = JSON.parse(pane.get("figure"));
    // Plotly keeps the room of a legend that is gone.
    if (layout.showlegend === false) delete box._fullLayout?._reservedMargin?.legend;
    await plotly.react(box, data, { ...layout, width, height }, CONFIG);
    if (drawn) return;
    drawn = true;
    box.on("plotly_click", tell("click"));
    box.on("plotly_hover", tell("hover"));
  }
  const ask = () => { asked ||= requestAnimationFrame(draw); };
  const describe = () => box.setAttribute("aria-label", pane.get("alt"));
  box.setAttribute("role", "img");
  describe();
  pane.on("change:figure", ask);
  pane.on("change:alt", describe);
  const sizes = new ResizeObserver(ask);
  sizes.observe(box);
  return () => {
    cancelAnimationFrame(asked);
    sizes.disconnect();
    pane.off("change:figure", ask);
    pane.off("change:alt", describe);
    if (drawn) plotly.purge(box);
    place.remove();
  };
}

async function render({ model, el, signal }) {
  await dress(model, el);
  const empty = make("p", { class: "dv-quiet" });
  const grid = make("div", { class: "dv-board" });
  el.append(empty, grid);
  const hung = new Map();

  async function arrange() {
    const references = model.get("panes");
    empty.textContent = model.get("empty");
    empty.hidden = references.length > 0;
    grid.style.setProperty("--dv-columns", model.get("columns"));
    grid.style.setProperty("--dv-height", `${model.get("height")}px`);
    for (const [reference, takeDown] of hung) {
      if (references.includes(reference)) continue;
      hung.delete(reference);
      (await takeDown)();
    }
    for (const reference of references) if (!hung.has(reference)) hung.set(reference, put(reference));
  }
  // The place is there at once, so that nothing jumps when plotly and the figure arrive.
  async function put(reference) {
    const place = make("div", { class: "dv-figure" });
    grid.append(place);
    const [plotly, pane] = await Promise.all([loadPlotly(model), refer(model, reference)]);
    return signal.aborted ? () => {} : hang(plotly, model, pane, place);
  }
  watch(model, "panes columns height empty", arrange);
  return async () => {
    for (const takeDown of hung.values()) (await takeDown)();
  };
}
export default { render };
