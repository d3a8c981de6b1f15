// A film is sent to Python in acknowledged chunks; then its clock runs here, and Python is asked for one frame at a time.

const PATIENCE = 10_000, LONGEST_BREAK = 1_000;

function clockTime(seconds) {
  const tenths = Math.round(seconds * 10), rest = tenths % 600;
  return `${Math.floor(tenths / 600)}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
}

// Sends a file chunk by chunk; the next goes when Python has the one before. A new file takes the place of the old one.
function makeSender(model, show) {
  let sending = null;

  async function sendChunk() {
    const mine = sending, size = model.get("chunk_bytes"), from = mine.chunk * size;
    let data;
    try {
      data = await mine.file.slice(from, from + size).arrayBuffer();
    } catch {
      if (mine !== sending) return;
      stop();
      show(null, `${mine.file.name} could not be read: it may have been moved or changed. Choose it again.`);
      return;
    }
    if (mine === sending) model.send({ event: "chunk", upload: mine.upload, chunk: mine.chunk }, undefined, [data]);
  }

  function send(file) {
    sending = { file, chunk: 0, upload: Math.floor(Math.random() * 2 ** 50) };
    show(sending);
    model.send({ event: "begin", upload: sending.upload, name: file.name, size: file.size });
  }

  // Once Python has the whole file, or refused it, the sentence comes from there.
  function answered() {
    const { upload, chunks, over } = model.get("arrived");
    if (!sending || upload !== sending.upload) return;
    sending.chunk = chunks;
    if (over) sending = null;
    show(sending);
    if (sending) sendChunk();
  }

  function stop() {
    if (sending) model.send({ event: "drop", upload: sending.upload });
    sending = null;
  }
  return { send, answered, stop };
}

// The clock of a film, and the one question that is on its way to Python.
function makeTransport(model, seen, show) {
  let seq = Math.floor(Math.random() * 1e9), asked = -1, inFlight = 0, waiting = 0, turn = 0;
  let wanted = model.get("place"), begun = null;
  const film = () => ({ frames: 0, fps: 1, ...model.get("film") });

  function ask() {
    if (inFlight || wanted === asked || !film().frames) return;
    asked = wanted;
    inFlight = ++seq;
    const mine = inFlight;
    waiting = setTimeout(() => { if (mine === inFlight) { inFlight = 0; asked = -1; ask(); } }, PATIENCE);
    model.send({ event: "place", seq, index: asked });
  }

  function acknowledged() {
    if (model.get("acknowledged") !== inFlight) return;
    clearTimeout(waiting);
    inFlight = 0;
    advance();
  }

  // Where the clock says that the film is; out of sight it stands still.
  function advance() {
    const { frames, fps } = film();
    if (model.get("playing") && frames) {
      const now = performance.now();
      // A page that was hidden, or hung, goes on where it was instead of leaping.
      if (!begun || !seen() || now - begun.last > LONGEST_BREAK) begun = { at: now, place: wanted };
      begun.last = now;
      const place = begun.place + Math.floor((now - begun.at) / 1000 * fps);
      wanted = model.get("loop") ? place % frames : Math.min(place, frames - 1);
      if (place >= frames && !model.get("loop")) setPlaying(false);
    }
    show(wanted);
    ask();
  }

  function tick() {
    turn = 0;
    if (!model.get("playing")) return;
    advance();
    turn = requestAnimationFrame(tick);
  }

  function setPlaying(playing) {
    model.set("playing", playing);
    model.save_changes();
  }

  function goTo(place) {
    wanted = Math.max(0, Math.min(film().frames - 1, place));
    begun = null;
    show(wanted);
    ask();
  }

  return {
    acknowledged,
    goTo,
    toggle() {
      if (!film().frames) return;
      if (!model.get("playing") && !model.get("loop") && wanted === film().frames - 1) goTo(0);
      setPlaying(!model.get("playing"));
    },
    step(by) {
      if (model.get("playing")) setPlaying(false);
      goTo(wanted + by);
    },
    playingChanged() {
      begun = null;
      if (model.get("playing") && !turn) turn = requestAnimationFrame(tick);
    },
    filmChanged() {
      clearTimeout(waiting);
      [asked, inFlight, wanted, begun] = [-1, 0, 0, null];
      advance();
    },
    end() {
      clearTimeout(waiting);
      cancelAnimationFrame(turn);
    },
  };
}

async function render({ model, el, signal }) {
  await dress(model, el);
  const said = make("p", { role: "status" });
  const bar = make("progress", { "aria-label": "Sent", max: 1, value: 0 });
  const cancel = make("button", { type: "button", click: () => { sender.stop(); showSending(null, "Sending was stopped: choose a film."); } }, "Cancel");
  const sent = make("div", { class: "dv-row", hidden: true }, bar, cancel);
  const place = make("div", { class: "dv-drop" });
  const [choose, field] = chooseFile(model, place, take);
  place.append(make("div", {}, choose, make("span", { class: "dv-quiet" }, " or drop one here"), said, sent), field);

  const play = make("button", { type: "button", class: "dv-first", click: () => transport.toggle() });
  const back = make("button", { type: "button", click: () => transport.step(-1) }, "Step back");
  const forward = make("button", { type: "button", click: () => transport.step(1) }, "Step forward");
  const loop = make("input", { type: "checkbox", role: "switch", change: () => { model.set("loop", loop.checked); model.save_changes(); } });
  const time = make("span", { class: "dv-quiet" });
  const slider = make("input", { type: "range", min: 0, step: 1, "aria-label": "Place in the film" });
  slider.addEventListener("input", () => transport.goTo(Number(slider.value)));
  const film = make(
    "div",
    { class: "dv-film", role: "group", "aria-label": "Film" },
    make("div", { class: "dv-row" }, play, back, forward, make("label", { class: "dv-switch" }, loop, "Loop")),
    make("div", { class: "dv-slider" }, slider),
    time,
  );
  el.append(make("div", { class: "dv-player" }, place, film));

  function take(chosen) {
    try {
      checkFile(chosen, model);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return tellStatus(said, error.message, true);
    }
    sender.send(chosen);
  }

  function showSending(sending, sentence) {
    sent.hidden = !sending;
    if (sentence) tellStatus(said, sentence, false);
    if (!sending) return;
    const { size, name } = sending.file, done = sending.chunk * model.get("chunk_bytes");
    bar.value = done / size;
    tellStatus(said, `Sending ${name}: ${megabytes(done)} of ${megabytes(size)} MB.`, false);
  }

  function showPlace(index) {
    const { frames = 0, fps = 1 } = model.get("film");
    slider.value = index;
    const words = frames ? `${clockTime(index / fps)} of ${clockTime(frames / fps)}, frame ${index + 1} of ${frames}` : "No film yet.";
    if (time.textContent !== words) time.textContent = words;
    slider.setAttribute("aria-valuetext", words);
  }

  // Out of sight is a hidden page, a pane that is folded away, or a dashboard that is scrolled away.
  let dashboardSeen = true;
  const watcher = new IntersectionObserver((changes) => { dashboardSeen = changes.at(-1).isIntersecting; });
  requestAnimationFrame(() => { if (!signal.aborted) watcher.observe(el.closest(".dv-shell") || el); });
  const seen = () => !document.hidden && dashboardSeen && el.getClientRects().length > 0;
  const sender = makeSender(model, showSending);
  const transport = makeTransport(model, seen, showPlace);

  film.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !model.get("film").frames) return;
    const last = model.get("film").frames - 1;
    const moves = {
      ArrowLeft: () => transport.step(-1), ArrowRight: () => transport.step(1),
      Home: () => transport.goTo(0), End: () => transport.goTo(last),
    };
    // A button or a switch that has the focus takes the space bar itself.
    if (event.target === slider) moves[" "] = () => transport.toggle();
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  });
  watch(model, "film", () => {
    const { frames = 0 } = model.get("film");
    slider.max = Math.max(0, frames - 1);
    for (const control of [play, back, forward, slider]) control.disabled = !frames;
    showPlace(model.get("place"));
  });
  watch(model, "playing", () => {
    play.textContent = model.get("playing") ? "Pause" : "Play";
    transport.playingChanged();
  });
  watch(model, "loop", () => { loop.checked = model.get("loop"); });
  watch(model, "report", () => {
    const { sentence, fault } = model.get("report");
    if (sentence !== undefined) tellStatus(said, sentence, fault);
  });
  const heard = { "change:arrived": sender.answered, "change:acknowledged": transport.acknowledged, "change:film": transport.filmChanged };
  for (const [name, listener] of Object.entries(heard)) model.on(name, listener);
  signal.addEventListener("abort", () => {
    for (const [name, listener] of Object.entries(heard)) model.off(name, listener);
    watcher.disconnect();
    sender.stop();
    transport.end();
  });
}
export default { render };
