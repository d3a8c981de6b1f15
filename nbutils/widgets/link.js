// The fragment is #name.key=value&other.key=value; each Link reads and writes the entries under its own name.

function entries(fragment = location.hash) {
  return fragment.slice(1).split("&").filter((entry) => entry.includes("="));
}

const ownEntries = (name) => entries().filter((entry) => entry.startsWith(`${name}.`));

// What this page knows to stand in the fragment under each name: anything else was brought by somebody.
const known = new Map();
function isForeign(name) {
  const own = ownEntries(name).join("&");
  return own !== "" && own !== known.get(name);
}

// JupyterLab without saved tabs drops the fragment while it opens; the browser still knows with what the page was
// opened. That counts once for each name: later an empty fragment means that everything is as at the start.
function openingEntries(name) {
  const marks = document.documentElement.dataset, mark = `dvLink_${name}`;
  if (marks[mark]) return [];
  marks[mark] = "read";
  const opened = performance.getEntriesByType("navigation")[0];
  return opened && opened.name.includes("#") ? entries(new URL(opened.name).hash) : [];
}

function readFragment(name) {
  const settings = {}, opening = openingEntries(name);
  const now = ownEntries(name);
  for (const entry of now.length ? now : opening) {
    const at = entry.indexOf("=");
    try {
      const key = decodeURIComponent(entry.slice(0, at));
      if (key.startsWith(`${name}.`)) settings[key.slice(name.length + 1)] = decodeURIComponent(entry.slice(at + 1));
    } catch {
      // A broken percent sign spoils one entry, not the page.
    }
  }
  return settings;
}

function addressWith(name, settings) {
  const others = entries().filter((entry) => !entry.startsWith(`${name}.`));
  const own = Object.entries(settings).map(([key, value]) => `${name}.${key}=${encodeURIComponent(value)}`);
  const address = new URL(location.href);
  address.hash = [...others, ...own].join("&");
  return address.href;
}

async function render({ model, el }) {
  await dress(model, el);
  const name = model.get("name");
  const said = make("span", { role: "status" });
  const field = make("input", { type: "text", readonly: true, "aria-label": "Address of this view", hidden: true });
  const button = make("button", { type: "button", title: "Copy the address of this view" }, "link");
  el.append(make("div", { class: "dv-link" }, button, make("div", { class: "dv-bubble" }, said, field)));
  let forget = 0;

  async function copy() {
    const address = addressWith(name, model.get("settings"));
    const copied = await copyText(address);
    said.textContent = copied ? "Link copied." : "Copy it from here:";
    field.hidden = copied;
    field.value = address;
    if (!copied) field.select();
    clearTimeout(forget);
    if (copied) forget = setTimeout(() => { said.textContent = ""; }, 5000);
  }

  function bring() {
    known.set(name, ownEntries(name).join("&"));
    const settings = readFragment(name);
    if (Object.keys(settings).length === 0) return;
    model.set("arrived", { count: (model.get("arrived").count || 0) + 1, settings });
    model.save_changes();
  }

  // A link on the page that sets this dashboard also goes to it.
  function follow() {
    if (isForeign(name)) bring();
    if (entries()[0]?.startsWith(`${name}.`)) (el.closest(".dv-shell") ?? el).scrollIntoView();
  }

  // An address that somebody has just set is read, not written over: the browser tells of it only a moment later.
  function write() {
    if (isForeign(name)) return bring();
    history.replaceState(history.state, "", addressWith(name, model.get("settings")));
    known.set(name, ownEntries(name).join("&"));
  }

  button.addEventListener("click", copy);
  window.addEventListener("hashchange", follow);
  model.on("change:settings", write);
  model.on("change:copies", copy);
  bring();
  return () => {
    clearTimeout(forget);
    window.removeEventListener("hashchange", follow);
    model.off("change:settings", write);
    model.off("change:copies", copy);
  };
}
export default { render };
