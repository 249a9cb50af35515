// Keeps "2 min ago" true while a page stays open. The server wrote the first words; beyond an hour they do not change.
const MINUTE_MS = 60_000;

function words(distanceMs) {
  const minutes = Math.floor(Math.abs(distanceMs) / MINUTE_MS);
  if (minutes < 1) return distanceMs > 0 ? "in a moment" : "just now";
  return distanceMs > 0 ? `in ${minutes} min` : `${minutes} min ago`;
}

function refreshTimes() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const distance = Date.parse(time.dateTime) - Date.now();
    if (Math.abs(distance) < 60 * MINUTE_MS) time.textContent = words(distance);
  }
}

setInterval(refreshTimes, MINUTE_MS / 2);
