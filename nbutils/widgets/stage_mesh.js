// From what is sent of a mesh to what the graphics card draws: floats, and normals.

const CREASE = Math.cos(Math.PI / 4);

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

// Twice the area of each triangle along its side seen from outside.
function findAreas({ position: p, index }) {
  const areas = new Float32Array(index.length);
  for (let i = 0; i < index.length; i += 3) {
    const a = 3 * index[i], b = 3 * index[i + 1], c = 3 * index[i + 2];
    const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
    areas[i] = uy * vz - uz * vy;
    areas[i + 1] = uz * vx - ux * vz;
    areas[i + 2] = ux * vy - uy * vx;
  }
  return areas;
}

// At each vertex the mean of its triangles' normals, weighted by their areas. At an edge that is sharper than CREASE a
// vertex is told apart into several, so that the edge stays sharp: `own` holds those numbers in place of `index`.
function findNormals({ position, index }) {
  const areas = findAreas({ position, index }), own = new Uint32Array(index.length);
  const number = position.length / 3, more = [], next = new Int32Array(number + index.length).fill(-1);
  const sums = new Float32Array(position.length + 3 * index.length);
  let free = number;
  for (let i = 0; i < index.length; i++) {
    const face = i - i % 3, x = areas[face], y = areas[face + 1], z = areas[face + 2], size = x * x + y * y + z * z;
    let at = index[i];
    for (;;) {
      const sx = sums[3 * at], sy = sums[3 * at + 1], sz = sums[3 * at + 2], along = sx * x + sy * y + sz * z;
      const length = sx * sx + sy * sy + sz * sz;
      if (!size || !length || (along > 0 && along * along > CREASE * CREASE * size * length)) break;
      if (next[at] < 0) {
        next[at] = free++;
        more.push(index[i]);
      }
      at = next[at];
    }
    own[i] = at;
    sums[3 * at] += x;
    sums[3 * at + 1] += y;
    sums[3 * at + 2] += z;
  }
  return { own, more, normals: unit(sums.subarray(0, 3 * free)) };
}

function unit(vectors) {
  for (let i = 0; i < vectors.length; i += 3) {
    const length = Math.sqrt(vectors[i] ** 2 + vectors[i + 1] ** 2 + vectors[i + 2] ** 2) || 1;
    vectors[i] /= length;
    vectors[i + 1] /= length;
    vectors[i + 2] /= length;
  }
  return vectors;
}

// The same surface with vertices of its own where normals differ.
function shade({ position, index }) {
  const { own, more, normals } = findNormals({ position, index }), all = new Float32Array(normals.length);
  all.set(position);
  more.forEach((vertex, extra) => all.set(position.subarray(3 * vertex, 3 * vertex + 3), position.length + 3 * extra));
  return { position: all, index: own, normal: normals };
}

// `pattern` is a mesh of pythreejs: others are made of the same classes.
function makeGeometry(pattern, mesh, colour) {
  const { position, index, normal } = shade(mesh);
  const { constructor: Geometry, attributes } = pattern.geometry, { constructor: Attribute } = attributes.position;
  const number = position.length / 3, tint = new Uint8Array(4 * number), rim = new Uint8Array(2 * number).fill(128);
  for (let i = 0; i < tint.length; i += 4) tint.set([...colour, 255], i);
  const geometry = new Geometry();
  geometry.addAttribute("position", new Attribute(position, 3));
  geometry.addAttribute("normal", new Attribute(normal, 3));
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
