// Draws <canvas data-chart="id of a JSON script">: {labels: [], values: [], prefix: "", unit: ""}.
// The same numbers stand in a table beside it, which is what screen readers get.
import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

const darkness = matchMedia("(prefers-color-scheme: dark)");

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function dataset({ values }) {
  return { data: values, backgroundColor: token("--color-primary"), borderRadius: 4, maxBarThickness: 28 };
}

function options({ prefix, unit }) {
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
        callbacks: { label: (item) => `${prefix}${item.formattedValue} ${unit}`.trim().replace(" %", "%") },
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
  new Chart(canvas, { type: "bar", data: { labels: spec.labels, datasets: [dataset(spec)] }, options: options(spec) });
}

export function drawCharts() {
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) draw(canvas);
}

document.addEventListener("theme:change", drawCharts);
darkness.addEventListener("change", drawCharts);
