// A desk in queue mode: digits choose, Enter settles, and the ticket stays in hand while somebody works on it.
const RENEW_EVERY = 120000;
const desk = document.querySelector(".desk");

// Enter that confirms a word of an input method is no key of ours, and sends no form.
function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

function typing(target) {
  return target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
}

function press(target) {
  if (target.matches("summary")) {
    target.parentElement.open = true;
    const first = target.parentElement.querySelector("input:not([type=hidden]), select, textarea");
    return (first || target).focus();
  }
  target.focus();
  target.click();
}

function keyed(event) {
  if (event.defaultPrevented) return;
  if (composing(event)) {
    if (event.key === "Enter") event.preventDefault();
    return;
  }
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (key === "Escape") return escaped(target);
  if (typing(target)) return;
  const wanted = key === "Enter" ? !target.matches("a, button, summary, input") && settling() : named(key);
  if (!wanted) return;
  event.preventDefault();
  press(wanted);
}

function named(key) {
  return [...desk.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key && !one.disabled);
}

// The main action, once what it waits for is on the page.
function settling() {
  const main = desk.querySelector("[data-enter]");
  return main && desk.querySelector(main.dataset.enter) ? main : undefined;
}

// Out of what is open first, and back to the queue only from nowhere.
function escaped(target) {
  const open = target.closest("details[open]");
  if (!open || !desk.contains(open)) return press(desk.querySelector("[data-escape]"));
  open.open = false;
  open.querySelector("summary").focus();
}

// A second Enter while the first is on its way asks for nothing more.
function once(event) {
  if (event.defaultPrevented || event.target.hasAttribute("hx-post")) return;
  if (event.target.sent) event.preventDefault();
  event.target.sent = true;
}

function find(field) {
  const sought = field.value.trim().toLowerCase();
  let first;
  for (const label of document.getElementById(field.dataset.find).querySelectorAll("label")) {
    const fits = label.dataset.name.toLowerCase().includes(sought) || label.dataset.initials.startsWith(sought);
    label.hidden = !fits;
    if (fits && !first && !label.control.disabled) first = label.control;
  }
  if (sought && first) first.checked = true;
}

function assist(units) {
  const boxes = [...desk.querySelectorAll("[name=assisting]")];
  for (const box of boxes) box.checked = units.includes(box.value);
  desk.querySelector(".assisting").open = boxes.some((box) => box.checked);
}

async function renew() {
  if (document.hidden || Date.now() - touched > RENEW_EVERY * 4) return;
  const body = new URLSearchParams({ _csrf: desk.dataset.csrf, ticket: desk.dataset.ticket });
  const answer = await fetch(desk.dataset.renew, { method: "POST", body });
  const lost = desk.querySelector(".lost");
  lost.hidden = answer.status !== 409;
  lost.textContent = lost.hidden ? "" : desk.dataset.lost;
}

// Whoever opened something goes on from there, not from the key that opened it.
function opened() {
  const part = document.getElementById("opened");
  part.tabIndex = -1;
  part.focus();
}

let touched = Date.now();
if (desk) {
  document.addEventListener("htmx:after:swap", ({ target }) => target.matches(".look") && opened());
  document.addEventListener("keydown", keyed);
  desk.addEventListener("submit", once);
  desk.addEventListener("input", ({ target }) => target.dataset.find && find(target));
  desk.addEventListener("change", ({ target }) => target.dataset.assisting !== undefined && assist(target.dataset.assisting.split(" ")));
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (touched = Date.now()));
  setInterval(() => renew().catch(() => {}), RENEW_EVERY);
}
