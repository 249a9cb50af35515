// Keeps the parts marked data-live current. The page is complete without it: reload by hand.
const EVERY_MS = 2000;

async function refresh() {
  const live = [...document.querySelectorAll("[data-live]")];
  if (document.hidden || live.length === 0) return;
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of live) {
    const next = fresh.getElementById(part.id);
    const reading = part.querySelector("details[open]") || part.contains(document.activeElement);
    if (next && !reading && next.innerHTML !== part.innerHTML) part.innerHTML = next.innerHTML;
  }
}

setInterval(() => refresh().catch(() => {}), EVERY_MS);
