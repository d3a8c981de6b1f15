async function render({ model, el }) {
  await dress(model, el);
  const press = (event) => () => model.send({ event });
  const start = make("button", { type: "button", click: press("start") });
  const stop = make("button", { type: "button" }, "Stop");
  const proceed = make("button", { type: "button", click: press("continue") }, "Continue");
  const bar = make("progress", { "aria-label": "Progress" });
  const line = make("span", { class: "dv-job-line" });
  // Only changes of state are read aloud; the count would be read without end.
  const said = make("span", { role: "status", class: "dv-unseen" });
  el.append(make("div", { class: "dv-job-bar" }, start, stop, proceed, bar, line, said));
  stop.addEventListener("click", () => {
    // The answer is seen before the kernel has it.
    stop.disabled = true;
    line.textContent = "Stopping after this step.";
    press("stop")();
  });
  let last = "idle";
  watch(model, "report names", () => {
    const { state, done, total, line: text } = model.get("report");
    const resting = !["running", "stopping"].includes(state);
    start.textContent = model.get("names").start;
    start.disabled = !resting;
    start.classList.toggle("dv-first", resting && state !== "stopped");
    stop.disabled = state !== "running";
    proceed.disabled = state !== "stopped";
    proceed.classList.toggle("dv-first", state === "stopped");
    bar.max = Math.max(total ?? 1, done, 1);
    if (total === null && state === "running") bar.removeAttribute("value");
    else bar.value = state === "done" ? bar.max : done;
    bar.classList.toggle("dv-failed", state === "failed");
    line.textContent = text;
    if (state !== last) said.textContent = text;
    last = state;
  });
}
export default { render };
