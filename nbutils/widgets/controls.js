// Four native inputs. Each is drawn from its traits and sends only what a person chose.

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

  function paint() {
    for (const input of [range, box]) {
      for (const name of ["min", "max", "step"]) input[name] = model.get(name);
      input.disabled = model.get("disabled");
    }
    label.textContent = model.get("name");
    box.setAttribute("aria-label", `${model.get("name")}, as a number`);
    unit.textContent = model.get("unit");
    range.setAttribute("aria-valuetext", `${readable(model.get("value"))} ${model.get("unit")}`.trim());
    if (dragging) return;
    range.value = model.get("value");
    box.value = readable(model.get("value"));
  }
  function send(value) {
    model.set("value", Math.min(model.get("max"), Math.max(model.get("min"), value)));
    model.save_changes();
  }
  range.addEventListener("input", () => {
    box.value = readable(range.value);
    if (!model.get("wait")) send(Number(range.value));
  });
  range.addEventListener("change", () => { dragging = false; send(Number(range.value)); });
  range.addEventListener("pointerdown", () => { dragging = true; });
  range.addEventListener("pointercancel", () => { dragging = false; });
  range.addEventListener("blur", () => { dragging = false; });
  box.addEventListener("change", () => {
    if (box.value !== "" && Number.isFinite(box.valueAsNumber)) send(box.valueAsNumber);
    paint();
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
  const pressed = make("button", { type: "button", click: () => model.send({ event: "press" }) });
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
  ({ slider, choice, segmented, switch: onOff, button })[kind]({ model, el });
}
export default { render };
