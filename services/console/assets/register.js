// How long it takes to write a call down, from the first key on; the server counts it without saying whose it was.
const form = document.querySelector("#register");
if (form) {
  let began = 0;
  form.addEventListener("input", () => {
    began = began || Date.now();
  });
  form.addEventListener("submit", () => {
    form.elements._seconds.value = began ? String(Math.round((Date.now() - began) / 1000)) : "";
  });
}
