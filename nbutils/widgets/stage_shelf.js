// Shapes in their places: what the graphics card has of them, how each is turned, and drawing only what changed.

// A place keeps a margin, and room for a name below the shape.
const FILL = 0.88, LIFT = 0.06;

// All views of a stage share its shapes, so that each is made once.
async function openShelf(model, place, changed) {
  const canvas = await openCanvas(model, place, changed);
  const pattern = await refer(model, model.get("pattern")), objects = pattern.dvObjects ||= [];
  let before = { frame: "", keys: [] };

  function bring(index, shape) {
    const held = objects[index] ||= { put: 0, object: null };
    if (held.put === shape.put) return;
    const geometry = shape.positions && makeGeometry(pattern.obj, readMesh(shape), shape.colour);
    held.put = shape.put;
    held.object?.geometry.dispose();
    if (!held.object && geometry) {
      held.object = makeObject(pattern.obj, geometry);
      held.object.scale.setScalar(FILL);
      canvas.scene.add(held.object);
    }
    if (geometry) held.object.geometry = geometry;
  }
  // Lets only these places be seen.
  function show(indices, places, shapes, poses) {
    for (const held of objects) if (held?.object) held.object.visible = false;
    for (const index of indices.filter((each) => shapes[each]?.positions)) {
      const { object } = objects[index];
      object.visible = true;
      object.position.set(places[index][0], LIFT - places[index][1], 0);
      object.quaternion.set(...quaternion(poses(index)));
    }
  }
  function draw(places, shapes, poses, { side, x, y, width, height }) {
    const aim = { side, x: x - 0.5, y: 0.5 - y, width, height };
    shapes.forEach((shape, index) => { if (shape) bring(index, shape); });
    const frame = [side, x, y, width, height, devicePixelRatio, ...places].join();
    const keys = shapes.map((shape, index) => (shape ? [shape.put, poses(index).turn, poses(index).tilt].join() : ""));
    const all = keys.map((_, index) => index), stale = all.filter((index) => keys[index] !== before.keys[index]);
    if (frame !== before.frame || !canvas.keeps() || stale.length === all.length) {
      show(all, places, shapes, poses);
      canvas.draw(aim);
    } else for (const index of stale) {
      const [column, row] = places[index];
      show([index], places, shapes, poses);
      canvas.drawWithin([(column - x) * side + width / 2, (row - y) * side + height / 2, side, side], aim);
    }
    before = { frame, keys };
  }
  function remove() {
    for (const held of objects) held?.object?.geometry.dispose();
    canvas.remove();
  }
  return { draw, remove };
}

// How each place is turned: all together, or each by itself.
function makePoses(model) {
  let poses = [], zoom = 1;
  const pose = (index) => (poses[index] ||= startView());
  const every = () => model.get("labels").map((_, index) => index);
  return {
    pose,
    zoom: () => zoom,
    zoomBy(factor) { zoom = zoomed(zoom, factor); },
    turn(index, across, down) { for (const each of model.get("together") ? every() : [index]) if (each >= 0) turnBy(pose(each), across, down); },
    turnAll(across) { for (const each of every()) turnBy(pose(each), across, 0); },
    // As the place that keys act on is turned.
    align(index) { poses = every().map(() => ({ ...pose(Math.max(0, index)) })); },
    reset() { [poses, zoom] = [[], 1]; },
  };
}
