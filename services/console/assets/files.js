// A file that is dropped on a form's files, or a picture that is pasted into the form, is chosen as by hand.

function choose(box, files) {
  const input = box.querySelector("input[type=file]");
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
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
}
