// The key is made here once and kept by the browser. It goes to Python as a message and is never shown.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", KEY = /^[A-Za-z0-9_-]{16,64}$/;

// 64 letters: six bits of a random byte are one, none more often than another.
const makeKey = () => [...crypto.getRandomValues(new Uint8Array(32))].map((byte) => LETTERS[byte & 63]).join("");

// Where the browser refuses to keep anything, key and name live as long as the page.
function openKeep(room) {
  const kept = (document.dvKept ??= new Map()), named = (name) => `nbutils.${room}.${name}`;
  const keep = {
    lasting: true,
    read(name) {
      try {
        return localStorage.getItem(named(name)) ?? kept.get(named(name)) ?? "";
      } catch {
        keep.lasting = false;
        return kept.get(named(name)) ?? "";
      }
    },
    write(name, value) {
      kept.set(named(name), value);
      try {
        localStorage.setItem(named(name), value);
      } catch {
        keep.lasting = false;
      }
    },
    holds: (storageKey) => storageKey === null || storageKey === named("name") || storageKey === named("key"),
  };
  return keep;
}

const lettersOf = (text) => [...text].length;

function cleanName(text, longest) {
  return [...text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]/gu, " ").trim()].slice(0, longest).join("");
}

async function render({ model, el, signal }) {
  await dress(model, el);
  const keep = openKeep(model.get("room")), longest = model.get("longest");
  const who = make("span", {});
  const change = make("button", { type: "button" });
  const field = make("input", { type: "text", "aria-label": "Your name", autocomplete: "nickname", spellcheck: "false", dir: "auto" });
  const form = make("form", { class: "dv-row", hidden: true }, field, make("button", { type: "submit", class: "dv-first" }, "Save name"), make("button", { type: "button", click: () => close() }, "Cancel"));
  const said = make("span", { role: "status", class: "dv-quiet" });
  const line = make("div", { class: "dv-row" }, who, change);
  el.append(make("div", { class: "dv-identity", role: "group", "aria-label": "Who you are" }, line, form, said));

  const forgetting = () => keep.lasting ? "" : "This browser keeps nothing: once this page is closed, what you made here is nobody's.";
  function tell() {
    let key = keep.read("key");
    if (!KEY.test(key)) keep.write("key", (key = makeKey()));
    const name = cleanName(keep.read("name"), longest);
    who.replaceChildren(...(name ? ["You are ", make("bdi", { class: "dv-identity-name", title: name }, name)] : ["You have no name yet"]));
    change.textContent = name ? "change" : "take a name";
    change.setAttribute("aria-label", name ? "Change your name" : "Take a name");
    tellStatus(said, forgetting(), false);
    model.send({ event: "identity", key, name });
  }
  function open() {
    [form.hidden, line.hidden] = [false, true];
    field.value = cleanName(keep.read("name"), longest);
    field.select();
    field.focus();
  }
  function close() {
    [form.hidden, line.hidden] = [true, false];
    change.focus();
  }
  change.addEventListener("click", open);
  // JupyterLab keeps Enter from sending a form: it is answered here.
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.key === "Enter" ? save() : close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  function save() {
    const over = lettersOf(field.value.trim()) - longest;
    if (over > 0) return tellStatus(said, `A name has at most ${longest} letters: this one has ${over} too many.`, true);
    keep.write("name", cleanName(field.value, longest));
    tell();
    close();
  }
  watch(model, "fault", () => tellStatus(said, model.get("fault") || forgetting(), Boolean(model.get("fault"))));
  // Another tab of this browser is the same person.
  window.addEventListener("storage", (event) => { if (keep.holds(event.key)) tell(); }, { signal });
  tell();
}
export default { render };
