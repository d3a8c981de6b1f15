// What is laid over the canvas for each place: its name, its marks, and what a screen reader says of it.

const LEAST_NAME = 70;

// `root` is the list, where places can be chosen at all.
function makeOptions(root, place, choosable) {
  const own = `dv-place-${Math.random().toString(36).slice(2)}`;
  let options = [];

  function lay(labels) {
    options.forEach(({ node }) => node.remove());
    options = labels.map((label, index) => {
      const name = make("span", {}, label), text = make("div", { class: "dv-stage-label" }, name);
      const loading = make("div", { class: "dv-stage-loading" }, make("i"), make("i"), make("i"));
      const none = make("div", { class: "dv-stage-none", hidden: true }, "no shape");
      const check = make("div", { class: "dv-stage-check" });
      const role = choosable ? { role: "option", id: `${own}-${index}`, "aria-posinset": index + 1, "aria-setsize": labels.length } : {};
      const node = make("div", { class: "dv-stage-option", ...role }, loading, none, text, check);
      return { node, name, loading, none, label };
    });
    place.append(...options.map(({ node }) => node));
  }
  function name(index) {
    return options[index]?.name.textContent || `place ${index + 1}`;
  }
  // A shape is null while it is being made.
  function tell(shapes) {
    shapes.forEach((shape, index) => {
      const option = options[index], put = shape?.put || 0;
      if (option.put === put) return;
      option.put = put;
      option.name.textContent = shape?.label ?? option.label;
      option.loading.hidden = Boolean(shape);
      option.none.hidden = !shape || Boolean(shape.positions);
      if (choosable) option.node.setAttribute("aria-label", `${name(index)}${shape ? "" : ", being made"}`);
    });
  }
  function arrange(places, grid, width, height) {
    options.forEach(({ node, name: text }, index) => {
      const [column, row] = places[index];
      node.style.left = `${(column - grid.x) * grid.side + width / 2}px`;
      node.style.top = `${(row - grid.y) * grid.side + height / 2}px`;
      node.style.width = node.style.height = `${grid.side}px`;
      text.hidden = grid.side < LEAST_NAME || !text.textContent;
    });
  }
  function mark(chosen, cursor) {
    if (!choosable) return;
    options.forEach(({ node }, index) => {
      node.setAttribute("aria-selected", String(chosen.includes(index)));
      node.toggleAttribute("data-cursor", index === cursor);
    });
    if (options[cursor]) root.setAttribute("aria-activedescendant", options[cursor].node.id);
    else root.removeAttribute("aria-activedescendant");
  }
  return { lay, name, tell, arrange, mark };
}

// The buttons and switches below the stage.
function makeTools(model, reset) {
  const toggle = (name, title) => {
    const input = make("input", { type: "checkbox", role: "switch", change: () => { model.set(name, input.checked); model.save_changes(); } });
    return { name, input, node: make("label", { class: "dv-stage-switch" }, input, title) };
  };
  const [together, gently] = [toggle("together", "Turn all together"), toggle("gently", "Turn gently")];
  const first = make("button", { type: "button", click: reset }, "First view");
  function tell() {
    for (const { name, input } of [together, gently]) input.checked = model.get(name);
  }
  function show(number) {
    together.node.hidden = number < 2;
    tell();
  }
  return { nodes: [first, together.node, gently.node], tell, show };
}
