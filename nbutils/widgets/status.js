async function render({ model, el }) {
  await dress(model, el);
  const said = make("span", { role: "status", class: "dv-said" });
  const meter = make("span");
  el.append(make("div", { class: "dv-status" }, said, meter));
  watch(model, "message", () => { said.textContent = model.get("message"); });
  watch(model, "figures", () => { meter.textContent = model.get("figures"); });
}
export default { render };
