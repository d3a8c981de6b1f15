// Helpers of every front end: the stylesheet, elements, listening, the clipboard.

// anywidget waits two seconds for a part's script and then throws away all that the kernel ever tells that part
// (0.11.0, runtime.ts). The first script that arrives gives those after it two minutes at least; under Voila the page
// has done so before.
const limit = Symbol.for("dv.limit");
if (!AbortSignal[limit]) {
  AbortSignal[limit] = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (milliseconds) => AbortSignal[limit](Math.max(milliseconds, 120000));
}

// JupyterLab listens at the document and takes plain keys (a, b, dd, arrows) for orders to the notebook, unless
// the very element that has the focus carries this mark. Ctrl-S and the like stay Lab's.
function keepPlainKeys(event) {
  const target = event.target;
  if (!target.closest?.(".dv, [class*='dv-']")) return;
  target.toggleAttribute("data-lm-suppress-shortcuts", !(event.ctrlKey || event.metaKey || event.altKey));
}

async function dress(model, el) {
  el.classList.add("dv");
  const id = model.get("_style").slice("IPY_MODEL_".length);
  const text = (await model.widget_manager.get_model(id)).get("text");
  let style = document.getElementById("dv-style");
  if (!style) {
    style = document.createElement("style");
    style.id = "dv-style";
    document.head.append(style);
    window.addEventListener("keydown", keepPlainKeys, true);
  }
  if (style.textContent !== text) style.textContent = text;
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function tellStatus(said, sentence, fault) {
  said.classList.toggle("dv-fault", fault);
  said.textContent = fault ? `Error: ${sentence}` : sentence;
}

// A text whose direction ends where it ends, for sentences with names that people gave.
const isolate = (text) => `\u2068${text}\u2069`;

function watch(model, names, paint) {
  model.on(names.split(" ").map((name) => `change:${name}`).join(" "), paint);
  paint();
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https, or when the browser refuses, the older way still works after a click.
    const field = make("textarea", { "aria-hidden": "true", style: "position:fixed;opacity:0" });
    field.value = text;
    (document.querySelector("dialog[open]") || document.body).append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}

