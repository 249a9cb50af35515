// The organisation's event stream. Events carry ids only and become DOM events on <body>:
// `event: call` with {"id": X} dispatches "live:call" and "live:call:X", which fragments name in hx-trigger.
// {"alert": "red_flag"} means that a caller may need urgent help: every page says so, whatever it shows.
// EventSource is used directly because the stream may live on another port: htmx pins its requests to
// the same origin, and that is worth keeping.
import { showUrgent } from "./toasts.js";

const KINDS = ["call", "appointment", "agent", "message", "task", "document", "question", "telephony"];
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];
const HIDDEN_MS = 5 * 60_000;

const dot = document.querySelector("[data-live]");
let source = null;
let failures = 0;
let missed = false;
let retryTimer;
let hiddenTimer;
const filtering = new Map(); // what is on its way for filters → the kinds of news that came since

function show(state, words) {
  dot.dataset.state = state;
  dot.title = words;
  dot.querySelector("span").textContent = state === "live" ? "Live" : "Reconnecting";
}

function tell(name, detail) {
  document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
}

function changed(kind, data) {
  for (const late of filtering.values()) late.add(kind);
  tell(`live:${kind}`, data);
  if (data.id) tell(`live:${kind}:${data.id}`, data);
}

function received(kind, event) {
  let data = {};
  try {
    data = JSON.parse(event.data);
  } catch {
    // An event without ids still says that something of its kind changed.
  }
  if (data.alert === "red_flag") showUrgent(data.id);
  changed(kind, data);
}

function refreshAll() {
  for (const kind of KINDS) changed(kind, {});
}

// The rows that filters ask for may have been read right before the news, and take the place of fresher ones.
document.addEventListener("htmx:before:request", (event) => {
  if (event.detail.ctx.push) filtering.set(event.detail.ctx, new Set());
});

document.addEventListener("htmx:finally:request", (event) => {
  const late = filtering.get(event.detail.ctx) ?? [];
  filtering.delete(event.detail.ctx);
  for (const kind of late) changed(kind, {});
});

function opened() {
  show("live", "Changes appear here as they happen");
  if (missed) refreshAll();
  missed = false;
  failures = 0;
}

function failed() {
  missed = true;
  show("waiting", "Reconnecting: what you see may be a little old");
  if (source.readyState !== EventSource.CLOSED) return; // the browser retries by itself
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
}

function connect() {
  source?.close();
  source = new EventSource(dot.dataset.live, { withCredentials: true });
  source.addEventListener("open", opened);
  source.addEventListener("error", failed);
  source.addEventListener("reset", refreshAll);
  for (const kind of KINDS) source.addEventListener(kind, (event) => received(kind, event));
}

function disconnect() {
  clearTimeout(retryTimer);
  missed = true;
  source?.close();
  source = null;
}

if (dot?.dataset.live) {
  setTimeout(connect); // htmx begins to listen in such a turn, queued before this one: no event may come before it
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", (event) => event.persisted && connect());
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(disconnect, HIDDEN_MS);
    else if (!source) connect();
  });
}
