// 常用语: `;;` in a text opens a list below it; arrows or a digit and Enter put a phrase in its place, Esc leaves the text
// as it was. Nothing happens while an input method composes a word.
import { composing } from "./keys.js";

const ASKED = /[;；][;；]$/;
let writing, list;

function close() {
  if (!list) return;
  list.remove();
  list = undefined;
  writing.text.focus();
  writing.text.setSelectionRange(writing.at, writing.at);
}

function put(phrase) {
  const { text, at } = writing;
  text.setRangeText(phrase, at - 2, at);
  writing.at = at - 2 + phrase.length;
  close();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

async function open(text) {
  const at = text.selectionStart;
  const answer = await fetch("/phrases/offered").catch(() => undefined);
  if (!answer || !answer.ok || text.selectionStart !== at || document.activeElement !== text) return;
  const made = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("phrases");
  if (!made) return;
  close();
  writing = { text, at };
  list = made;
  (text.closest("label") || text).after(list);
  list.addEventListener("keydown", keyed);
  list.addEventListener("click", ({ target }) => target.closest("[data-phrase]") && put(target.closest("[data-phrase]").dataset.phrase));
  list.addEventListener("focusout", ({ relatedTarget }) => list && relatedTarget && !list.contains(relatedTarget) && (list.remove(), (list = undefined)));
  list.querySelector("button, a").focus();
}

// The page's own keys are dead here; what writes something writes on in the text.
function keyed(event) {
  event.stopPropagation();
  const { key } = event;
  const all = [...list.querySelectorAll("button")];
  const now = all.indexOf(document.activeElement);
  const by = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (key === "Escape") close();
  else if (by) all[(now + by + all.length) % all.length].focus();
  else if (/^[1-9]$/.test(key) && all[key - 1]) put(all[key - 1].dataset.phrase);
  else return key.length === 1 && key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey && close();
  event.preventDefault();
}

function look(event) {
  const text = event.target;
  if (composing(event) || !text.matches("textarea:not([data-no-phrases])")) return;
  if (text.selectionStart === text.selectionEnd && ASKED.test(text.value.slice(0, text.selectionStart))) open(text);
}

document.addEventListener("input", look);
document.addEventListener("compositionend", look);
