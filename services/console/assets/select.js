// The box that ticks every row of its form, and how many are chosen; without scripts neither is there.
const ticks = (form) => [...form.elements].filter((one) => one.name.startsWith("ticket"));

function tell(form) {
  const all = form.querySelector("[name='all']");
  const said = form.querySelector("[data-chosen]");
  const count = all && all.checked ? all.value : ticks(form).filter((one) => one.checked).length;
  if (said) said.textContent = said.dataset.chosen.replace("{count}", count);
}

function begin() {
  for (const all of document.querySelectorAll("[data-tick-all]")) {
    all.hidden = false;
    tell(all.querySelector("input").form);
  }
}

document.addEventListener("change", ({ target }) => {
  if (!target.form || !target.form.querySelector("[data-tick-all]")) return;
  if (target.closest("[data-tick-all]")) ticks(target.form).forEach((one) => (one.checked = target.checked));
  tell(target.form);
});
document.addEventListener("htmx:after:swap", begin);
begin();
