// A button that asks Python for a file and saves it.
async function render({ model, el, signal }) {
  await dress(model, el);
  const button = make("button", { type: "button" }, model.get("text"));
  const said = make("span", { role: "status", class: "dv-quiet" });
  el.append(make("div", { class: "dv-row" }, button, said));
  const heard = { signal };
  button.addEventListener("click", () => {
    button.disabled = true;
    tellStatus(said, "Making the file.", false);
    model.send({ event: "make" });
  }, heard);
  const save = () => saveOffered(model);
  model.on("change:file", save);
  signal.addEventListener("abort", () => model.off("change:file", save));
  watch(model, "report", () => {
    button.disabled = false;
    const { sentence, fault } = model.get("report");
    if (sentence) tellStatus(said, sentence, fault);
  });
}
export default { render };
