// What somebody chose to upload, small and beside its line: drawn from the file on their own machine, since what was
// uploaded is sealed and opening it is a look. After a reload there is the line alone.
const chosen = new Map(); // What the form names a file by → its picture.

/** The lines that are new are these files, in their order; a refusal adds none. */
export async function preview(box, known, files) {
  const names = [...box.querySelectorAll("[name=attachments]")].map((one) => one.value);
  const added = names.filter((name) => !known.includes(name));
  if (added.length === files.length) await Promise.all(added.map((name, n) => take(name, files[n])));
  for (const one of box.querySelectorAll("[name=attachments]")) show(one);
}

async function take(name, file) {
  const image = await createImageBitmap(file).catch(() => undefined);
  if (image) chosen.set(name, image);
}

function show(line) {
  const image = chosen.get(line.value);
  if (!image || line.closest("li").querySelector("canvas")) return;
  const scale = Math.min(1, 320 / image.width, 240 / image.height);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, image.width * scale), Math.max(1, image.height * scale)];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  line.closest("li").append(canvas);
}
