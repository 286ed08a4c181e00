// Draws every .chart from the JSON beside it, in the colours of the current theme.
"use strict";

function resolvedColour(value) {
  const probe = document.createElement("span");
  probe.style.color = value;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function withThemeColours(node) {
  if (typeof node === "string") return node.startsWith("var(--") ? resolvedColour(node) : node;
  if (Array.isArray(node)) return node.map(withThemeColours);
  if (node && typeof node === "object") {
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withThemeColours(value)]));
  }
  return node;
}

function themedLayout(layout) {
  const line = resolvedColour("var(--line)");
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, tickcolor: line };
  return {
    margin: { l: 56, r: 16, t: 16, b: 44 },
    height: 300,
    ...layout,
    xaxis: { ...axis, ...layout.xaxis },
    yaxis: { ...axis, ...layout.yaxis },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: resolvedColour("var(--muted)") },
    colorway: ["--end", "--accent", "--human", "--cloud", "--customer"].map((name) => resolvedColour(`var(${name})`)),
  };
}

function drawChart(place) {
  const figure = JSON.parse(document.getElementById(place.dataset.figure).textContent);
  Plotly.react(place, withThemeColours(figure.data), themedLayout(withThemeColours(figure.layout)), {
    displayModeBar: false,
    responsive: true,
    edits: { shapePosition: "drags" in place.dataset },
  });
  if ("drags" in place.dataset && !("listens" in place.dataset)) listenToLine(place);
  place.dispatchEvent(new CustomEvent("chart-drawn", { bubbles: true }));
}

// Its first line stands for a value, which can be dragged.
function listenToLine(place) {
  place.dataset.listens = "";
  place.on("plotly_relayout", (change) => {
    const value = change["shapes[0].x0"];
    if (value === undefined) return;
    const bounded = Math.min(1, Math.max(0, value)).toFixed(2);
    place.dispatchEvent(new CustomEvent("line-dragged", { bubbles: true, detail: bounded }));
  });
}

function drawCharts(root = document) {
  root.querySelectorAll(".chart[data-figure]").forEach(drawChart);
}

document.addEventListener("DOMContentLoaded", () => drawCharts());
document.addEventListener("htmx:afterSettle", () => drawCharts());
document.addEventListener("theme-changed", () => drawCharts());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawCharts());
