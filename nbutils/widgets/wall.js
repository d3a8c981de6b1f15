// One canvas for all tiles. Pixels come as a trait; rings, grid lines and the tip are laid over it by CSS,
// so that a new frame costs one lookup and one putImageData.
function render({ model, el }) {
  const make = (name, parent, tag = 'div') => {
    const node = document.createElement(tag);
    node.className = name;
    parent.appendChild(node);
    return node;
  };
  el.classList.add('dv-fill');
  const root = make('dv-wall', el);
  const pickable = model.get('pickable');
  root.setAttribute('role', pickable ? 'application' : 'img');
  if (pickable) root.tabIndex = 0;
  const field = make('dv-wall-field', root);
  const canvas = make('', field, 'canvas');
  canvas.setAttribute('aria-hidden', 'true');
  const lines = make('dv-wall-lines', field);
  const hoverRing = make('dv-wall-ring hover', field);
  const ring = make('dv-wall-ring selected', field);
  const tip = make('dv-wall-tip', field);
  const empty = make('dv-wall-empty', root);
  const said = make('dv-wall-said', root);
  said.setAttribute('aria-live', 'polite');
  const context = canvas.getContext('2d', { alpha: false });
  let picture = null, words = null, colours = null, side = [1, 1], hovered = -1, marks = [], waiting = 0;
  let atlasTurn = 0;
  root.dataset.painted = '0';

  const bytes = view => view && view.byteLength ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : null;
  const count = () => model.get('shape')[0];
  const columns = () => Math.max(1, Math.min(model.get('columns'), count() || 1));
  const rows = () => Math.max(1, Math.ceil(count() / columns()));

  function readTable() {
    const table = bytes(model.get('table'));
    colours = new Uint32Array(256);
    for (let i = 0; i < 256; i++) {
      const [r, g, b] = table && table.length === 768 ? [table[3 * i], table[3 * i + 1], table[3 * i + 2]] : [i, i, i];
      colours[i] = (255 << 24) | (b << 16) | (g << 8) | r;
    }
  }

  function layout() {
    // Never taller than what is left of the window beside a dashboard's head: a camera and its wall are watched together.
    root.style.height = `min(${model.get('height')}px, max(320px, calc(100vh - 190px)))`;
    root.setAttribute('aria-label', model.get('label') || 'wall of tiles');
    const [n, h, w] = model.get('shape'), zoom = model.get('zoom');
    empty.style.display = n ? 'none' : 'flex';
    empty.textContent = n ? '' : model.get('empty');
    field.style.display = n ? 'block' : 'none';
    if (!n) return;
    const wide = root.clientWidth, high = root.clientHeight, aspect = w / h;
    const fit = Math.max(Math.min(wide / columns(), high / rows() * aspect), Math.min(model.get('least'), wide)) * zoom;
    side = fit >= 3 && model.get('whole') ? [Math.floor(fit), Math.floor(fit / aspect)] : [fit, fit / aspect];
    field.style.width = side[0] * columns() + 'px';
    field.style.height = side[1] * rows() + 'px';
    field.style.top = Math.max(0, Math.floor((high - side[1] * rows()) / 2)) + 'px';
    lines.style.display = side[0] >= 8 ? 'block' : 'none';
    lines.style.backgroundSize = `${side[0]}px ${side[1]}px`;
    place(ring, pickable ? model.get('selected') : -1);
    placeMarks();
  }

  function place(node, index) {
    const inside = index >= 0 && index < count();
    node.style.display = inside ? 'block' : 'none';
    if (!inside) return;
    node.style.left = (index % columns()) * side[0] + 'px';
    node.style.top = Math.floor(index / columns()) * side[1] + 'px';
    node.style.width = side[0] + 1 + 'px';
    node.style.height = side[1] + 1 + 'px';
  }

  function placeMarks() {
    marks.forEach(node => node.remove());
    marks = model.get('marked').slice(0, 500).map(index => {
      const node = make('dv-wall-ring marked', field);
      place(node, index);
      return node;
    });
  }

  async function paintAtlas(data, n) {
    const turn = ++atlasTurn;
    const sheet = await createImageBitmap(new Blob([data]));
    if (turn !== atlasTurn) return sheet.close();
    const [, h, w] = model.get('shape'), inSheet = Math.max(1, model.get('sheet')), across = columns();
    [canvas.width, canvas.height] = [across * w, rows() * h];
    picture = null;
    canvas.className = 'smooth';
    for (let i = 0; i < n; i++)
      context.drawImage(sheet, (i % inSheet) * w, Math.floor(i / inSheet) * h, w, h, (i % across) * w, Math.floor(i / across) * h, w, h);
    sheet.close();
    painted();
  }

  function paint() {
    waiting = 0;
    const data = bytes(model.get('data')), [n, h, w] = model.get('shape'), format = model.get('format');
    if (!data || !n) return;
    if (format === 'atlas') return paintAtlas(data, n);
    atlasTurn++;
    const depth = format === 'rgb' ? 3 : 1, across = columns(), width = across * w, height = rows() * h;
    if (data.length !== n * h * w * depth) return;
    if (!picture || picture.width !== width || picture.height !== height) {
      [canvas.width, canvas.height] = [width, height];
      picture = context.createImageData(width, height);
      words = new Uint32Array(picture.data.buffer);
    }
    canvas.className = format === 'rgb' ? 'smooth' : '';
    if (n % across) words.fill(0xff1a1614);
    let from = 0;
    for (let tile = 0; tile < n; tile++) {
      let to = Math.floor(tile / across) * h * width + (tile % across) * w;
      for (let y = 0; y < h; y++, to += width)
        if (depth === 1) for (let x = 0; x < w; x++) words[to + x] = colours[data[from++]];
        else for (let x = 0; x < w; x++, from += 3)
          words[to + x] = (255 << 24) | (data[from + 2] << 16) | (data[from + 1] << 8) | data[from];
    }
    context.putImageData(picture, 0, 0);
    painted();
  }

  function painted() {
    root.dataset.painted = String(Number(root.dataset.painted) + 1);
    if (hovered >= 0) tell();
  }

  const schedule = () => { waiting ||= requestAnimationFrame(paint); };

  function describe(index) {
    const names = model.get('names'), ranges = model.get('ranges');
    let text = `${model.get('noun')} ${index}`;
    if (names.length > index && names[index]) text += ` · ${names[index]}`;
    if (ranges && ranges.byteLength >= 8 * (index + 1)) {
      const low = ranges.getFloat32(8 * index, true), high = ranges.getFloat32(8 * index + 4, true);
      text += low === high ? ` · ${high.toPrecision(3)}` : ` · ${low.toPrecision(3)} to ${high.toPrecision(3)}`;
    }
    return text;
  }

  function tell() {
    tip.style.display = hovered >= 0 ? 'block' : 'none';
    if (hovered < 0) return;
    tip.textContent = describe(hovered);
    const x = (hovered % columns()) * side[0], y = Math.floor(hovered / columns()) * side[1];
    const wide = field.clientWidth, own = tip.offsetWidth;
    tip.style.left = Math.max(0, Math.min(x + side[0] + 4, wide - own)) + 'px';
    tip.style.top = Math.max(0, y > 28 ? y - 26 : y + side[1] + 4) + 'px';
  }

  function tileAt(event) {
    const box = field.getBoundingClientRect();
    const x = Math.floor((event.clientX - box.left) / side[0]), y = Math.floor((event.clientY - box.top) / side[1]);
    const index = y * columns() + x;
    return x >= 0 && x < columns() && y >= 0 && index < count() ? index : -1;
  }

  function select(index) {
    index = Math.max(0, Math.min(count() - 1, index));
    if (index === model.get('selected')) return;
    model.set('selected', index);
    model.save_changes();
  }

  function onSelected() {
    const index = model.get('selected');
    if (!pickable) return;
    place(ring, index);
    said.textContent = count() && index >= 0 ? describe(index) + ' selected' : '';
    const top = Math.floor(index / columns()) * side[1], left = (index % columns()) * side[0];
    if (top < root.scrollTop || top + side[1] > root.scrollTop + root.clientHeight) root.scrollTop = top - root.clientHeight / 2;
    if (left < root.scrollLeft || left + side[0] > root.scrollLeft + root.clientWidth) root.scrollLeft = left - root.clientWidth / 2;
  }

  function setZoom(zoom) {
    model.set('zoom', Math.max(1, Math.min(8, zoom)));
    model.save_changes();
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = model.get('selected'), step = event.shiftKey ? 5 : 1;
    const moves = { ArrowRight: step, ArrowLeft: -step, ArrowDown: step * columns(), ArrowUp: -step * columns() };
    if (event.key in moves) {
      const next = at + moves[event.key];
      if (next >= 0 && next < count()) select(next);
    }
    else if (event.key === 'Home') select(0);
    else if (event.key === 'End') select(count() - 1);
    else if (event.key === 'PageDown' || event.key === 'PageUp') model.send({ page: event.key === 'PageDown' ? 1 : -1 });
    else if (event.key === '+' || event.key === '=') setZoom(model.get('zoom') * 1.5);
    else if (event.key === '-') setZoom(model.get('zoom') / 1.5);
    else if (event.key === '0') setZoom(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const onLeave = () => { hovered = -1; place(hoverRing, -1); tell(); };
  const measure = () => {
    const wide = root.clientWidth, high = root.clientHeight;
    if (!wide || !high) return;
    const [w, h, density] = model.get('room');
    if (Math.abs(w - wide) > 2 || Math.abs(h - high) > 2 || density !== window.devicePixelRatio) {
      model.set('room', [wide, high, window.devicePixelRatio || 1]);
      model.save_changes();
    }
    layout();
  };
  const onShape = () => { onLeave(); layout(); schedule(); };
  const onZoom = () => { onShape(); onSelected(); };
  const onTable = () => { readTable(); schedule(); };
  const onHeight = () => { layout(); measure(); };
  const onHover = event => { hovered = tileAt(event); place(hoverRing, hovered); tell(); };
  const onClick = event => { const index = tileAt(event); if (index >= 0) select(index); root.focus({ preventScroll: true }); };
  const onDouble = () => setZoom(model.get('zoom') > 1 ? 1 : 3);

  const listeners = {
    'change:data': schedule, 'change:table': onTable, 'change:selected': onSelected, 'change:marked': placeMarks,
    'change:shape': onShape, 'change:columns': onShape, 'change:zoom': onZoom, 'change:height': onHeight,
    'change:empty': layout, 'change:label': layout,
  };
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
  if (pickable) {
    root.addEventListener('mousemove', onHover);
    root.addEventListener('mouseleave', onLeave);
    root.addEventListener('click', onClick);
    root.addEventListener('dblclick', onDouble);
    root.addEventListener('keydown', onKey);
  }
  const observer = new ResizeObserver(measure);
  observer.observe(root);
  const watcher = tellSight(model, root);
  readTable();
  layout();
  schedule();
  return () => {
    observer.disconnect();
    watcher.disconnect();
    cancelAnimationFrame(waiting);
    for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
  };
}
export default { render };
