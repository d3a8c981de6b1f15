// A scrubber over frames that lie in Python: the clock runs here and sets the place, Python shows what lies there.

async function render({ model, el, signal }) {
  await dress(model, el);
  const play = make("button", { type: "button", click: toggle });
  const back = make("button", { type: "button", click: () => step(-1) }, "Back");
  const forward = make("button", { type: "button", click: () => step(1) }, "Forward");
  const newest = make("input", { type: "checkbox", role: "switch", change: () => send({ newest: newest.checked, playing: false }) });
  const slider = make("input", { type: "range", min: 0, step: 1, input: () => goTo(Number(slider.value)) });
  const caption = make("span", { class: "dv-quiet" });
  const film = make(
    "div",
    { class: "dv-film", role: "group" },
    make("div", { class: "dv-row" }, play, back, forward, make("label", { class: "dv-switch" }, newest, "Newest")),
    make("div", { class: "dv-film-place" }, slider, caption),
  );
  el.append(film);
  let clock = 0;
  const last = () => Math.max(0, model.get("captions").length - 1);

  function send(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  }
  function goTo(place) {
    send({ place: Math.max(0, Math.min(last(), place)), newest: false, playing: false });
  }
  function step(by) {
    goTo(model.get("place") + by);
  }
  function toggle() {
    if (model.get("playing")) return send({ playing: false });
    const again = model.get("place") >= last();
    send({ playing: true, newest: false, ...(again ? { place: 0 } : {}) });
  }
  // Out of sight the film stands still; at its end it goes along with what comes.
  function advance() {
    if (document.hidden || !el.getClientRects().length) return;
    const place = model.get("place") + 1;
    if (place > last()) send({ playing: false, newest: true });
    else send({ place });
  }
  function setClock() {
    clearInterval(clock);
    clock = 0;
    if (model.get("playing")) clock = setInterval(advance, 1000 / model.get("fps"));
  }

  film.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !last()) return;
    const moves = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), Home: () => goTo(0), End: () => send({ newest: true, playing: false }) };
    // A button or a switch that has the focus takes the space bar itself.
    if (event.target === slider) moves[" "] = toggle;
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  });
  watch(model, "name", () => {
    film.setAttribute("aria-label", model.get("name"));
    slider.setAttribute("aria-label", model.get("name"));
  });
  watch(model, "captions place", () => {
    const words = model.get("captions")[model.get("place")] ?? "No frame yet.";
    slider.max = last();
    slider.value = model.get("place");
    slider.setAttribute("aria-valuetext", words);
    if (caption.textContent !== words) caption.textContent = words;
    for (const control of [play, back, forward, slider]) control.disabled = !last();
  });
  watch(model, "newest", () => { newest.checked = model.get("newest"); });
  watch(model, "playing fps", () => {
    play.textContent = model.get("playing") ? "Pause" : "Play";
    setClock();
  });
  signal.addEventListener("abort", () => clearInterval(clock));
}
export default { render };
