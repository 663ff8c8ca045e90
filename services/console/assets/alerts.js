// New tickets in a queue: the window's title counts them, and a burst of them rings once. Silenced, or on a page without a
// bell, it still counts.
const TONES = { new: [660], urgent: [880, 880], overdue: [520, 390, 390] };
const RANK = Object.keys(TONES);
const BURST = 10000;
const frame = document.getElementById("live");
const title = document.title;
const known = new Set();
let rung = { at: 0, rank: -1 };
let audio;

function kindOf(fresh, list) {
  if (fresh.some((id) => list.overdue.includes(id))) return "overdue";
  return fresh.some((id) => list.urgent.includes(id)) ? "urgent" : "new";
}

function tone(kind) {
  // Browsers let a page sound once somebody has touched it.
  if (!navigator.userActivation || !navigator.userActivation.hasBeenActive) return;
  audio = audio || new AudioContext();
  TONES[kind].forEach((pitch, n) => {
    const [oscillator, volume] = [audio.createOscillator(), audio.createGain()];
    const start = audio.currentTime + n * 0.22;
    oscillator.frequency.value = pitch;
    volume.gain.setValueAtTime(0.2, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.2);
    oscillator.connect(volume).connect(audio.destination);
    oscillator.start(start);
    oscillator.stop(start + 0.2);
  });
}

function tell(said) {
  if (document.hidden && window.Notification && Notification.permission === "granted") {
    new Notification(document.querySelector("h1").textContent, { body: said, tag: "huiyin" });
  }
}

/** A list stands so: {new, urgent, overdue}, each the ids that the page does not show; `said` is the sentence for it. */
export function heard(list, said) {
  document.title = list.new.length ? `(${list.new.length}) ${title}` : title;
  const fresh = list.new.filter((id) => !known.has(id));
  fresh.forEach((id) => known.add(id));
  if (!fresh.length || frame.dataset.sound === "off" || !document.querySelector(".bell")) return;
  const kind = kindOf(fresh, list);
  const rank = RANK.indexOf(kind);
  if (Date.now() - rung.at < BURST && rank <= rung.rank) return;
  rung = { at: Date.now(), rank };
  document.dispatchEvent(new CustomEvent("huiyin:ring", { detail: kind }));
  tone(kind);
  tell(said);
}

const asks = document.querySelector("[data-notify]");
if (asks && window.isSecureContext && window.Notification && Notification.permission === "default") {
  asks.hidden = false;
  asks.addEventListener("click", async () => {
    await Notification.requestPermission();
    asks.hidden = true;
  });
}
