// Five radio buttons with a star each: arrow keys and clicks choose, words say what all gave.

const STAR = "M12 2.5l2.9 6.2 6.8.8-5 4.7 1.3 6.7-6-3.3-6 3.3 1.3-6.7-5-4.7 6.8-.8z";
const LARGEST = 5;

function drawStar() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", STAR);
  svg.append(path);
  return svg;
}

const inWords = (mean, count) => count ? `${mean.toFixed(1)} of 5 from ${count} ${count === 1 ? "person" : "people"}` : "not rated yet";

async function render({ model, el }) {
  await dress(model, el);
  const group = `dv-${Math.random().toString(36).slice(2)}`;
  const legend = make("legend", { class: "dv-name" }), words = make("span", { class: "dv-quiet" });
  const inputs = [], row = make("div", { class: "dv-stars" });
  for (let value = 1; value <= LARGEST; value++) {
    const name = `${value} ${value === 1 ? "star" : "stars"}`;
    const input = make("input", { type: "radio", name: group, value, "aria-label": name, change: () => give(value) });
    inputs.push(input);
    row.append(make("label", { title: name }, input, drawStar()));
  }
  el.classList.add("dv-control");
  el.append(make("fieldset", {}, legend, make("div", { class: "dv-row" }, row, words)));

  function give(value) {
    model.set("value", value);
    model.save_changes();
  }
  watch(model, "name value mean count fixed", () => {
    const value = model.get("value"), fixed = model.get("fixed");
    legend.textContent = model.get("name");
    words.textContent = `${inWords(model.get("mean"), model.get("count"))}${value ? `, you gave ${value}` : ""}`;
    inputs.forEach((input, index) => {
      input.checked = index + 1 === value;
      input.disabled = fixed;
      const shown = fixed && !value ? Math.round(model.get("mean")) : value;
      input.parentElement.classList.toggle("dv-filled", index < shown);
    });
  });
}
export default { render };
