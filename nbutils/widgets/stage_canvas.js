// The renderer of pythreejs: one view of it, and a camera without perspective.

const NO_WEBGL = "This browser cannot draw in 3D: turn on WebGL (hardware acceleration) in its settings, or try another browser.";
const LOST = "The browser took the graphics card away. The picture comes back with it; if it does not, reload the page.";

// Edges are smooth because four pixels are drawn for one of the page: without a graphics card that takes half the time
// of a canvas that smooths by itself, as its cost goes with triangles.
const SMOOTHING = 2, WIDEST = 4_096;

async function refer(model, reference) {
  const found = await model.widget_manager.get_model(reference.slice("IPY_MODEL_".length));
  await found.initPromise;
  return found;
}

function canDraw() {
  const canvas = document.createElement("canvas"), context = canvas.getContext("webgl2") || canvas.getContext("webgl");
  // A browser has few contexts: this one is given back.
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

// Calls `told(whether)` when the graphics card is lost and when it is back.
function watchLoss(place, told) {
  place.addEventListener("webglcontextlost", ({ target }) => {
    told(true);
    // By then the canvas is no more in the page: pythreejs shows a still picture in its place.
    target.addEventListener("webglcontextrestored", () => told(false), { once: true });
  }, true);
}

// Puts the renderer's own view into `place`; `draw` shows what is around (x, y), one unit `side` pixels long.
async function openCanvas(model, place, changed = () => {}) {
  const renderer = await refer(model, model.get("renderer"));
  const view = await model.widget_manager.create_view(renderer);
  view.trigger("displayed");
  view.el.setAttribute("aria-hidden", "true");
  place.prepend(view.el);
  const [camera, scene] = [renderer.get("camera").obj, renderer.get("scene").obj];
  const note = make("p", { class: "dv-stage-empty", role: "status", hidden: true }, LOST);
  place.append(note);
  watchLoss(place, (lost) => {
    note.hidden = !lost;
    if (!lost) changed();
  });

  function draw({ side, x, y, width, height }) {
    const [across, down] = [width / side / 2, height / side / 2];
    Object.assign(camera, { left: x - across, right: x + across, top: y + down, bottom: y - down });
    camera.updateProjectionMatrix();
    if (renderer.get("_width") !== width || renderer.get("_height") !== height) renderer.set({ _width: width, _height: height });
    if (!note.hidden) return;
    if (!renderer.get("_antialias")) prepare(width);
    view.renderScene();
  }
  // Anything may have been set on the renderer of a view that just got one.
  function prepare(width) {
    if (view.isFrozen) view.unfreeze();
    const ratio = Math.max(devicePixelRatio, Math.min(SMOOTHING, WIDEST / width));
    if (view.renderer.getPixelRatio() !== ratio) view.renderer.setPixelRatio(ratio);
  }
  // Draws one part of the canvas anew and leaves the rest: [left, top, width, height] in pixels of the page.
  function drawWithin(part, aim) {
    view.renderer.setScissor(...part);
    view.renderer.setScissorTest(true);
    draw(aim);
    // Another stage may get this renderer next.
    view.renderer?.setScissorTest(false);
  }
  // A canvas that was taken away from this view has nothing left of its last picture.
  const keeps = () => !view.isFrozen && note.hidden;
  return { scene, draw, drawWithin, keeps, remove: () => view.remove() };
}
