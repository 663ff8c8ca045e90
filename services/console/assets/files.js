// A file that is dropped on a form's files, or a picture that is pasted into the form, is chosen as by hand. An answer
// brings the list back as it was sent: so one upload runs at a time, and what is done meanwhile is done again after it.
import { preview } from "./preview.js";

const running = new Map(); // Box → the files that are on their way, and those that were chosen since.

function choose(box, files) {
  const input = box.querySelector("input[type=file]");
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function begun({ target }) {
  const box = target.closest("[data-files]");
  if (box) running.set(box, { sent: [...target.files], since: [] });
}

function held(event) {
  const upload = event.target.type === "file" && running.get(event.target.closest("[data-files]"));
  if (!upload) return;
  event.stopPropagation();
  upload.since.push(...event.target.files);
}

function answered({ target }) {
  const box = target.closest("[data-files]");
  if (!box) return;
  const all = [...box.querySelectorAll("[name=attachments]")];
  running.get(box).known = all.map((one) => one.value);
  running.get(box).left = all.filter((one) => !one.checked).map((one) => one.value);
}

// The draft is saved by what the form has then: the server knows only what it had when the upload began.
function over({ type, target }) {
  const box = target.closest("[data-files]");
  const upload = running.get(box);
  if (!upload) return;
  running.delete(box);
  for (const one of box.querySelectorAll("[name=attachments]")) {
    if (upload.left && upload.left.includes(one.value)) one.checked = false;
  }
  box.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
  if (upload.known) preview(box, upload.known, upload.sent);
  const failed = type === "htmx:error" ? upload.sent : [];
  if (upload.since.length) choose(box, [...failed, ...upload.since]);
}

// A file that misses its place must not take the place of the page.
function dragged(event) {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  const box = event.target.closest("[data-files]");
  if (box && event.type === "drop") choose(box, event.dataTransfer.files);
}

// What is copied out of a document brings a picture of itself beside its text: the text is meant.
function pasted(event) {
  const { files, types } = event.clipboardData;
  const form = event.target.closest("form");
  const box = form && form.querySelector("[data-files]");
  if (!box || !files.length || types.includes("text/plain")) return;
  event.preventDefault();
  choose(box, files);
}

if (document.querySelector("[data-files]")) {
  document.addEventListener("dragover", dragged);
  document.addEventListener("drop", dragged);
  document.addEventListener("paste", pasted);
  document.addEventListener("change", held, true);
  document.addEventListener("htmx:before:request", begun);
  document.addEventListener("htmx:before:swap", answered);
  document.addEventListener("htmx:after:swap", over);
  document.addEventListener("htmx:error", over);
}
