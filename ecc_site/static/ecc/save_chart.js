// Buttons that save a chart as a file, drawn by plotly in the browser: as it stands there, in the light theme's colours.
"use strict";

function figureForPaper(chart) {
  const { data, layout } = themedFigure(chart, "light");
  data.forEach((trace, i) => { trace.visible = chart.data[i].visible; });
  for (const [name, { range, autorange }] of Object.entries(chart.layout)) {
    if (name.match(/^[xy]axis/) && !autorange) layout[name] = { ...layout[name], range };
  }
  return { data, layout: { ...layout, paper_bgcolor: resolvedColour("var(--surface)", "light") } };
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-save-chart]");
  if (!button) return;
  const chart = document.getElementById(button.dataset.saveChart);
  const file = { format: button.dataset.format, filename: chart.id, width: 1000, height: 500, scale: 2 };
  Plotly.downloadImage(figureForPaper(chart), file);
});
