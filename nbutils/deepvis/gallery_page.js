// The wall of one layer: every tile a button that shows its part of a sheet. Texts are set as text, never as HTML.
const data = JSON.parse(document.getElementById('data').textContent);
const find = id => document.getElementById(id);
const [layerBox, findBox, sizeBox, seenBox, wall, told, large] =
  ['layer', 'find', 'size', 'seen', 'wall', 'told', 'large'].map(find);

data.layers.forEach((layer, place) => layerBox.add(new Option(`${layer.title} (${layer.made.length} of ${layer.units})`, place)));
layerBox.value = String(data.layers.length - 1);
const current = () => data.layers[Number(layerBox.value)];
const nameOf = (layer, place) => `${layer.noun} ${layer.made[place]}${layer.names.length ? ' ' + layer.names[place] : ''}`;

// Sheets hold a_sheet tiles in rows of `columns`; a percentage places one tile whatever size it is shown at.
function hang(node, place, side) {
  const layer = current(), inSheet = place % data.a_sheet;
  const count = Math.min(data.a_sheet, layer.made.length - (place - inSheet)), rows = Math.ceil(count / data.columns);
  node.className = `s${layerBox.value}-${Math.floor(place / data.a_sheet)}`;
  node.style.width = node.style.height = side;
  node.style.backgroundSize = `${data.columns * 100}% ${rows * 100}%`;
  const across = inSheet % data.columns, down = Math.floor(inSheet / data.columns);
  node.style.backgroundPosition = `${100 * across / (data.columns - 1)}% ${rows > 1 ? 100 * down / (rows - 1) : 0}%`;
}

function matches(layer, place, wanted) {
  if (!wanted) return true;
  if (/^\d+$/.test(wanted)) return String(layer.made[place]) === wanted;
  return layer.names.length > 0 && layer.names[place].toLowerCase().includes(wanted);
}

function draw() {
  const layer = current(), wanted = findBox.value.trim().toLowerCase();
  const side = `${seenBox.checked ? layer.side : sizeBox.value}px`;
  const places = layer.made.map((_, place) => place).filter(place => matches(layer, place, wanted));
  wall.replaceChildren(...places.map(place => {
    const tile = document.createElement('button');
    tile.title = nameOf(layer, place);
    tile.setAttribute('aria-label', `the preferred picture of ${nameOf(layer, place)}`);
    tile.dataset.place = place;
    hang(tile, place, side);
    return tile;
  }));
  sizeBox.disabled = seenBox.checked;
  told.textContent = `${places.length} of ${layer.units} units of ${layer.title}. Click one to see it large.`;
}

function show(place) {
  const layer = current(), unit = layer.made[place], picture = find('picture');
  find('name').textContent = nameOf(layer, place);
  hang(picture, place, '');
  picture.setAttribute('aria-label', `the preferred picture of ${nameOf(layer, place)}`);
  const facts = [`It answers with ${layer.objectives[place].toPrecision(3)}.`];
  if (layer.probabilities) facts.push(`Probability of the class: ${layer.probabilities[place].toFixed(2)}.`);
  if (layer.silent.includes(unit)) facts.push('Silent: nothing raises it.');
  if (layer.photographs[place]) facts.push(layer.photographs[place]);
  find('facts').textContent = facts.join(' ');
  const recipe = JSON.parse(layer.recipe);
  recipe.objectives = recipe.objectives.map(line => line.replace(/\d+\)$/, `${unit})`));
  find('recipe').textContent = JSON.stringify(recipe);
  large.showModal();
}

wall.addEventListener('click', event => {
  const tile = event.target.closest('button');
  if (tile) show(Number(tile.dataset.place));
});
for (const box of [layerBox, findBox, sizeBox, seenBox]) box.addEventListener('input', draw);
draw();
