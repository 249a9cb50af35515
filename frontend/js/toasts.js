// Short answers at the foot of the page, from the page itself or from an HX-Trigger header:
// {"toast": {"level": "success | info | warning | error", "message": "Appointment cancelled.",
//            "undo": {"url": "/what/takes/it/back", "values": {"sent": "there"}}}}
import htmx from "htmx.org";

const STAY_MS = 6000;
const UNDO_STAY_MS = 12_000;
const LEVELS = new Set(["success", "info", "warning", "error"]);

function leaveLater(toast) {
  if (toast.dataset.level === "error") return;
  let timer;
  const stay = toast.querySelector("[data-undo]") ? UNDO_STAY_MS : STAY_MS;
  const start = () => { timer = setTimeout(() => toast.remove(), stay); };
  const hold = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

function offerUndo(toast, { url, values }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet btn-small";
  button.dataset.undo = "";
  button.textContent = "Undo";
  button.addEventListener("click", () => {
    toast.remove();
    htmx.ajax("POST", url, { values, swap: "none" });
  });
  toast.querySelector("p").after(button);
}

export function showToast(level, message, undo) {
  const region = document.getElementById("toasts");
  const known = LEVELS.has(level) ? level : "info";
  const template = document.getElementById(`toast-${known}`);
  if (!region || !template || !message) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = message;
  if (undo?.url) offerUndo(toast, undo);
  region.append(toast);
  leaveLater(toast);
}

// A caller may need urgent help: stays until somebody dismisses it, once a call.
export function showUrgent(callId) {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-urgent");
  if (!region || !template || region.querySelector(`[data-call="${CSS.escape(callId ?? "")}"]`)) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.call = callId ?? "";
  const link = toast.querySelector("a");
  if (callId) link.setAttribute("href", `${link.getAttribute("href")}/${encodeURIComponent(callId)}`);
  region.append(toast);
}

document.addEventListener("toast", (event) => {
  showToast(event.detail?.level, event.detail?.message ?? event.detail?.value, event.detail?.undo);
});

document.addEventListener("click", (event) => {
  event.target.closest?.("[data-toast-close]")?.closest(".toast").remove();
});

for (const toast of document.querySelectorAll("#toasts > .toast")) leaveLater(toast);
