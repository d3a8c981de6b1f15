// Markup that Python made: what is pressed or rested on in it is told by the name of its part.

const REST_GAP = 50;

async function render({ model, el }) {
  await dress(model, el);
  const place = make("div", { class: "dv-markup" });
  el.append(place);
  let rested = "";
  let waiting = 0;

  const partOf = (target) => target?.closest?.("[data-part]")?.dataset.part ?? "";
  const press = (part) => { if (part) model.send({ event: "press", part }); };
  function rest(part) {
    if (part === rested) return;
    rested = part;
    clearTimeout(waiting);
    waiting = setTimeout(() => model.send({ event: "rest", part: rested }), REST_GAP);
  }
  place.addEventListener("click", (event) => press(partOf(event.target)));
  place.addEventListener("keydown", (event) => {
    // A button of HTML tells of its keys by a click.
    if (event.target.closest("button") || !["Enter", " "].includes(event.key) || event.repeat) return;
    if (!partOf(event.target)) return;
    event.preventDefault();
    press(partOf(event.target));
  });
  place.addEventListener("mouseover", (event) => rest(partOf(event.target)));
  place.addEventListener("mouseleave", () => rest(""));
  place.addEventListener("focusin", (event) => rest(partOf(event.target)));
  place.addEventListener("focusout", () => rest(""));

  watch(model, "markup", () => {
    const focused = place.contains(document.activeElement) ? partOf(document.activeElement) : "";
    const held = rested, scrolled = place.querySelector(".dv-rows")?.scrollTop ?? 0;
    place.innerHTML = model.get("markup");
    // Who presses a part with the keyboard goes on from there.
    const parts = [...place.querySelectorAll("button[data-part], [tabindex][data-part]")];
    if (focused) parts.find((part) => part.dataset.part === focused)?.focus({ preventScroll: true });
    if (scrolled) place.querySelector(".dv-rows")?.scrollTo(0, scrolled);
    rested = held;
  });
  return () => clearTimeout(waiting);
}
export default { render };
