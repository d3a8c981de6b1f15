// Each object turns in its own place of the grid: the mesh is turned about the origin, then every vertex is moved.
attribute vec4 tint;
attribute vec2 place;
attribute vec2 rim;
varying vec4 vTint;
varying vec2 vRim;

float light(vec3 facing) {
  float key = max(dot(facing, normalize(vec3(0.3, 0.75, 0.6))), 0.0);
  float fill = max(dot(facing, normalize(vec3(-0.8, 0.1, 0.55))), 0.0);
  return 0.42 + 0.52 * key + 0.22 * fill;
}

void main() {
  // Outlines have no normal and are not lit.
  float lit = dot(normal, normal) < 0.5 ? 1.0 : light(normalize(normalMatrix * normal));
  vTint = vec4(tint.rgb * lit, tint.a);
  vRim = rim;
  gl_Position = projectionMatrix * (modelViewMatrix * vec4(position, 1.0) + vec4(place.x, -place.y, 0.0, 0.0));
}
