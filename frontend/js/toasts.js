// Short answers at the foot of the page, from the page itself or from an HX-Trigger header:
// {"toast": {"level": "success | info | warning | error", "message": "Appointment cancelled."}}
const STAY_MS = 6000;
const LEVELS = new Set(["success", "info", "warning", "error"]);

function leaveLater(toast) {
  if (toast.dataset.level === "error") return;
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), STAY_MS); };
  const hold = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

export function showToast(level, message) {
  const region = document.getElementById("toasts");
  const known = LEVELS.has(level) ? level : "info";
  const template = document.getElementById(`toast-${known}`);
  if (!region || !template || !message) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = message;
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
  if (callId) toast.querySelector("a").pathname += `/${encodeURIComponent(callId)}`;
  region.append(toast);
}

document.addEventListener("toast", (event) => {
  showToast(event.detail?.level, event.detail?.message ?? event.detail?.value);
});

document.addEventListener("click", (event) => {
  event.target.closest?.("[data-toast-close]")?.closest(".toast").remove();
});

for (const toast of document.querySelectorAll("#toasts > .toast")) leaveLater(toast);
