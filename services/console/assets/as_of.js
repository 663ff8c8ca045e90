// The slider and the links of a ticket's past (keys [ and ]). While one slides, the pages follow each other in place,
// without an entry in the history for every step.
import { check } from "./entry.js";

let last = 0;

async function go(address) {
  const mine = ++last;
  const answer = await fetch(address);
  if (!answer.ok) return location.assign(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== last) return undefined;
  const sliding = document.activeElement && document.activeElement.id === "as-of-slider";
  document.getElementById("main").replaceWith(page.getElementById("main"));
  document.title = page.title;
  check();
  history.replaceState(history.state, "", address);
  if (sliding) document.getElementById("as-of-slider").focus();
  return undefined;
}

document.addEventListener("change", ({ target }) => {
  if (target.id !== "as-of-slider") return;
  const place = target.dataset.places.split(" ")[target.value];
  go(`${target.dataset.address}?asof=${place}`);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-as-of] a[rel]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});
