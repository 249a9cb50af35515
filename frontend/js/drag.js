// Dragging a visit in the diary to another time, day or practitioner, with a mouse or a pen; fingers scroll, and use the
// form. Letting go asks first: the dialog holds the form that also "M" opens. What is dropped on stands in data-from,
// data-until (by the clinic's clock) of each <li>, data-day, data-with and data-name of its list.
import htmx from "htmx.org";

const START_PX = 6;
const EDGE_PX = 72;
const SCROLL_PX = 14;
const BREAK_MIN = 15;
let drag = null;

const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
const clock = (minute) => [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");

function spanOf(place) {
  const from = minutes(place.dataset.from);
  const until = minutes(place.dataset.until);
  return { from, until: until > from ? until : 24 * 60 };
}

// Where the room that begins here ends: the dragged visit leaves its own time free.
function endOfRoom(place, own) {
  let { until } = spanOf(place);
  for (let next = place.nextElementSibling; next; next = next.nextElementSibling) {
    if (next !== own && next.dataset.free === undefined) break;
    if (spanOf(next).from - until > BREAK_MIN) break;
    until = spanOf(next).until;
  }
  return until;
}

// The times at which the visit could begin there: the first moment, then every full step while it still fits.
function startsIn(place, card) {
  const own = card.closest("li");
  const { from, until } = spanOf(place);
  if (place !== own && place.dataset.free === undefined) return [from];
  const step = Number(card.dataset.step);
  const last = Math.min(until - 1, endOfRoom(place, own) - Number(card.dataset.length));
  const starts = [from];
  for (let at = (Math.floor(from / step) + 1) * step; at <= last; at += step) starts.push(at);
  return starts;
}

function aim(x, y) {
  const place = document.elementFromPoint(x, y)?.closest("#agenda li[data-from]");
  if (!place) return null;
  const box = place.getBoundingClientRect();
  const starts = startsIn(place, drag.card);
  const part = Math.min(Math.max((y - box.top) / box.height, 0), 0.999);
  const index = Math.floor(part * starts.length);
  const { day, with: practitioner, name } = place.parentElement.dataset;
  return { place, at: clock(starts[index]), part: index / starts.length, day, practitioner, name };
}

function isHome({ place, at, day }) {
  const own = drag.card.closest("li");
  return place.parentElement === own.parentElement && at === own.dataset.from && day === own.parentElement.dataset.day;
}

function sayTarget(target) {
  if (!target) return "Drop it on a time";
  const weekday = new Date(`${target.day}T12:00`).toLocaleDateString("en-GB", { weekday: "short", day: "numeric" });
  if (isHome(target)) return `Stays at ${target.at}`;
  const free = target.place === drag.card.closest("li") || target.place.dataset.free !== undefined;
  return `${weekday}, ${target.at} · ${target.name}${free ? "" : " · taken"}`;
}

function mark(target) {
  if (drag.target?.place !== target?.place) drag.target?.place.removeAttribute("data-target");
  drag.target = target;
  if (target) {
    target.place.dataset.target = "";
    target.place.style.setProperty("--at", target.part);
  }
  drag.label.textContent = sayTarget(target);
  drag.label.toggleAttribute("data-nowhere", !target);
}

function follow() {
  if (!drag?.label) return;
  if (!drag.card.isConnected) {
    stop();
    return;
  }
  const bar = document.querySelector(".topbar")?.getBoundingClientRect().bottom ?? 0;
  if (drag.y < bar + EDGE_PX) scrollBy(0, -SCROLL_PX);
  else if (drag.y > innerHeight - EDGE_PX) scrollBy(0, SCROLL_PX);
  drag.label.style.transform = `translate(${Math.min(drag.x + 14, innerWidth - 240)}px, ${drag.y + 14}px)`;
  mark(aim(drag.x, drag.y));
  requestAnimationFrame(follow);
}

function begin() {
  drag.label = document.createElement("div");
  drag.label.className = "drag-label";
  document.body.append(drag.label);
  document.documentElement.dataset.dragging = "";
  drag.card.dataset.dragged = "";
  drag.card.focus({ preventScroll: true });
  getSelection()?.removeAllRanges();
  requestAnimationFrame(follow);
}

function stop() {
  const { target, label, card } = drag;
  label?.remove();
  target?.place.removeAttribute("data-target");
  delete card.dataset.dragged;
  delete document.documentElement.dataset.dragging;
  drag = null;
}

function ask(card, target) {
  const dialog = document.getElementById("move");
  const address = new URL(card.dataset.move, location.origin);
  if (target) {
    for (const [name, value] of [["day", target.day], ["at", target.at], ["with", target.practitioner]]) {
      address.searchParams.set(name, value);
    }
  }
  dialog.querySelector("h2").textContent = `Move ${card.querySelector("b").textContent}?`;
  htmx.ajax("GET", address.pathname + address.search, { target: "#move-body", swap: "innerHTML" });
  dialog.showModal();
}

// The click that follows letting go would open the appointment.
function swallowClick() {
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
}

addEventListener("pointerdown", (event) => {
  const card = event.target.closest?.("[data-move]");
  if (!card || event.button !== 0 || event.pointerType === "touch") return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  drag = { card, pointer: event.pointerId, fromX: event.clientX, fromY: event.clientY };
});

addEventListener("pointermove", (event) => {
  if (event.pointerId !== drag?.pointer) return;
  [drag.x, drag.y] = [event.clientX, event.clientY];
  if (!drag.label && Math.hypot(drag.x - drag.fromX, drag.y - drag.fromY) >= START_PX) begin();
});

addEventListener("pointerup", (event) => {
  if (event.pointerId !== drag?.pointer) return;
  if (!drag.label) {
    drag = null;
    return;
  }
  [drag.x, drag.y] = [event.clientX, event.clientY];
  mark(aim(drag.x, drag.y));
  const { card, target } = drag;
  const home = !target || isHome(target);
  swallowClick();
  stop();
  if (!home) ask(card, target);
});

addEventListener("pointercancel", () => drag && stop());

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drag) {
    if (drag.label) swallowClick();
    stop();
  } else if (event.key.toLowerCase() === "m" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const card = event.target.closest?.("[data-move]");
    if (!card) return;
    event.preventDefault();
    ask(card);
  }
});
