// The keys of the help's table: what each does, or else the element that carries it (data-key) is pressed.
import { saveNow } from "./drafts.js";

const help = document.getElementById("keys");
const GO_WITHIN = 1500;
let ended = false;
let confirming = false;
let going = 0;
let ticked;

/** Whether the key belongs to an input method, which composes a word; the one guard of all keys. */
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** Whether keys write something where the focus is. */
export function typing(target) {
  return target.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=range])");
}

/** What a click would do; a form that is folded away opens. */
export function press(element) {
  if (element.matches("summary")) {
    element.parentElement.open = true;
    const field = element.parentElement.querySelector("input:not([type=hidden]), select, textarea");
    (field || element).focus();
    return;
  }
  element.focus();
  if (!typing(element)) element.click();
}

const rows = () => [...document.querySelectorAll("table.tickets tbody tr")];
const current = () => document.activeElement.closest("table.tickets tbody tr");
const carrier = (key) => [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key && !one.disabled);
const box = (row) => row.querySelector("input[type=checkbox]");

function move(by) {
  const all = rows();
  if (!all.length) return false;
  const now = all.indexOf(current());
  const next = all[now < 0 ? 0 : Math.min(Math.max(now + by, 0), all.length - 1)];
  next.querySelector("td.number a").focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function tick(boxes, checked) {
  for (const one of boxes) {
    if (!one || one.checked === checked) continue;
    one.checked = checked;
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function select() {
  const row = current();
  if (!row || !box(row)) return false;
  ticked = row;
  tick([box(row)], !box(row).checked);
  return true;
}

function range() {
  const [all, row] = [rows(), current()];
  if (!row || !box(row)) return false;
  const [one, other] = [all.indexOf(ticked), all.indexOf(row)];
  const from = one < 0 ? other : Math.min(one, other);
  tick(all.slice(from, Math.max(one, other) + 1).map(box), true);
  return true;
}

function tickAll() {
  const boxes = rows().map(box).filter(Boolean);
  if (carrier("*") || !boxes.length) return false;
  tick(boxes, boxes.some((one) => !one.checked));
  return true;
}

function copy() {
  const number = (current() || document).querySelector(".number");
  if (!number) return false;
  const text = number.textContent.replace(/\s/g, "");
  if (navigator.clipboard) navigator.clipboard.writeText(text).catch(() => copyByHand(text));
  else copyByHand(text);
  const toast = document.getElementById("copied");
  toast.textContent = toast.dataset.said.replace("{number}", text);
  setTimeout(() => (toast.textContent = ""), 3000);
  return true;
}

// Browsers keep the clipboard's own interface from plain HTTP.
function copyByHand(text) {
  const [had, field] = [document.activeElement, document.createElement("textarea")];
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  had.focus();
}

function trace() {
  const row = current();
  const why = row ? row.querySelector(".deadline a") : document.querySelector("#clocks summary, .trace summary");
  if (!why) return false;
  press(why);
  return true;
}

// Out of a field first, then out of what is open, and back to where one came from only from nowhere.
function back(target) {
  const open = target.closest("main details[open]");
  const away = document.querySelector("[data-escape]");
  if (typing(target)) target.blur();
  else if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (away) press(away);
  else if (document.querySelector("[data-live-ticket]") && document.referrer.startsWith(location.origin)) history.back();
  else return false;
  return true;
}

function openRow(target) {
  const row = current();
  if (!row || target.matches("a, button, summary, input[type=submit]")) return false;
  row.querySelector("td.number a").click();
  return true;
}

// What the page has nothing for is no key of it.
function show() {
  for (const item of help.querySelectorAll("[data-needs]")) item.hidden = !document.querySelector(item.dataset.needs);
  for (const section of help.querySelectorAll("section:not([data-elsewhere])")) section.hidden = !section.querySelector("li:not([hidden])");
  help.showModal();
  return true;
}

// The main action is begun, never done by a single key: its first field, or its button, for Enter.
function main() {
  const button = carrier("a");
  if (!button) return false;
  const field = button.form && button.form.querySelector("input:not([type=hidden]), select, textarea");
  (field || button).focus();
  return true;
}

const DOES = {
  help: show,
  go: () => {
    going = Date.now();
    return true;
  },
  back,
  print: () => !carrier("p") && (print(), true),
  down: () => move(1),
  up: () => move(-1),
  open: openRow,
  trace,
  main,
  copy,
  select,
  range,
  all: tickAll,
  submit: (target) => target.form && (target.form.requestSubmit(), true),
  draft: (target) => target.form && target.form.dataset.draft && (saveNow(target.form), true),
};

function obey(event, press_) {
  const named = [...help.querySelectorAll("[data-press]")].filter(({ dataset }) => dataset.press === press_);
  if (named.some(({ dataset }) => DOES[dataset.does] && DOES[dataset.does](event.target))) return true;
  const element = carrier(press_);
  if (element) press(element);
  return Boolean(element);
}

function keyed(event) {
  const { key, target } = event;
  if (composing(event) || event.defaultPrevented || event.altKey || event.metaKey || help.open) return;
  if (event.repeat && key !== "j" && key !== "k") return;
  const on = document.getElementById("live").dataset.keys === "on";
  const went = Date.now() - going < GO_WITHIN && document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  let done;
  if (event.ctrlKey) done = obey(event, `Control+${key}`);
  else if (key === "Escape") done = back(target);
  else if (!on || typing(target)) return;
  else if (went) done = (went.click(), true);
  else done = obey(event, key);
  if (key !== "g") going = 0;
  if (done) event.preventDefault();
}

// Enter that confirms a word sends no form, also where a browser tells of the word's end before it tells of the key.
function word(event) {
  if (event.type === "compositionend") ended = true;
  else if (event.type === "keydown") {
    const enter = event.key === "Enter" || event.code === "Enter" || event.code === "NumpadEnter";
    confirming = enter && (composing(event) || ended);
    ended = false;
  } else if (!event.isComposing) ended = confirming = false;
}

function sent(event) {
  if (!confirming) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

for (const kind of ["compositionend", "keydown", "keyup", "input"]) addEventListener(kind, word, true);
addEventListener("submit", sent, true);
if (help) {
  document.addEventListener("keydown", keyed);
  for (const opener of document.querySelectorAll("[data-opens=keys]")) {
    opener.hidden = false;
    opener.addEventListener("click", show);
  }
}
