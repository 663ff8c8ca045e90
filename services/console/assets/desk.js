// A desk in queue mode: digits choose, Enter settles, and the ticket stays in hand while somebody works on it.
import { composing, press, typing } from "./keys.js";

const RENEW_EVERY = 120000;
const desk = document.querySelector(".desk");

// Enter settles, wherever the focus is but on what Enter presses already; every other key is pressed by its element.
function keyed(event) {
  const { key, target } = event;
  if (key !== "Enter" || composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const main = !typing(target) && !target.matches("a, button, summary, input") && settling();
  if (!main) return;
  event.preventDefault();
  press(main);
}

// The main action, once what it waits for is on the page; the way on, where somebody else has the ticket.
function settling() {
  const [main, onward] = [desk.querySelector("[data-enter]"), way()];
  return onward || (main && desk.querySelector(main.dataset.enter) ? main : undefined);
}

const way = () => [...desk.querySelectorAll("[data-onward]")].find((one) => one.offsetParent);

// The way on takes the place of the main action, and the focus of whoever is not writing.
function overtaken() {
  const onward = way();
  for (const main of desk.querySelectorAll("[data-enter]")) main.disabled = Boolean(onward);
  if (onward && !typing(document.activeElement)) onward.focus();
}

// A second Enter while the first is on its way asks for nothing more; what opens a window of its own leaves this one.
function once(event) {
  if (event.defaultPrevented || event.target.hasAttribute("hx-post") || event.target.target) return;
  if (event.target.sent) event.preventDefault();
  event.target.sent = true;
}

const sighted = (radio) => radio.checked && !radio.closest("[hidden], details:not([open])");

// What is chosen is what is seen: what is typed chooses the first unit that fits and may get it, or else none at all.
function find(field) {
  const sought = field.value.trim().toLowerCase();
  let seen = 0;
  let first;
  for (const label of document.getElementById(field.dataset.find).querySelectorAll("label")) {
    const fits = label.dataset.name.toLowerCase().includes(sought) || label.dataset.initials.startsWith(sought);
    label.hidden = !fits;
    seen += fits;
    if (fits && !first && !label.control.disabled) first = label.control;
  }
  const none = desk.querySelector("[data-none]");
  none.textContent = seen ? "" : none.dataset.none;
  if (sought) choose(first);
}

function choose(unit) {
  forget(() => true);
  if (!unit) return;
  unit.checked = true;
  unit.dispatchEvent(new Event("change", { bubbles: true }));
}

function forget(which) {
  for (const one of desk.querySelectorAll("[name=lead]:checked")) if (which(one)) one.checked = false;
}

// Without a unit in sight nothing is dispatched, and that is said.
function unchosen(event) {
  const said = desk.querySelector("[data-unchosen]");
  if (!said || event.target.id !== "settle") return;
  const chosen = [...event.target.querySelectorAll("[name=lead]")].some(sighted);
  said.textContent = chosen ? "" : said.dataset.unchosen;
  if (!chosen) event.preventDefault();
}

function assist(units) {
  const boxes = [...desk.querySelectorAll("[name=assisting]")];
  for (const box of boxes) box.checked = units.includes(box.value);
  desk.querySelector(".assisting").open = boxes.some((box) => box.checked);
}

// What is reclassified is proposed anew first: until then nothing is dispatched by the proposals for what it was.
function outdate(form) {
  const changed = [...form.elements].some((one) => (one.tagName === "SELECT" ? one.selectedIndex !== Math.max(0, [...one.options].findIndex((option) => option.defaultSelected)) : one.type === "radio" && one.checked !== one.defaultChecked));
  for (const part of desk.querySelectorAll("#settle fieldset, [data-enter]")) part.disabled = changed;
  desk.querySelector("[data-outdated]").hidden = !changed;
}

// Whatever settled the ticket in hand, a colleague or the system, is said here, with the way on.
async function left() {
  const answer = await fetch(desk.dataset.left);
  if (answer.status !== 200) return;
  document.getElementById("left").innerHTML = await answer.text();
  overtaken();
}

async function renew() {
  if (way() || document.hidden || Date.now() - touched > RENEW_EVERY * 4) return;
  const body = new URLSearchParams({ _csrf: desk.dataset.csrf, ticket: desk.dataset.ticket });
  const answer = await fetch(desk.dataset.renew, { method: "POST", body });
  const lost = desk.querySelector(".lost");
  lost.hidden = answer.status !== 409;
  overtaken();
}

// Whoever opened something goes on from there, not from the key that opened it.
function opened() {
  const part = document.getElementById("opened");
  part.tabIndex = -1;
  part.focus();
  const hint = desk.querySelector("[data-until-opened]");
  if (hint) hint.hidden = Boolean(part.querySelector(".opened"));
  overtaken();
}

let touched = Date.now();
if (desk) {
  document.addEventListener("htmx:after:swap", ({ target }) => target.matches(".look") && opened());
  // Whoever is quicker than htmx opens by the plain form: then it is on the page from the start.
  if (document.querySelector("#opened .opened")) opened();
  document.addEventListener("keydown", keyed);
  desk.addEventListener("submit", unchosen);
  desk.addEventListener("submit", once);
  desk.addEventListener("input", ({ target }) => target.dataset.find && find(target));
  desk.addEventListener("toggle", ({ target }) => target.matches(".others") && forget((one) => !sighted(one)), true);
  desk.addEventListener("change", ({ target }) => target.dataset.assisting !== undefined && assist(target.dataset.assisting.split(" ")));
  desk.addEventListener("change", ({ target }) => target.name === "lead" && (desk.querySelector("[data-unchosen]").textContent = ""));
  desk.addEventListener("change", ({ target }) => target.closest(".amending") && outdate(target.form));
  if (desk.dataset.left) document.getElementById("live").addEventListener("huiyin:changed", () => left().catch(() => {}));
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (touched = Date.now()));
  if (desk.dataset.renew) setInterval(() => renew().catch(() => {}), RENEW_EVERY);
}
