// A form is sent once: its button shows that it is busy until the page changes or comes back. One that answers with a
// file (data-download, what to say meanwhile) leaves the page as it is and may be sent again.
import { showToast } from "./toasts.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
  if (form.dataset.download) {
    showToast("info", form.dataset.download);
    form.closest("details[data-menu]")?.removeAttribute("open");
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
});

// <select data-submit> and <input data-submit> send their form when they change.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submit]")) event.target.form.requestSubmit();
});
