// Of each box of a picture: the contrast of what is drawn in it to its ground, how light the ground is, and the form of
// the drawing in a grid. The ground is the commonest shade; drawn is what stands out from it by more than half.
async ([png, boxes, grid]) => {
  const bytes = Uint8Array.from(atob(png), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const linear = Array.from({ length: 256 }, (_, part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

  return boxes.map((box) => {
    const [x, y] = box.slice(0, 2).map((one) => Math.max(Math.floor(one), 0));
    const [w, h] = [Math.min(Math.ceil(box[2]), image.width - x), Math.min(Math.ceil(box[3]), image.height - y)];
    const { data } = canvas.getImageData(x, y, w, h);
    const lights = new Float64Array(w * h);
    const often = new Map();
    for (let at = 0; at < lights.length; at++) {
      const [r, g, b] = [linear[data[4 * at]], linear[data[4 * at + 1]], linear[data[4 * at + 2]]];
      lights[at] = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      often.set(lights[at], (often.get(lights[at]) || 0) + 1);
    }
    const ground = [...often].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
    const most = lights.reduce((so, one) => Math.max(so, contrast(one, ground)), 1);
    const ink = (at) => contrast(lights[at], ground) > Math.sqrt(most);
    let [left, right, top, bottom] = [w, 0, h, 0];
    for (let at = 0; at < lights.length; at++) {
      if (!ink(at)) continue;
      [left, right] = [Math.min(left, at % w), Math.max(right, at % w)];
      [top, bottom] = [Math.min(top, Math.floor(at / w)), Math.max(bottom, Math.floor(at / w))];
    }
    const [wide, high] = [right - left + 1, bottom - top + 1];
    const part = (i, from, length) => Math.floor(from + ((i + 0.5) / grid) * length);
    const form = Array.from({ length: grid * grid }, (_, i) =>
      ink(part(Math.floor(i / grid), top, high) * w + part(i % grid, left, wide)),
    );
    return { contrast: most, ground, form, wide: wide / high };
  });
}
