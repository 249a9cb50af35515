// What every htmx request of the dashboard has in common.
import htmx from "htmx.org";
import { showToast } from "./toasts.js";

// The Content-Security-Policy refuses eval; say which element asked for it instead of failing obscurely.
function refuseEval(...source) {
  return () => {
    throw new Error(`Script in attributes is not allowed here: ${source.at(-1)}`);
  };
}

htmx.registerExtension("no-eval", {
  init: (api) => api.initSecurity(null, refuseEval, refuseEval),
});

// Refreshes that nobody asked for must not keep an idle session open; empty filters do not belong in an address.
document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceEvent } = event.detail.ctx;
  if (sourceEvent?.type?.startsWith("live:")) request.headers["HX-Background"] = "true";
  if (request.method === "GET") {
    for (const [name, value] of [...request.body]) if (value === "") request.body.delete(name);
  }
});

// What is being sent is not sent again: htmx keeps a second click for later and sends it after the answer, when the
// server can only say once more what it has said.
const underWay = new WeakSet();

document.addEventListener("htmx:config:request", (event) => {
  const { request, sourceElement } = event.detail.ctx;
  if (request.method === "GET") return;
  if (underWay.has(sourceElement)) event.preventDefault();
  else underWay.add(sourceElement);
});

document.addEventListener("htmx:finally:request", (event) => {
  underWay.delete(event.detail.ctx.sourceElement);
});

// An answer is shown while its element would still ask for it. Filters that were answered meanwhile have changed the
// address that a list refreshes itself from and goes on from: rows that match them no more would come back. What news
// asked for, and not a person, is asked for anew.
const asked = new WeakMap();

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  asked.set(ctx, ctx.sourceElement.getAttribute("hx-get"));
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (!asked.has(ctx) || asked.get(ctx) === ctx.sourceElement.getAttribute("hx-get")) return;
  event.preventDefault();
  const { type, detail, target, isTrusted } = ctx.sourceEvent;
  if (!isTrusted) target?.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
});

// A session that ended answers a fragment with the sign-in page: go there instead of swapping it in.
document.addEventListener("htmx:before:response", (event) => {
  const response = event.detail.ctx.response.raw;
  if (response.redirected && new URL(response.url).pathname.startsWith("/accounts/")) {
    event.preventDefault();
    location.reload();
  }
});

const REASONS = {
  401: "You are signed out. Reload the page to sign in again.",
  403: "Your role does not allow this. Ask an admin of your clinic.",
  404: "This is no longer here. Reload the page to see what is.",
  409: "Someone changed this meanwhile. Reload the page and try again.",
  429: "Too many requests at once. Wait a minute, then try again.",
};

document.addEventListener("htmx:response:error", (event) => {
  const { response, hx, sourceElement } = event.detail.ctx;
  const { status } = response;
  const told = hx?.trigger?.includes("toast");
  const swapped = status === 422 || status === 400 || (status >= 500 && sourceElement.hasAttribute("hx-status:50x"));
  if (!told && !swapped) {
    showToast("error", REASONS[status] ?? "The server could not do this. Try again in a minute.");
  }
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx && !event.detail.ctx.response) {
    showToast("error", "No connection to the server. Check your network, then try again.");
  }
});
