// The wizard of a line: copying codes, counting down, and saying what the slider means.
import { showToast } from "./toasts.js";

const RING_LASTS_S = 5;

function reveal(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    showToast("success", "Copied");
  } catch {
    showToast("error", "Your browser would not copy it. Select the code and copy it yourself.");
  }
});

document.addEventListener("input", (event) => {
  if (event.target.type !== "range") return;
  const said = event.target.form?.querySelector("[data-rings]");
  if (!said) return;
  const rings = Math.max(1, Math.round(event.target.value / RING_LASTS_S));
  said.textContent = `${event.target.value} seconds, about ${rings} ring${rings > 1 ? "s" : ""}`;
});

// What the server said last counts; between its answers the second hand moves here.
function countDown() {
  for (const note of document.querySelectorAll("[data-countdown]")) {
    if (note.dataset.from !== note.dataset.countdown) {
      note.dataset.from = note.dataset.countdown;
      note.dataset.until = Date.now() + note.dataset.countdown * 1000;
    }
    const left = Math.max(0, Math.round((note.dataset.until - Date.now()) / 1000));
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    note.textContent = left ? `The code lasts ${clock}.` : "The code has run out.";
  }
}

// The page that shows a code answers a form: its address becomes one that may be loaded again.
const page = document.querySelector("[data-address]");
if (page) history.replaceState(null, "", page.dataset.address);

reveal(document);
document.addEventListener("htmx:after:swap", () => reveal(document));
if (document.querySelector("[data-countdown]")) setInterval(countDown, 1000);
