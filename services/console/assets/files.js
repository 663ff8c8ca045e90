// A file that is dropped on a form's files, or a picture that is pasted into the form, is chosen as by hand.
function choose(box, files) {
  const input = box.querySelector("input[type=file]");
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function boxUnder({ target, dataTransfer }) {
  return dataTransfer.types.includes("Files") && target.closest("[data-files]");
}

document.addEventListener("dragover", (event) => boxUnder(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  const box = boxUnder(event);
  if (!box) return;
  event.preventDefault();
  choose(box, event.dataTransfer.files);
});
// What is copied out of a document brings a picture of itself beside its text: the text is meant.
document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData;
  const form = event.target.closest("form");
  const box = form && form.querySelector("[data-files]");
  if (!box || !files.length || types.includes("text/plain")) return;
  event.preventDefault();
  choose(box, files);
});
