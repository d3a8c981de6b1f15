varying vec4 vTint;
varying vec2 vRim;

void main() {
  vec2 inset = min(vRim, 1.0 - vRim);
  float shade = mix(0.72, 1.0, smoothstep(0.0, 0.07, min(inset.x, inset.y)));
  gl_FragColor = vec4(vTint.rgb * shade, vTint.a);
}
