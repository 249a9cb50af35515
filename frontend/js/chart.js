// Draws <canvas data-chart="id of a JSON script">: {kind: "bar" | "line", labels: [], values: [], unit: ""}.
// The same numbers stand in a table beside it, which is what screen readers get.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";

Chart.register(
  BarController, BarElement, CategoryScale, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip,
);

const darkness = matchMedia("(prefers-color-scheme: dark)");

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function dataset({ kind, values }) {
  const ink = token("--color-primary");
  return kind === "bar"
    ? { data: values, backgroundColor: ink, borderRadius: 4, maxBarThickness: 28 }
    : { data: values, borderColor: ink, backgroundColor: token("--tint-primary"), fill: true, tension: 0.25, borderWidth: 2, pointRadius: 0, pointHoverRadius: 4 };
}

function options({ unit }) {
  const muted = token("--ink-muted");
  const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    maintainAspectRatio: false,
    animation: calm ? false : { duration: 160 },
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { display: false },
      tooltip: {
        displayColors: false,
        backgroundColor: token("--color-neutral"),
        titleColor: token("--color-neutral-content"),
        bodyColor: token("--color-neutral-content"),
        titleFont: { ...font, weight: 500 },
        bodyFont: font,
        padding: 8,
        cornerRadius: 6,
        callbacks: { label: (item) => `${item.formattedValue} ${unit}`.trim() },
      },
    },
    scales: {
      x: { border: { color: token("--line") }, grid: { display: false }, ticks: { color: muted, font, maxRotation: 0, autoSkipPadding: 24 } },
      y: { beginAtZero: true, border: { display: false }, grid: { color: token("--line") }, ticks: { color: muted, font, precision: 0, maxTicksLimit: 5 } },
    },
  };
}

const drawn = new WeakMap();

function draw(canvas) {
  const source = document.getElementById(canvas.dataset.chart);
  const state = `${document.documentElement.dataset.theme}${darkness.matches}${source?.textContent}`;
  if (!source || drawn.get(canvas) === state) return;
  drawn.set(canvas, state);
  const spec = JSON.parse(source.textContent);
  Chart.getChart(canvas)?.destroy();
  new Chart(canvas, { type: spec.kind, data: { labels: spec.labels, datasets: [dataset(spec)] }, options: options(spec) });
}

function drawAll() {
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) draw(canvas);
}

drawAll();
document.addEventListener("htmx:after:swap", drawAll);
document.addEventListener("theme:change", drawAll);
darkness.addEventListener("change", drawAll);
