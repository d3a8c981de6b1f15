// The renderer of pythreejs: one view of it, and a camera without perspective.

const NO_WEBGL = "This browser cannot draw in 3D: turn on WebGL (hardware acceleration) in its settings, or try another browser.";

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

// Puts the renderer's own view into `place`; `draw` shows what is around (x, y), one unit `side` pixels long.
async function openCanvas(model, place) {
  const renderer = await refer(model, model.get("renderer"));
  const view = await model.widget_manager.create_view(renderer);
  view.trigger("displayed");
  view.el.setAttribute("aria-hidden", "true");
  place.prepend(view.el);
  const [camera, scene] = [renderer.get("camera").obj, renderer.get("scene").obj];

  function draw(side, x, y, width, height) {
    const [across, down] = [width / side / 2, height / side / 2];
    Object.assign(camera, { left: x - across, right: x + across, top: y + down, bottom: y - down });
    camera.updateProjectionMatrix();
    if (renderer.get("_width") !== width || renderer.get("_height") !== height) renderer.set({ _width: width, _height: height });
    view.renderScene();
  }
  return { scene, draw, remove: () => view.remove() };
}
