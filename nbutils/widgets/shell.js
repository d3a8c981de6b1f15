// Heading and buttons of a shell. The shell itself is an ipywidgets box: its roles and names are given here.

const PANES = { "dv-stage": "Stage", "dv-controls": "Controls", "dv-details": "Details" };

function nameShell(shell, title) {
  shell.setAttribute("role", "group");
  shell.setAttribute("aria-label", title);
  for (const pane of shell.querySelectorAll(":scope > .dv-panes > .dv-pane")) {
    const kind = Object.keys(PANES).find((name) => pane.classList.contains(name));
    pane.setAttribute("role", "region");
    pane.setAttribute("aria-label", `${PANES[kind]}: ${title}`);
  }
}

function heading({ model, el, signal }) {
  el.classList.add("dv-heading");
  const number = make("span", { class: "dv-number" });
  const title = make("span");
  const hint = make("p");
  const line = make("h2", {}, number, title);
  el.append(make("header", {}, line, hint));
  watch(model, "number title hint", () => {
    number.textContent = model.get("number");
    title.textContent = model.get("title");
    hint.textContent = model.get("hint");
  });
  // The boxes around this view come after it; when the title gets its size on the page, they are there.
  const placed = new ResizeObserver(() => {
    const shell = el.closest(".dv-shell");
    if (shell) nameShell(shell, model.get("title"));
  });
  placed.observe(line);
  signal.addEventListener("abort", () => placed.disconnect());
}

function dialog(title, content, buttons = [], said = null) {
  const close = make("button", { type: "button", click: () => box.close() }, "Close");
  const row = make("div", { class: "dv-row" }, ...buttons, close, said);
  const box = make("dialog", { "aria-label": title }, make("h2", {}, title), ...content, row);
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  return box;
}

function keysDialog(model) {
  const list = make("dl", { class: "dv-keys" });
  const rows = [...model.get("keys_help"), ["?", "this list"], ["Escape", "close what is open"]];
  for (const [key, what] of rows) list.append(make("dt", {}, key), make("dd", {}, what));
  return dialog("Keys", [list]);
}

function pythonDialog(model) {
  const hint = make("p", { class: "dv-quiet" }, "In a notebook cell this gives what you see now:");
  const code = make("pre", { class: "dv-code", tabindex: "0" });
  const said = make("span", { role: "status", class: "dv-quiet" });
  const copy = make("button", { type: "button", class: "dv-first" }, "Copy");
  copy.addEventListener("click", async () => {
    said.textContent = (await copyText(code.textContent)) ? "Copied." : "Select the line and copy it with the keyboard.";
  });
  watch(model, "line", () => { code.textContent = model.get("line"); said.textContent = ""; });
  return dialog("The same in Python", [hint, code], [copy], said);
}

// "?" belongs to the shell that has the focus; with the focus nowhere, to the first one in sight.
function asksForKeys(event, el) {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return false;
  const typing = "textarea, select, [contenteditable='true'], input:not([type=range], [type=checkbox], [type=radio], [type=button])";
  if (event.target.closest?.(typing)) return false;
  const own = el.closest(".dv-shell");
  const focused = document.activeElement?.closest(".dv-shell");
  if (focused) return focused === own;
  if (document.activeElement !== document.body) return false;
  const inSight = [...document.querySelectorAll(".dv-shell")].find((shell) => shell.getBoundingClientRect().bottom > 80);
  return inSight === own;
}

async function actions({ model, el, host, signal }) {
  el.classList.add("dv-actions");
  const offers = model.get("offers");
  const ask = (event) => () => model.send({ event });
  const keys = keysDialog(model);
  const python = pythonDialog(model);
  const slot = make("div");
  const offered = (name, ...button) => (offers.includes(name) ? make("button", ...button) : null);
  el.append(
    make(
      "div",
      { role: "toolbar", "aria-label": "This dashboard" },
      offered("reset", { type: "button", click: ask("reset") }, "Reset"),
      make("button", { type: "button", "aria-label": "Keys", title: "Keys (?)", click: () => keys.showModal() }, "?"),
      model.get("link") ? slot : null,
      offered("python", { type: "button", click: () => { ask("python")(); python.showModal(); } }, "python"),
      offered("save", { type: "button", click: ask("save") }, "save"),
    ),
    keys,
    python,
  );
  document.addEventListener("keydown", (event) => {
    if (asksForKeys(event, el)) {
      event.preventDefault();
      keys.showModal();
    }
  }, { signal });
  model.on("change:file", () => saveOffered(model));
  if (model.get("link")) await (await host.getWidget(model.get("link"))).render({ el: slot, signal });
}

async function render(context) {
  await dress(context.model, context.el);
  await { heading, actions }[context.model.get("kind")](context);
}
export default { render };
