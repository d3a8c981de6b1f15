// A small file from the visitor's disk, sent as it is in one message.
async function render({ model, el }) {
  await dress(model, el);
  const said = make("p", { role: "status" });
  const place = make("div", { class: "dv-drop" });
  const [button, field] = chooseFile(model, place, take);
  place.append(make("div", {}, button, make("span", { class: "dv-quiet" }, " or drop one here"), said), field);
  el.append(place);

  async function take(chosen) {
    tellStatus(said, `Reading ${chosen.name}.`, false);
    try {
      checkFile(chosen, model);
      model.send({ event: "file", name: chosen.name }, undefined, [await chosen.arrayBuffer()]);
    } catch (error) {
      tellStatus(said, error instanceof Refusal ? error.message : `${chosen.name} could not be read: choose it again.`, true);
    }
  }
  watch(model, "report", () => {
    const { sentence, fault } = model.get("report");
    if (sentence) tellStatus(said, sentence, fault);
  });
}
export default { render };
