// What hands do to a stage: keys, and dragging, of which a click is the shortest.

const STEP = Math.PI / 18, PER_PIXEL = 0.01, CLICK = 5, ZOOM = 1.25;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = { "+": ZOOM, "=": ZOOM, "-": 1 / ZOOM };

// `answer(event)` returns whether the key was one of the stage's; other keys go on to the page.
function onKeys(root, answer) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !answer(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

// Dragging turns; a click without a drag picks. `begin`, where there is one, hears where a drag begins.
function onDrag(root, place, { begin, turn, pick }) {
  let drag = null;
  place.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    drag = { x: event.clientX, y: event.clientY, way: 0 };
    place.setPointerCapture(event.pointerId);
    root.focus({ preventScroll: true });
    begin?.(event);
  });
  place.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [across, down] = [event.clientX - drag.x, event.clientY - drag.y];
    drag = { x: event.clientX, y: event.clientY, way: drag.way + Math.abs(across) + Math.abs(down) };
    turn(across * PER_PIXEL, down * PER_PIXEL);
  });
  place.addEventListener("pointerup", (event) => {
    if (drag && drag.way < CLICK) pick(event);
    drag = null;
  });
  place.addEventListener("pointercancel", () => { drag = null; });
}
