// Rows are made once and only their text and width change, so that nothing jumps while a camera runs.
function render({ model, el }) {
  const list = document.createElement('ol');
  list.className = 'dv-bars';
  const empty = document.createElement('div');
  empty.className = 'dv-bars-empty';
  el.append(list, empty);
  const parts = [];
  for (let i = 0; i < model.get('count'); i++) {
    const row = document.createElement('li'), [bar, name, share] = ['bar', 'name', 'share'].map(kind => {
      const node = document.createElement('span');
      node.className = kind;
      row.appendChild(node);
      return node;
    });
    list.appendChild(row);
    parts.push({ row, bar, name, share });
  }
  function draw() {
    const rows = model.get('rows');
    list.setAttribute('aria-label', model.get('label'));
    list.style.display = rows.length ? 'block' : 'none';
    empty.textContent = rows.length ? '' : model.get('empty');
    parts.forEach(({ row, bar, name, share }, i) => {
      const [text, value] = rows[i] || ['', 0];
      row.style.visibility = rows[i] ? 'visible' : 'hidden';
      bar.style.width = `calc(${Math.max(0, Math.min(1, value))} * (100% - 3.2em))`;
      if (name.textContent !== text) [name.textContent, name.title] = [text, text];
      share.textContent = rows[i] ? value.toFixed(2) : '';
    });
  }
  model.on('change:rows', draw);
  model.on('change:empty', draw);
  draw();
  const watcher = tellSight(model, el);
  return () => { watcher.disconnect(); model.off('change:rows', draw); model.off('change:empty', draw); };
}
export default { render };
