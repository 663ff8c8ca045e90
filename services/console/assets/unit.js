// The box that ticks every box of the form it belongs to; without scripts it is not there.
for (const all of document.querySelectorAll("[data-tick-all]")) {
  all.hidden = false;
  const box = all.querySelector("input");
  const boxes = () => [...box.form.elements].filter((one) => one.name.startsWith("ticket"));
  box.addEventListener("change", () => boxes().forEach((one) => (one.checked = box.checked)));
}
