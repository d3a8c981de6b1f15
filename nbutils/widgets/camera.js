// Camera frames to Python, one worked on and at most one on its way: each is grabbed so that it arrives when the one
// before is done. Python never waits for a frame, and no frame waits for Python: the newest wins.
// On this machine frames travel raw (nothing to encode or decode); to another machine they travel as JPEG.
// The wire's time is the least of the last trips; a frame leaves a little early, as timers ring late.
const PATIENCE = 5000, REMEMBERED = 30, EARLY = 3, MOST = 2;
// No skin, fur, wood or food has this blue.
const HEAT = [40, 200, 255];
const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

function render({ model, el }) {
  const make = (tag, name, parent) => {
    const node = document.createElement(tag);
    node.className = name;
    parent.appendChild(node);
    return node;
  };
  el.classList.add('dv-fill');
  const root = make('div', 'dv-camera', el);
  // The film itself is never shown: the page shows each frame that was sent, as it was sent, and paints no others.
  const video = document.createElement('video');
  video.muted = video.playsInline = video.autoplay = true;
  const grab = make('canvas', 'dv-camera-live', root);
  grab.setAttribute('role', 'img');
  grab.setAttribute('aria-label', 'live camera, cut to the square that the network sees');
  const image = make('img', '', root);
  const heat = make('canvas', 'dv-camera-heat', root);
  heat.setAttribute('aria-hidden', 'true');
  const held = make('div', 'dv-camera-held', root);
  held.textContent = 'held';
  const says = make('div', 'dv-camera-says', root);
  says.setAttribute('role', 'status');
  const context = grab.getContext('2d', { willReadFrequently: true, alpha: false });
  let stream = null, starting = false, alive = true, turn = 0, watchdog = 0, retry = 0, next = 0, packing = false;
  // What is under way, oldest first, and what the wire took of the last trips.
  let underWay = [], wires = [];
  // A page that is opened anew must not begin with a number that was acknowledged before.
  let seq = Math.floor(Math.random() * 1e9);
  let inSight = true, trip = 0, capture = 0, stillUrl = '', heatPicture = null;
  root.dataset.sent = '0';

  const tell = problem => { model.set('problem', problem); if (problem) model.set('running', false); model.save_changes(); };

  function explain(error) {
    if (error.name === 'NotAllowedError' || error.name === 'SecurityError') return 'refused';
    if (error.name === 'NotFoundError' || error.name === 'OverconstrainedError') return 'absent';
    if (error.name === 'NotReadableError') return 'busy';
    return 'failed';
  }

  const release = opened => { if (opened) opened.getTracks().forEach(track => track.stop()); };

  function wish() {
    const video = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 60 } };
    if (model.get('device')) video.deviceId = { exact: model.get('device') };
    return { video, audio: false };
  }

  // Each start has a turn: what belongs to an earlier one, such as a film that was let go before it played, is dropped.
  async function start() {
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return tell('insecure');
    stop();
    const mine = turn;
    starting = true;
    show();
    let opened = null;
    try {
      opened = await navigator.mediaDevices.getUserMedia(wish());
      if (mine !== turn) return release(opened);
      stream = opened;
      stream.getVideoTracks()[0].addEventListener('ended', () => { if (mine === turn) { stop(); tell('ended'); } });
      video.srcObject = stream;
      await video.play();
      const known = (await navigator.mediaDevices.enumerateDevices()).filter(device => device.kind === 'videoinput');
      if (mine !== turn) return;
      starting = false;
      model.set('devices', known.map((device, i) => [device.deviceId, device.label || `camera ${i + 1}`]));
      tell('');
      show();
      pump();
    } catch (error) {
      if (mine !== turn) return release(opened);
      stop();
      tell(explain(error));
      show();
    }
  }

  function stop() {
    turn++;
    starting = false;
    clearTimeout(watchdog);
    clearTimeout(next);
    cancelAnimationFrame(retry);
    underWay = [];
    packing = false;
    release(stream);
    stream = null;
    video.srcObject = null;
  }

  function flip(size) {
    const mirrored = model.get('mirror');
    context.setTransform(mirrored ? -1 : 1, 0, 0, 1, mirrored ? size : 0, 0);
  }

  function drawSquare(size) {
    if (grab.width !== size) grab.width = grab.height = size;
    const side = Math.min(video.videoWidth, video.videoHeight);
    flip(size);
    context.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, size, size);
  }

  function packRaw(size) {
    const rgba = context.getImageData(0, 0, size, size).data, rgb = new Uint8Array(size * size * 3);
    for (let i = 0, j = 0; j < rgb.length; i += 4) {
      rgb[j++] = rgba[i];
      rgb[j++] = rgba[i + 1];
      rgb[j++] = rgba[i + 2];
    }
    return rgb.buffer;
  }

  const packJpeg = () => new Promise((done, fail) => {
    grab.toBlob(blob => blob ? done(blob.arrayBuffer()) : fail(new Error('the frame could not be packed')), 'image/jpeg', 0.85);
  });

  const isRaw = () => {
    const wanted = model.get('encoding');
    return wanted === 'raw' || (wanted === 'auto' && LOCAL.includes(location.hostname));
  };
  const mayLook = () => !document.hidden && inSight && video.videoWidth;

  async function pump() {
    clearTimeout(next);
    cancelAnimationFrame(retry);
    if (!alive || !stream || packing || underWay.length >= MOST || model.get('hold')) return;
    if (!mayLook()) { retry = requestAnimationFrame(pump); return; }
    const mine = turn, size = model.get('size'), begin = performance.now(), raw = isRaw();
    drawSquare(size);
    packing = true;
    let packed = null;
    try {
      packed = raw ? packRaw(size) : await packJpeg();
    } catch {
      // A frame that could not be packed is left out; the next is grabbed with the page's next picture.
    }
    if (mine !== turn) return;
    packing = false;
    if (!packed) { retry = requestAnimationFrame(pump); return; }
    const frame = { seq: ++seq, sentAt: performance.now() };
    model.send({ type: 'frame', seq: frame.seq, size, format: raw ? 'raw' : 'jpeg', trip, capture }, undefined, [packed]);
    capture = frame.sentAt - begin;
    root.dataset.sent = String(Number(root.dataset.sent) + 1);
    underWay.push(frame);
    if (underWay.length === 1) watch();
  }

  // An answer that never comes, as after a lost connection, does not stop the camera.
  function watch() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { underWay = []; pump(); }, PATIENCE);
  }

  function onAcknowledged() {
    const place = underWay.findIndex(frame => frame.seq === model.get('acknowledged'));
    if (place < 0) return;
    const now = performance.now(), worked = model.get('worked_ms');
    trip = now - underWay[place].sentAt;
    (root.trips ||= []).push(trip);
    if (root.trips.length > 3000) root.trips.splice(0, 1000);
    wires = [...wires, Math.max(0, trip - worked)].slice(-REMEMBERED);
    underWay.splice(0, place + 1);
    clearTimeout(watchdog);
    if (!underWay.length) pump();
    else watch();
    next = setTimeout(pump, worked - (underWay.length ? Math.min(...wires) : 0) - EARLY);
  }

  function onHold() {
    show();
    pump();
  }

  function show() {
    const live = Boolean(stream), hold = model.get('hold'), still = model.get('still');
    grab.style.display = live ? 'block' : 'none';
    image.style.display = !live && still && still.byteLength ? 'block' : 'none';
    held.style.display = live && hold ? 'block' : 'none';
    const nothing = !live && !starting && !(still && still.byteLength);
    const waiting = starting && !live ? 'Allow the camera in the browser.' : '';
    const sentence = model.get('sentence') || waiting || (nothing ? model.get('empty') : '');
    says.style.display = sentence ? 'flex' : 'none';
    if (says.textContent !== sentence) says.textContent = sentence;
  }

  function onStill() {
    const still = model.get('still');
    if (stillUrl) URL.revokeObjectURL(stillUrl);
    stillUrl = still && still.byteLength ? URL.createObjectURL(new Blob([still], { type: 'image/jpeg' })) : '';
    if (stillUrl) image.src = stillUrl;
    image.alt = model.get('still_alt');
    show();
  }

  function onHeat() {
    const data = model.get('heat'), [h, w] = model.get('heat_shape');
    const there = data && data.byteLength === h * w;
    heat.style.display = there ? 'block' : 'none';
    if (!there) return;
    const pen = heat.getContext('2d');
    if (!heatPicture || heat.width !== w || heat.height !== h) {
      [heat.width, heat.height] = [w, h];
      heatPicture = pen.createImageData(w, h);
    }
    const out = heatPicture.data;
    for (let i = 0; i < h * w; i++) {
      const grey = data.getUint8(i);
      for (let c = 0; c < 3; c++) out[4 * i + c] = HEAT[c];
      out[4 * i + 3] = grey * grey * 0.0033;
    }
    pen.putImageData(heatPicture, 0, 0);
  }

  function onRunning() {
    if (!model.get('running')) { stop(); show(); return; }
    if (model.get('problem')) tell('');
    start();
  }
  const onDevice = () => { if (model.get('running')) start(); };

  const listeners = {
    'change:acknowledged': onAcknowledged, 'change:running': onRunning, 'change:device': onDevice, 'change:hold': onHold,
    'change:sentence': show, 'change:still': onStill, 'change:heat': onHeat,
    // Two frames of a film may be the same picture under two names.
    'change:still_alt': () => { image.alt = model.get('still_alt'); },
  };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
  // Out of sight nobody looks at what the frames would bring; in sight is the whole dashboard, not this pane alone.
  const dashboard = new IntersectionObserver((changes) => { inSight = changes.at(-1).isIntersecting; });
  requestAnimationFrame(() => { if (alive) dashboard.observe(root.closest('.dv-shell') || root); });
  const pane = tellSight(model, root);
  onStill();
  onHeat();
  onRunning();
  return () => {
    alive = false;
    dashboard.disconnect();
    pane.disconnect();
    stop();
    if (stillUrl) URL.revokeObjectURL(stillUrl);
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
  };
}
export default { render };
