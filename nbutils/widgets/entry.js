// What is typed is sent after a short rest, at once when the field is left: nothing is lost when an error is shown.
// It goes in messages, which arrive in their order: a press of a button never overtakes what was typed before it.

const REST = 250;
const unique = () => `dv-${Math.random().toString(36).slice(2)}`;
const letters = (text) => [...text];
const withoutControls = (text, several) => text.toWellFormed().replace(several ? /[^\P{Cc}\n\t]|[\u2028\u2029]/gu : /[\p{Cc}\u2028\u2029]/gu, "");

// Cuts what was typed or pasted to what fits, and leaves the caret where it was.
function fit(field, longest, several) {
  const clean = letters(withoutControls(field.value, several)), kept = clean.slice(0, longest).join("");
  if (kept === field.value) return false;
  const at = field.selectionStart;
  field.value = kept;
  field.setSelectionRange(Math.min(at, kept.length), Math.min(at, kept.length));
  return clean.length > longest;
}

function makeFrame(model, el, field) {
  const id = unique(), label = make("label", { class: "dv-name", for: id });
  const left = make("span", { class: "dv-quiet dv-entry-left", id: unique() });
  const problem = make("p", { class: "dv-fault", id: unique(), role: "alert" });
  field.id = id;
  field.setAttribute("aria-describedby", `${left.id} ${problem.id}`);
  el.append(make("div", { class: "dv-entry-head" }, label, left));
  watch(model, "name help problem disabled", () => {
    label.textContent = model.get("name");
    field.placeholder = model.get("help");
    field.disabled = model.get("disabled");
    problem.textContent = model.get("problem");
    field.setAttribute("aria-invalid", String(Boolean(model.get("problem"))));
  });
  return { left, problem };
}

function writing({ model, el, signal }) {
  const several = model.get("kind") === "text", longest = model.get("longest");
  const field = make(several ? "textarea" : "input", several ? { class: "dv-entry-field", rows: 3, dir: "auto" } : { class: "dv-entry-field", type: "text", autocomplete: "off", dir: "auto" });
  const { left, problem } = makeFrame(model, el, field);
  el.append(field, problem);
  let waiting = 0;

  const count = (cut) => { left.textContent = cut ? `no more than ${longest} letters` : `${longest - letters(field.value).length} left`; };
  function send() {
    clearTimeout(waiting);
    if (field.value === model.get("value")) return;
    model.set("value", field.value);
    model.send({ event: "typed", value: field.value });
  }
  function typed() {
    count(fit(field, longest, several));
    clearTimeout(waiting);
    waiting = setTimeout(send, REST);
  }
  field.addEventListener("input", (event) => { if (!event.isComposing) typed(); });
  field.addEventListener("compositionend", typed);
  field.addEventListener("change", send);
  signal.addEventListener("abort", send);
  watch(model, "value", () => {
    if (field.value !== model.get("value")) field.value = model.get("value");
    count(false);
  });
}

function tagging({ model, el }) {
  const longest = model.get("longest");
  const field = make("input", { class: "dv-entry-field", type: "text", autocomplete: "off", dir: "auto" });
  const { left, problem } = makeFrame(model, el, field);
  const list = make("ul", { class: "dv-tags" }), said = make("p", { class: "dv-quiet dv-entry-said", role: "status" });
  el.append(list, field, said, problem);
  // What one sees by itself is said to who does not see it.
  function say(sentence, shown = false) {
    said.classList.toggle("dv-unseen", !shown);
    said.textContent = sentence;
  }
  const same = (a, b) => a.toLowerCase() === b.toLowerCase();

  function set(tags) {
    model.set("values", tags);
    model.send({ event: "typed", values: tags });
  }
  // Takes the tags of a text, as far as they fit; returns what did not.
  function take(text) {
    const tags = [...model.get("values")], rest = [];
    for (const part of text.split(",")) {
      const tag = letters(withoutControls(part, false)).slice(0, longest).join("").trim();
      if (!tag || tags.some((known) => same(known, tag))) continue;
      if (tags.length < model.get("most")) tags.push(tag);
      else rest.push(tag);
    }
    if (rest.length) say(`No more than ${model.get("most")} tags: remove one first.`, true);
    else if (tags.length > model.get("values").length) say(`${isolate(tags.at(-1))} added`);
    if (tags.length > model.get("values").length) set(tags);
    return rest.join(", ");
  }
  function remove(index) {
    const tags = model.get("values");
    say(`${isolate(tags[index])} removed`);
    set(tags.filter((_, place) => place !== index));
    (list.querySelectorAll("button")[Math.min(index, tags.length - 2)] ?? field).focus();
  }
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    fit(field, longest * model.get("most"), false);
    const end = field.value.lastIndexOf(",");
    if (end < 0) return;
    const behind = field.value.slice(end + 1).trimStart();
    field.value = [take(field.value.slice(0, end)), behind].filter(Boolean).join(", ");
  });
  field.addEventListener("change", () => { field.value = take(field.value); });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") field.value = take(field.value);
    else if (event.key === "Backspace" && !field.value && model.get("values").length) list.lastElementChild.querySelector("button").focus();
    else return;
    event.preventDefault();
  });
  watch(model, "values disabled", () => {
    const tags = model.get("values"), most = model.get("most");
    const tagged = (tag, index) => make("li", {}, make("bdi", {}, tag), make("button", { type: "button", "aria-label": `Remove ${tag}`, disabled: model.get("disabled"), click: () => remove(index) }, "\u00d7"));
    list.replaceChildren(...tags.map(tagged));
    list.hidden = !tags.length;
    left.textContent = tags.length < most ? `${most - tags.length} of ${most} tags left` : `no more than ${most} tags`;
  });
}

async function render(view) {
  await dress(view.model, view.el);
  view.el.classList.add("dv-control", "dv-entry");
  (view.model.get("kind") === "tags" ? tagging : writing)(view);
}
export default { render };
