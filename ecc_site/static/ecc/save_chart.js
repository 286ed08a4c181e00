// Buttons that save a chart as a file, drawn by plotly in the browser.
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-save-chart]");
  if (!button) return;
  const chart = document.getElementById(button.dataset.saveChart);
  Plotly.downloadImage(chart, { format: button.dataset.format, filename: chart.id, width: 1000, height: 500, scale: 2 });
});
