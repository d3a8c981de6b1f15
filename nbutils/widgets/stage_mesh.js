// From what is sent of a mesh to what the graphics card draws: floats, and normals.

// A copy, as what arrives begins at any byte and numbers of two or four bytes may not.
function readNumbers(Kind, view) {
  return new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

function readMesh({ positions, triangles, corner, step, flat }) {
  const steps = readNumbers(Uint16Array, positions), position = new Float32Array(steps.length);
  for (let i = 0; i < steps.length; i += 3) {
    position[i] = corner[0] + step * steps[i];
    position[i + 1] = corner[1] + step * steps[i + 1];
    position[i + 2] = corner[2] + step * steps[i + 2];
  }
  const index = readNumbers(steps.length / 3 < 65_536 ? Uint16Array : Uint32Array, triangles);
  return flat ? spread({ position, index }) : { position, index };
}

// Three vertices of its own for each triangle, so that each can have the normal of its plane.
function spread({ position, index }) {
  const own = new Float32Array(3 * index.length);
  for (let i = 0; i < index.length; i++) for (let axis = 0; axis < 3; axis++) own[3 * i + axis] = position[3 * index[i] + axis];
  return { position: own, index: Uint32Array.from(index, (_, i) => i) };
}

// At each vertex the mean of its triangles' normals, weighted by their areas.
function findNormals({ position: p, index }) {
  const sums = new Float32Array(p.length);
  for (let i = 0; i < index.length; i += 3) {
    const a = 3 * index[i], b = 3 * index[i + 1], c = 3 * index[i + 2];
    const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
    const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    sums[a] += nx; sums[a + 1] += ny; sums[a + 2] += nz;
    sums[b] += nx; sums[b + 1] += ny; sums[b + 2] += nz;
    sums[c] += nx; sums[c + 1] += ny; sums[c + 2] += nz;
  }
  for (let i = 0; i < sums.length; i += 3) {
    const length = Math.sqrt(sums[i] ** 2 + sums[i + 1] ** 2 + sums[i + 2] ** 2) || 1;
    sums[i] /= length;
    sums[i + 1] /= length;
    sums[i + 2] /= length;
  }
  return sums;
}

// `pattern` is a mesh of pythreejs: others are made of the same classes.
function makeGeometry(pattern, { position, index }, colour) {
  const { constructor: Geometry, attributes } = pattern.geometry, { constructor: Attribute } = attributes.position;
  const number = position.length / 3, tint = new Uint8Array(4 * number), rim = new Uint8Array(2 * number).fill(128);
  for (let i = 0; i < tint.length; i += 4) tint.set([...colour, 255], i);
  const geometry = new Geometry();
  geometry.addAttribute("position", new Attribute(position, 3));
  geometry.addAttribute("normal", new Attribute(findNormals({ position, index }), 3));
  geometry.addAttribute("tint", new Attribute(tint, 4, true));
  geometry.addAttribute("rim", new Attribute(rim, 2, true));
  geometry.setIndex(new Attribute(index, 1));
  return geometry;
}

function makeObject(pattern, geometry) {
  const object = new pattern.constructor(geometry, pattern.material);
  object.frustumCulled = false;
  return object;
}
