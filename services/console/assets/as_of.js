// The slider and the keys [ and ] of a ticket's past. Each leads where the page's own links lead; while one slides, the
// pages follow each other in place, without an entry in the history for every step.
const KEYS = { "[": "prev", "]": "next" };
let last = 0;

async function go(address) {
  const mine = ++last;
  const answer = await fetch(address);
  if (!answer.ok) return location.assign(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== last) return undefined;
  const sliding = document.activeElement && document.activeElement.id === "as-of-slider";
  document.getElementById("main").replaceWith(page.getElementById("main"));
  history.replaceState(history.state, "", address);
  if (sliding) document.getElementById("as-of-slider").focus();
  return undefined;
}

document.addEventListener("change", ({ target }) => {
  if (target.id !== "as-of-slider") return;
  const place = target.dataset.places.split(" ")[target.value];
  go(`${target.dataset.address}?asof=${place}`);
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=range]), textarea, select") || event.isComposing || event.keyCode === 229;
  const live = document.getElementById("live");
  const off = live && live.dataset.keys === "off";
  if (!KEYS[event.key] || typing || off || event.ctrlKey || event.metaKey || event.altKey) return;
  const link = document.querySelector(`[data-as-of] a[rel=${KEYS[event.key]}]`);
  if (link) go(link.href);
});
