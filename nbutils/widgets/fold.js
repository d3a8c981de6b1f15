// The button of a fold; what it folds stands in the same box and is hidden by it.
async function render({ model, el }) {
  await dress(model, el);
  el.classList.add("dv-fold-title");
  const button = make("button", { type: "button", click: () => {
    model.set("is_open", !model.get("is_open"));
    model.save_changes();
  } });
  const said = make("span", { class: "dv-quiet" });
  el.append(button, said);
  watch(model, "title note is_open", () => {
    button.textContent = model.get("title");
    button.setAttribute("aria-expanded", model.get("is_open"));
    said.textContent = model.get("note");
  });
  // The box is put around this element after it was drawn.
  const show = () => el.closest(".dv-fold")?.classList.toggle("dv-open", model.get("is_open"));
  watch(model, "is_open", show);
  requestAnimationFrame(show);
}
export default { render };
