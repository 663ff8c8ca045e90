// The wall asks for its tiles every few seconds; where none come, or come late, they grey and say since when.
const EVERY = 5000;
const STALE = 15000;
const PATIENCE = 4000;
let wall = document.getElementById("wall");
let known = wall && Date.now() - 1000 * wall.dataset.age;

async function renew() {
  const giving = new AbortController();
  const until = setTimeout(() => giving.abort(), PATIENCE);
  try {
    const answer = await fetch("/wall/board", { signal: giving.signal, headers: { "HX-Request": "true" } });
    if (answer.status === 200) take(await answer.text());
  } catch {
    // Nothing came: the tiles grow old.
  } finally {
    clearTimeout(until);
  }
}

function take(text) {
  const next = new DOMParser().parseFromString(text, "text/html").getElementById("wall");
  if (!next) return;
  known = Date.now() - 1000 * next.dataset.age;
  wall.replaceWith(next);
  wall = next;
}

function age() {
  const stale = Date.now() - known > STALE;
  if (stale === wall.classList.contains("stale")) return;
  wall.classList.toggle("stale", stale);
  const since = document.getElementById("wall-since");
  since.textContent = stale ? since.dataset.stale : since.dataset.fresh;
}

if (wall) {
  setInterval(renew, EVERY);
  setInterval(age, 500);
}
