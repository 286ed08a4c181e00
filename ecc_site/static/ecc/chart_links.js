// A bar, a point or a cell of a chart leads to what it stands for: its trace has the query of each as `meta`.
"use strict";

function followPoint({ points: [point] }, place) {
  const query = [point.pointIndex ?? point.pointNumber].flat().reduce((part, i) => part?.[i], point.data.meta);
  if (query) location.assign(`${place.closest("[data-chart-links]").dataset.chartLinks}${query}#list`);
}

document.addEventListener("chart-drawn", (event) => {
  const place = event.target;
  if (!place.closest("[data-chart-links]") || "leads" in place.dataset) return;
  place.dataset.leads = "";
  place.on("plotly_click", (clicked) => followPoint(clicked, place));
});
