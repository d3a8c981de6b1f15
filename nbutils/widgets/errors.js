async function render({ model, el }) {
  await dress(model, el);
  el.classList.add("dv-error-line");
  const place = make("div", { role: "alert" });
  el.append(place);
  watch(model, "sentence details", () => {
    const sentence = model.get("sentence");
    const details = model.get("details");
    const folded = details ? make("details", {}, make("summary", {}, "Details"), make("pre", { class: "dv-code", tabindex: "0" }, details)) : null;
    el.hidden = !sentence;
    place.replaceChildren(...(sentence ? [make("div", { class: "dv-error" }, make("strong", {}, "Error: "), sentence, folded)] : []));
  });
}
export default { render };
