// Choosing a file: a button, a place to drop it, and what is refused before a byte is read.
class Refusal extends Error {}

const megabytes = (bytes) => (bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 });

function checkFile(file, model) {
  const accepts = model.get("accepts"), most = model.get("max_bytes");
  if (!accepts.some((extension) => file.name.toLowerCase().endsWith(extension)))
    throw new Refusal(`${file.name} is not taken: choose a file that ends in ${accepts.join(", ")}.`);
  if (file.size === 0) throw new Refusal(`${file.name} is empty: choose another file.`);
  if (file.size > most)
    throw new Refusal(`${file.name} has ${megabytes(file.size)} MB, and at most ${megabytes(most)} MB are opened: choose a smaller file.`);
}

// Returns the button and its hidden field; take(file), or take(...files) where the model takes several, is called with
// what was chosen, or dropped on the place.
function chooseFile(model, place, take) {
  const several = model.get("several") === true;
  const first = (files) => [...files].slice(0, several ? undefined : 1);
  const field = make("input", { type: "file", accept: model.get("accepts").join(","), multiple: several, hidden: true });
  const button = make("button", { type: "button", click: () => field.click() }, model.get("text"));
  field.addEventListener("change", async () => {
    if (field.files[0]) await take(...first(field.files));
    // The same file chosen again is a new choice.
    field.value = "";
  });
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("dv-over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("dv-over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    place.classList.remove("dv-over");
    if (event.dataTransfer.files[0]) take(...first(event.dataTransfer.files));
  });
  return [button, field];
}

