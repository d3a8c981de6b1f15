// A small file, or several, from the visitor's disk, sent as they are in one message.
async function render({ model, el }) {
  await dress(model, el);
  const said = make("p", { role: "status" });
  const place = make("div", { class: "dv-drop" });
  const [button, field] = chooseFile(model, place, take);
  place.append(make("div", {}, button, make("span", { class: "dv-quiet" }, model.get("several") ? " or drop files here" : " or drop one here"), said), field);
  el.append(place);

  async function take(...chosen) {
    const told = chosen.length === 1 ? chosen[0].name : `${chosen.length} files`;
    tellStatus(said, `Reading ${told}.`, false);
    try {
      for (const file of chosen) checkFile(file, model);
      const size = chosen.reduce((sum, file) => sum + file.size, 0), most = model.get("max_bytes");
      if (size > most)
        throw new Refusal(`${told} have ${megabytes(size)} MB, and at most ${megabytes(most)} MB are opened: choose fewer.`);
      const buffers = await Promise.all(chosen.map((file) => file.arrayBuffer()));
      model.send({ event: "files", names: chosen.map((file) => file.name) }, undefined, buffers);
    } catch (error) {
      tellStatus(said, error instanceof Refusal ? error.message : `${told} could not be read: choose again.`, true);
    }
  }
  watch(model, "report", () => {
    const { sentence, fault } = model.get("report");
    if (sentence) tellStatus(said, sentence, fault);
  });
}
export default { render };
