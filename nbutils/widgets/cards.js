// Cards with pictures; all texts are set as text, each isolated so that its direction stays its own.

const STAR = "\u2605";

function cut(pictures, rows) {
  const bytes = pictures && pictures.byteLength ? new Uint8Array(pictures.buffer, pictures.byteOffset, pictures.byteLength) : new Uint8Array();
  let at = 0;
  return rows.map(({ bytes: length }) => bytes.slice(at, (at += length)));
}

function starWords({ stars, ratings }) {
  return ratings ? `${stars.toFixed(1)} of 5 from ${ratings}` : "not rated yet";
}

function isolated(name, text) {
  return make("span", { class: name, dir: "auto", title: text }, text);
}

function makeCard(row, picture, open) {
  const name = [row.title, row.line, row.stars === null ? "" : `stars: ${starWords(row)}`, row.tags.length ? `tags: ${row.tags.join(", ")}` : ""];
  const url = picture.length ? URL.createObjectURL(new Blob([picture], { type: "image/png" })) : "";
  const image = url
    ? make("img", { class: "dv-cards-picture", alt: `Picture of ${row.title}`, src: url, load: () => URL.revokeObjectURL(url), error: () => URL.revokeObjectURL(url) })
    : make("span", { class: "dv-cards-picture" });
  return make(
    "button", { type: "button", "aria-label": name.filter(Boolean).join(", "), tabindex: -1, click: open }, image,
    isolated("dv-cards-title", row.title),
    row.line ? isolated("dv-cards-line", row.line) : null,
    row.stars === null ? null : make("span", { class: "dv-cards-stars" }, `${STAR} ${starWords(row)}`),
    row.tags.length ? make("span", { class: "dv-cards-tags" }, ...row.tags.map((tag) => make("bdi", { title: tag }, tag))) : null,
  );
}

async function render({ model, el }) {
  await dress(model, el);
  const list = make("ul", { class: "dv-cards" }), empty = make("p", { class: "dv-cards-empty" });
  const shown = make("span", { class: "dv-quiet", role: "status" });
  const ask = (event) => () => model.send({ event });
  const back = make("button", { type: "button", click: ask("back") }, "Back"), more = make("button", { type: "button", click: ask("more") }, "More");
  el.append(list, empty, make("div", { class: "dv-row dv-cards-foot" }, back, more, shown));
  let buttons = [];

  const columns = () => Math.max(1, buttons.filter((button) => button.offsetTop === buttons[0].offsetTop).length);
  function enter(index) {
    const at = Math.max(0, Math.min(buttons.length - 1, index));
    buttons.forEach((button, place) => { button.tabIndex = place === at ? 0 : -1; });
    return buttons[at];
  }
  list.addEventListener("focusin", (event) => enter(buttons.indexOf(event.target.closest("button"))));
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = buttons.indexOf(document.activeElement), across = columns();
    const moves = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + across, ArrowUp: at - across, Home: 0, End: buttons.length - 1 };
    if (at < 0 || !(event.key in moves)) return;
    event.preventDefault();
    if (moves[event.key] >= 0 && moves[event.key] < buttons.length) enter(moves[event.key]).focus();
  });
  function paint() {
    const rows = model.get("rows"), pictures = cut(model.get("pictures"), rows);
    list.setAttribute("aria-label", model.get("label"));
    list.style.setProperty("--dv-side", `${model.get("side")}px`);
    buttons = rows.map((row, index) => makeCard(row, pictures[index], () => model.send({ event: "open", index, edition: model.get("edition") })));
    // Cards that come in place of others take over the focus, too.
    const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
    list.replaceChildren(...buttons.map((button) => make("li", {}, button)));
    const entered = enter(focused >= 0 ? focused : model.get("chosen"));
    if (focused >= 0) entered?.focus();
  }
  watch(model, "edition label side", paint);
  watch(model, "edition chosen", () => buttons.forEach((button, index) => {
    button.classList.toggle("dv-chosen", index === model.get("chosen"));
    button.setAttribute("aria-current", String(index === model.get("chosen")));
  }));
  watch(model, "edition loading empty things", () => {
    const number = model.get("rows").length, first = model.get("first"), total = model.get("total"), loading = model.get("loading");
    list.hidden = !number;
    empty.hidden = Boolean(number) || loading;
    empty.textContent = model.get("empty");
    const pressed = [back, more].includes(document.activeElement);
    back.hidden = !first;
    more.hidden = first + number >= total;
    if (pressed && document.activeElement.hidden) enter(0)?.focus();
    const span = first || number < total ? `${first + 1} to ${first + number} of ${total}` : `${total}`;
    shown.textContent = loading ? `Loading ${model.get("things")}.` : number ? `${span} ${model.get("things")}` : "";
    list.setAttribute("aria-busy", String(loading));
  });
}
export default { render };
