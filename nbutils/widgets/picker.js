// A picture is decoded, turned upright, brought down to size and encoded here: what leaves the browser is small.

const MOST_PIXELS = 150_000_000;
const ENCODINGS = [["image/png"], ["image/jpeg", 0.92], ["image/jpeg", 0.8], ["image/jpeg", 0.6], ["image/jpeg", 0.4]];
const megabytes = (bytes) => (bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 });

class Refusal extends Error {}

function checkFile(file, model) {
  const accepts = model.get("accepts");
  if (!accepts.some((extension) => file.name.toLowerCase().endsWith(extension)))
    throw new Refusal(`${file.name} is not taken: choose a file that ends in ${accepts.join(", ")}.`);
  if (file.size === 0) throw new Refusal(`${file.name} is empty: choose another file.`);
  if (file.size > model.get("max_bytes"))
    throw new Refusal(`${file.name} has ${megabytes(file.size)} MB, and at most ${megabytes(model.get("max_bytes"))} MB are opened: choose a smaller file.`);
}

// The size is read from the file's head; decoding comes after the check.
async function measure(file) {
  const address = URL.createObjectURL(file);
  const image = new Image();
  try {
    await new Promise((resolve, reject) => {
      image.addEventListener("load", resolve);
      image.addEventListener("error", reject);
      image.src = address;
    });
    return [image.naturalWidth, image.naturalHeight];
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function decode(file, size) {
  let width, height;
  try {
    [width, height] = await measure(file);
  } catch {
    throw new Refusal(`${file.name} is no picture that this browser can open: choose a JPEG or PNG file.`);
  }
  if (!width || !height) throw new Refusal(`${file.name} holds a picture without pixels: choose another file.`);
  if (width * height > MOST_PIXELS)
    throw new Refusal(`${file.name} has ${Math.round(width * height / 1e6)} million pixels, and at most ${MOST_PIXELS / 1e6} million are opened: scale it down first.`);
  const scale = Math.min(1, size / Math.max(width, height));
  const target = { resizeWidth: Math.max(1, Math.round(width * scale)), resizeHeight: Math.max(1, Math.round(height * scale)) };
  try {
    return await createImageBitmap(file, { ...target, resizeQuality: "high", imageOrientation: "from-image" });
  } catch {
    throw new Refusal(`${file.name} could not be opened by this browser: scale it down or choose another file.`);
  }
}

async function encode(canvas, most) {
  for (const [type, quality] of ENCODINGS) {
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, quality));
    if (blob && blob.size <= most) return blob.arrayBuffer();
  }
  throw new Refusal("This picture stays too large to send: choose another one.");
}

function draw(canvas, bitmap) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d");
  // What is transparent becomes white, as on paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
}

async function render({ model, el }) {
  await dress(model, el);
  const file = make("input", { type: "file", accept: model.get("accepts").join(","), hidden: true });
  const button = make("button", { type: "button", click: () => file.click() }, model.get("text"));
  const canvas = make("canvas", { role: "img", hidden: true });
  const said = make("p", { role: "status" });
  const place = make("div", { class: "dv-picker" }, make("div", {}, button, make("span", { class: "dv-quiet" }, " or drop one here"), said), canvas, file);
  el.append(place);
  let turn = 0;

  function tell(sentence, fault) {
    said.classList.toggle("dv-fault", fault);
    said.textContent = fault ? `Error: ${sentence}` : sentence;
  }
  async function take(chosen) {
    if (!chosen) return;
    const mine = ++turn;
    tell(`Reading ${chosen.name}.`, false);
    try {
      checkFile(chosen, model);
      const bitmap = await decode(chosen, model.get("size"));
      if (mine !== turn) return bitmap.close();
      draw(canvas, bitmap);
      canvas.hidden = false;
      canvas.setAttribute("aria-label", `The chosen picture: ${chosen.name}`);
      const data = await encode(canvas, model.get("most_sent"));
      if (mine === turn) model.send({ event: "picture", name: chosen.name }, undefined, [data]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (mine === turn) tell(error.message, true);
    }
  }
  file.addEventListener("change", async () => {
    await take(file.files[0]);
    // The same file chosen again is a new choice.
    file.value = "";
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
    take(event.dataTransfer.files[0]);
  });
  watch(model, "report", () => {
    const { sentence, fault } = model.get("report");
    if (sentence) tell(sentence, fault);
  });
}
export default { render };
