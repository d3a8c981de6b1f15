// A picture is decoded, turned upright, brought down to size and encoded here: what leaves the browser is small.

const MOST_PIXELS = 150_000_000;
const ENCODINGS = [["image/png"], ["image/jpeg", 0.92], ["image/jpeg", 0.8], ["image/jpeg", 0.6], ["image/jpeg", 0.4]];

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
  const canvas = make("canvas", { role: "img", hidden: true });
  const said = make("p", { role: "status" });
  const place = make("div", { class: "dv-drop dv-picker" });
  const [button, field] = chooseFile(model, place, take);
  place.append(make("div", {}, button, make("span", { class: "dv-quiet" }, " or drop one here"), said), canvas, field);
  el.append(place);
  let turn = 0;

  async function take(chosen) {
    const mine = ++turn;
    tellStatus(said, `Reading ${chosen.name}.`, false);
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
      if (mine === turn) tellStatus(said, error.message, true);
    }
  }
  watch(model, "report", () => {
    const { sentence, fault } = model.get("report");
    if (sentence) tellStatus(said, sentence, fault);
  });
}
export default { render };
