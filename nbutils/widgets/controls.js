// Native inputs. Each is drawn from its traits and sends only what a person chose.

const unique = () => `dv-${Math.random().toString(36).slice(2)}`;
const readable = (value) => String(Number(Number(value).toPrecision(7)));

function slider({ model, el }) {
  const id = unique();
  const label = make("label", { class: "dv-name", for: id });
  const range = make("input", { id, type: "range" });
  const box = make("input", { type: "number" });
  const unit = make("span", { class: "dv-quiet" });
  el.append(make("div", { class: "dv-slider" }, label, make("span", {}, box, " ", unit), range));
  let dragging = false;
  // A logarithmic slider moves along the exponent; its box holds the number itself.
  const place = (value) => model.get("logarithmic") ? Math.log10(value) : value;
  const value = () => model.get("logarithmic") ? Number((10 ** Number(range.value)).toPrecision(2)) : Number(range.value);

  function paint() {
    for (const input of [range, box]) {
      for (const name of ["min", "max", "step"]) input[name] = model.get(name);
      input.disabled = model.get("disabled");
    }
    if (model.get("logarithmic")) {
      for (const name of ["min", "max"]) range[name] = place(model.get(name));
      range.step = 0.05;
      box.step = "any";
    }
    label.textContent = model.get("name");
    box.setAttribute("aria-label", `${model.get("name")}, as a number`);
    unit.textContent = model.get("unit");
    range.setAttribute("aria-valuetext", `${readable(model.get("value"))} ${model.get("unit")}`.trim());
    if (dragging) return;
    range.value = place(model.get("value"));
    box.value = readable(model.get("value"));
  }
  function send(number) {
    model.set("value", Math.min(model.get("max"), Math.max(model.get("min"), number)));
    model.save_changes();
  }
  range.addEventListener("input", () => {
    box.value = readable(value());
    if (!model.get("wait")) send(value());
  });
  range.addEventListener("change", () => { dragging = false; send(value()); });
  range.addEventListener("pointerdown", () => { dragging = true; });
  range.addEventListener("pointercancel", () => { dragging = false; });
  range.addEventListener("blur", () => { dragging = false; });
  box.addEventListener("change", () => {
    if (box.value !== "" && Number.isFinite(box.valueAsNumber)) send(box.valueAsNumber);
    paint();
  });
  watch(model, "help", () => {
    for (const input of [range, box]) input.title = label.title = model.get("help");
  });
  watch(model, "value min max step name unit disabled", paint);
}

function listOptions(labels) {
  const rows = [];
  let group = null;
  labels.forEach(([name, text], index) => {
    const option = make("option", { value: index }, text);
    if (!name) group = null;
    else if (group?.label !== name) rows.push((group = make("optgroup", { label: name })));
    if (group) group.append(option);
    else rows.push(option);
  });
  return rows;
}

function choose(model, index) {
  model.set("index", index);
  model.save_changes();
}

function choice({ model, el }) {
  const id = unique();
  const label = make("label", { class: "dv-name", for: id });
  const select = make("select", { id, change: () => choose(model, Number(select.value)) });
  el.append(label, select);
  watch(model, "labels", () => select.replaceChildren(...listOptions(model.get("labels"))));
  watch(model, "labels index name disabled", () => {
    label.textContent = model.get("name");
    select.value = model.get("index");
    select.disabled = model.get("disabled");
  });
}

function segmented({ model, el }) {
  const group = unique();
  const legend = make("legend", { class: "dv-name" });
  const segments = make("div", { class: "dv-segments" });
  el.append(make("fieldset", {}, legend, segments));
  const segment = ([, text], index) => {
    const input = make("input", { type: "radio", name: group, value: index, change: () => choose(model, index) });
    return make("label", {}, input, text);
  };
  watch(model, "labels", () => segments.replaceChildren(...model.get("labels").map(segment)));
  watch(model, "labels index name disabled", () => {
    legend.textContent = model.get("name");
    segments.querySelectorAll("input").forEach((input, index) => {
      input.checked = index === model.get("index");
      input.disabled = model.get("disabled");
    });
  });
}

// A field to type in that proposes what it knows; what it does not know is put back.
function search({ model, el }) {
  const id = unique(), list = unique();
  const label = make("label", { class: "dv-name", for: id });
  const options = make("datalist", { id: list });
  const field = make("input", { id, type: "text", list, autocomplete: "off", spellcheck: "false" });
  const named = () => model.get("labels").map(([, text]) => text);
  const back = () => { field.value = named()[model.get("index")] ?? ""; };
  el.append(label, field, options);
  field.addEventListener("focus", () => field.select());
  field.addEventListener("change", () => {
    const typed = field.value.trim().toLowerCase(), known = named().map((text) => text.toLowerCase());
    const place = known.indexOf(typed), begins = known.findIndex((text) => text.startsWith(typed));
    const found = place >= 0 ? place : begins >= 0 ? begins : known.findIndex((text) => text.includes(typed));
    if (typed && found >= 0) choose(model, found);
    back();
  });
  watch(model, "labels", () => options.replaceChildren(...named().map((text) => make("option", { value: text }))));
  watch(model, "labels index name disabled", () => {
    label.textContent = model.get("name");
    field.disabled = model.get("disabled");
    back();
  });
}

function typed({ model, el }) {
  const id = unique();
  const label = make("label", { class: "dv-name", for: id });
  const field = make("input", { id, type: "text", autocomplete: "off", spellcheck: "false", maxlength: model.get("longest") });
  el.append(label, field);
  field.addEventListener("change", () => {
    model.set("value", field.value);
    model.save_changes();
  });
  watch(model, "value name disabled", () => {
    label.textContent = model.get("name");
    field.value = model.get("value");
    field.disabled = model.get("disabled");
  });
}

function onOff({ model, el }) {
  const input = make("input", { type: "checkbox", role: "switch" });
  const name = make("span");
  input.addEventListener("change", () => {
    model.set("value", input.checked);
    model.save_changes();
  });
  el.append(make("label", { class: "dv-switch" }, input, name));
  watch(model, "name value disabled", () => {
    name.textContent = model.get("name");
    input.checked = model.get("value");
    input.disabled = model.get("disabled");
  });
}

function button({ model, el }) {
  const pressed = make("button", { type: "button", click: () => model.send({ event: "press", at: Date.now() }) });
  el.append(pressed);
  watch(model, "text first disabled", () => {
    pressed.textContent = model.get("text");
    pressed.classList.toggle("dv-first", model.get("first"));
    pressed.disabled = model.get("disabled");
  });
}

async function render({ model, el }) {
  await dress(model, el);
  const kind = model.get("kind");
  el.classList.add("dv-control", `dv-${kind}-control`);
  ({ slider, choice, segmented, search, typed, switch: onOff, button })[kind]({ model, el });
}
export default { render };
