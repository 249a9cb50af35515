// Listening to a call: the line being spoken stands out while its recording plays, and a line that is chosen is played.
// The player is a plain <audio data-recording>; lines say in data-start when they begin. Arrow keys go from line to line.
const MARGIN_S = 0.15;
const FRESH_MS = 10_000;
let renewed = 0;

const player = () => document.querySelector("audio[data-recording]");
const lines = () => [...document.querySelectorAll("li[data-start]")];
const words = (line) => line.querySelector(".turn-text");
const note = () => document.querySelector("[data-listen-note]");
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// Each line can be chosen like a button; only one of them is a stop of the Tab key.
function prepare() {
  if (!player()) return;
  const all = lines();
  const stop = all.find((line) => words(line).tabIndex === 0) ?? all[0];
  for (const line of all) {
    const text = words(line);
    text.setAttribute("role", "button");
    text.tabIndex = line === stop ? 0 : -1;
    text.title = `Play from ${clock(Number(line.dataset.start))}`;
  }
  follow();
}

function lineAt(seconds) {
  let found = null;
  for (const line of lines()) if (Number(line.dataset.start) <= seconds + MARGIN_S) found = line;
  return found;
}

function isInSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

// A reader who has scrolled to another place is left there.
function follow() {
  const audio = player();
  if (!audio) return;
  const heard = audio.currentTime > 0 && !audio.ended ? lineAt(audio.currentTime) : null;
  const before = document.querySelector("li[data-start][aria-current]");
  if (heard === before) return;
  const goesAlong = !before || isInSight(before);
  before?.removeAttribute("aria-current");
  heard?.setAttribute("aria-current", "true");
  if (heard && goesAlong && !audio.paused) heard.scrollIntoView({ block: "nearest" });
}

function seek(audio, seconds) {
  audio.currentTime = seconds;
  audio.play().catch(() => {});
}

function playFrom(line) {
  const audio = player();
  if (!audio) return;
  const start = Number(line.dataset.start);
  if (audio.readyState > 0) {
    seek(audio, start);
    return;
  }
  audio.addEventListener("loadedmetadata", () => seek(audio, start), { once: true });
  audio.preload = "auto";
  audio.load();
}

// The address of the sound lasts for minutes: after that it is asked for anew, and goes on where it was.
function renew(audio) {
  if (Date.now() - renewed < FRESH_MS) {
    if (note()) note().textContent = "The recording cannot be played now. Reload the page and try again.";
    return;
  }
  renewed = Date.now();
  const at = audio.currentTime;
  audio.addEventListener("loadedmetadata", () => seek(audio, at), { once: true });
  audio.load();
}

function choose(line) {
  for (const other of lines()) words(other).tabIndex = other === line ? 0 : -1;
  words(line).focus();
}

// Sound tells of itself only where it is: these do not rise to the document, but they pass it on their way down.
for (const name of ["timeupdate", "seeked", "ended"]) {
  document.addEventListener(name, (event) => event.target === player() && follow(), true);
}
document.addEventListener("error", (event) => event.target === player() && renew(event.target), true);

document.addEventListener("click", (event) => {
  const line = event.target.closest?.("li[data-start]");
  if (!line || !event.target.closest(".turn-text") || String(getSelection())) return;
  playFrom(line);
});

document.addEventListener("keydown", (event) => {
  const line = event.target.closest?.(".turn-text")?.closest("li[data-start]");
  if (!line) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    playFrom(line);
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = lines();
  const next = step && all[all.indexOf(line) + step];
  if (next) {
    event.preventDefault();
    choose(next);
  }
});

document.addEventListener("htmx:after:swap", prepare);
prepare();
