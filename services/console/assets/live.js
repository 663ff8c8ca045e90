// What changed elsewhere, shown here: rows, totals, who else is at a ticket. One stream a page, and none for a page that
// nobody sees, unless it is a queue that must ring. A page that hears nothing says so and tries again.
import { heard as ring } from "./alerts.js";

const LOST = 10000; // The server beats every 5 s.
const AGAIN = 15000; // htmx tries again by itself, but not where the first try failed or the line fell silent.
const frame = document.getElementById("live");
const bar = document.getElementById("stale");
let stream, at, place, rereading, standing;
let last = Date.now();
let tried = last;

// What somebody unfolded stays so, whatever is swapped around it.
htmx.config.morphIgnore = [...htmx.config.morphIgnore, "open"];
htmx.config.sse = { reconnect: true, reconnectDelay: 500, reconnectMaxDelay: 8000, pauseOnBackground: false, releaseOn: "immediate" };

// A page that answers a form goes by the address where it can be read: neither reloading nor going back sends it again.
if (frame && frame.dataset.readsAt) history.replaceState(history.state, "", frame.dataset.readsAt);

const names = (attribute) => [...document.querySelectorAll(`[data-${attribute}]`)].map((one) => one.getAttribute(`data-${attribute}`));

function shown() {
  const tick = document.querySelector("[data-select]");
  const tickets = [...document.querySelectorAll("tr[id^='ticket-']")].map((row) => row.id.slice("ticket-".length));
  const lists = new Set([...names("live-list"), ...names("live-total")]);
  return { tickets: tickets.join(" "), lists: [...lists].join(" "), own: names("live-row").join(" "), ticket: names("live-ticket")[0] || "", select: tick ? tick.getAttribute("form") : "" };
}

function open() {
  close();
  const what = shown();
  if (!what.tickets && !what.own && !what.lists && !what.ticket) return;
  tried = Date.now();
  stream = frame.appendChild(document.createElement("div"));
  const values = { _csrf: frame.dataset.csrf, since: place || frame.dataset.since, ...what };
  htmx.ajax("POST", "/live", { source: stream, target: stream, swap: "none", values });
}

function start() {
  last = Date.now();
  open();
}

function close() {
  if (!stream) return;
  const old = stream;
  stream = undefined;
  htmx.trigger(old, "htmx:abort");
  old.remove();
}

function say(why) {
  const said = why ? bar.dataset[why].replace("{at}", at) : "";
  if (bar.textContent !== said) bar.textContent = said;
  bar.hidden = !why;
  bar.why = why;
}

function stop(why) {
  close();
  say(why);
}

// Reads the page again and takes over its parts and rows, but no form: what somebody types into is never taken from
// under their hands.
async function reread() {
  rereading = undefined;
  const ticket = names("live-ticket")[0];
  const answer = await fetch(ticket ? `/tickets/${ticket}` : location.href).catch(() => undefined);
  if (!answer || !answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live-part], [data-live-row]")) {
    const next = fresh.getElementById(part.id);
    if (next && !part.isEqualNode(next)) replace(part, next);
    if (!next) leave(part);
  }
  arrive(fresh);
}

function replace(part, next) {
  htmx.swap({ text: next.outerHTML, sourceElement: part, target: part, swap: "outerMorph" });
}

// A row that the page would show no longer stays where somebody may be looking, and says so.
function leave(row) {
  const own = document.querySelector("[data-live-own]");
  if (!own || !row.dataset.liveRow || row.classList.contains("gone")) return;
  row.classList.add("gone");
  const badge = document.createElement("span");
  badge.className = "badge";
  badge.textContent = own.dataset.gone;
  row.querySelector(".number").append(" ", badge);
}

function later() {
  rereading = rereading || setTimeout(reread, names("live-ticket").length ? 300 : 500 + Math.random() * 1000);
}

// A page of its own rows: which of them would it show by now?
function arrive(fresh) {
  const own = document.querySelector("[data-live-own]");
  if (!own || !standing) return;
  const had = new Set(names("live-row"));
  const now = [...fresh.querySelectorAll("[data-live-row]")].map((row) => row.dataset.liveRow);
  announce(own, { ...standing, new: now.filter((id) => !had.has(id)), total: now.length });
}

function announce(arrived, list) {
  arrived.hidden = !list.new.length;
  const link = arrived.querySelector("a");
  link.textContent = arrived.dataset.said.replace("{count}", list.new.length).replace("{total}", list.total);
  link.href = location.href;
  ring(list, link.textContent);
}

const EVENTS = {
  "huiyin:beat": ({ said, at: moment }) => {
    at = moment;
    document.getElementById("as-of").textContent = said;
  },
  "huiyin:list": (list) => {
    for (const total of document.querySelectorAll(`[data-live-total="${list.list}"]`)) total.textContent = list.total;
    for (const arrived of document.querySelectorAll(`[data-live-list="${list.list}"]`)) {
      const own = "liveOwn" in arrived.dataset;
      if (own ? standing || list.new.length : document.querySelector("[data-live-part]")) later();
      if (!own) announce(arrived, list);
      standing = list;
    }
  },
  "huiyin:changed": later,
};

if (frame) {
  at = document.getElementById("as-of").textContent.replace(/[^0-9:]/g, "");
  for (const [name, take] of Object.entries(EVENTS)) frame.addEventListener(name, ({ detail }) => take(JSON.parse(detail.data)));
  frame.addEventListener("huiyin:paused", () => stop("paused"));
  for (const alive of ["htmx:sse:after:connection", "htmx:sse:before:message"]) {
    frame.addEventListener(alive, ({ target, detail }) => {
      if (target !== stream) return;
      last = Date.now();
      if (detail.message) place = detail.message.id;
      if (bar.why) say();
    });
  }
  for (const refused of ["htmx:sse:error", "htmx:response:error"]) {
    frame.addEventListener(refused, ({ detail }) => {
      const status = detail.status || (detail.ctx && detail.ctx.response.status);
      if (status === 401 || status === 403) stop("over");
    });
  }
  setInterval(() => {
    if (!stream || Date.now() - last < LOST) return;
    if (bar.why !== "lost") say("lost");
    if (Date.now() - tried > AGAIN) open();
  }, 1000);
  const quiet = () => !document.querySelector(".bell");
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && quiet()) close();
    else if (!document.hidden && !stream && bar.why !== "over") start();
  });
  addEventListener("focus", () => bar.why === "paused" && start());
  addEventListener("pagehide", close);
  addEventListener("pageshow", ({ persisted }) => persisted && start());
  document.addEventListener("htmx:after:swap", ({ target }) => frame.contains(target) || target.closest("[data-live-part], [data-live-row]") || open());
  open();
}
