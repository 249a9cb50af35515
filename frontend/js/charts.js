// Chart.js is half of what a page with a chart weighs: it is fetched once a chart is there to be drawn.
async function drawWhatIsThere() {
  if (!document.querySelector("canvas[data-chart]")) return;
  const { drawCharts } = await import("./chart.js");
  drawCharts();
}

drawWhatIsThere();
document.addEventListener("htmx:after:swap", drawWhatIsThere);
