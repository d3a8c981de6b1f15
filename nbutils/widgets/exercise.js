// The HTML comes from the exercise's own Markdown, rendered in Python with raw HTML turned off.

function question({ model, el }) {
  const place = make("div");
  el.append(make("p", { class: "dv-quiet" }, "Exercise"), place);
  watch(model, "html", () => { place.innerHTML = model.get("html"); });
}

function answer({ model, el }) {
  const box = make("input", { type: "text", "aria-label": "Your answer", placeholder: "Your answer", maxlength: 2000, autocomplete: "off" });
  const send = () => {
    model.set("value", box.value);
    model.save_changes();
  };
  el.append(box);
  box.addEventListener("input", send);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    send();
    model.send({ event: "check" });
  });
  watch(model, "value", () => { if (document.activeElement !== box) box.value = model.get("value"); });
}

function checked({ model, el }) {
  const said = make("span", { role: "status", class: "dv-verdict" });
  const solution = make("div");
  let waiting; // some answers are checked by training a network
  const ask = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      said.textContent = "Checking ...";
      said.classList.remove("dv-right");
    }, 150);
    model.send({ event: "check" });
  };
  const button = make("button", { type: "button", click: ask }, "Check");
  el.append(make("div", { class: "dv-row" }, button, said), make("details", {}, make("summary", {}, "Solution"), solution));
  watch(model, "html", () => { solution.innerHTML = model.get("html"); });
  watch(model, "verdict", () => {
    clearTimeout(waiting);
    const { right, sentence } = model.get("verdict");
    said.textContent = sentence || "";
    said.classList.toggle("dv-right", Boolean(right));
  });
}

async function render({ model, el }) {
  await dress(model, el);
  ({ question, answer, check: checked })[model.get("kind")]({ model, el });
}
export default { render };
