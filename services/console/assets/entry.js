// The hashes of an entry worked out by the reader's own browser, from the bytes as stored. Only what was compared is
// called the same: without crypto.subtle, which browsers keep from plain HTTP, it stays unknown.
function hex(buffer) {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytes(text) {
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

async function verdict({ entry, previous, digest, hash }) {
  const answer = await fetch(entry);
  if (!answer.ok) return "unknown";
  const made = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
  const chained = await crypto.subtle.digest("SHA-256", new Uint8Array([...bytes(previous), ...new Uint8Array(made)]));
  return hex(made) === digest && hex(chained) === hash ? "same" : "differs";
}

function show(box, name) {
  for (const one of box.querySelectorAll("[data-verdict]")) one.hidden = one.dataset.verdict !== name;
}

/** Works out the hashes of the entry that the page shows, if it shows one. */
export function check() {
  const box = document.querySelector("[data-entry]");
  if (box && !crypto.subtle) box.querySelector("[data-because]").hidden = false;
  else if (box) verdict(box.dataset).then((name) => show(box, name), () => show(box, "unknown"));
}

check();
