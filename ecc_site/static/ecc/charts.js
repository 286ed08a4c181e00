// Draws every .chart from the JSON beside it, in the colours of the current theme; `scheme` names another.
"use strict";

function resolvedColour(value, scheme) {
  const probe = document.createElement("span");
  probe.style.colorScheme = scheme;
  probe.style.color = value;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function withThemeColours(node, scheme) {
  if (typeof node === "string") return node.startsWith("var(--") ? resolvedColour(node, scheme) : node;
  if (Array.isArray(node)) return node.map((part) => withThemeColours(part, scheme));
  if (node && typeof node === "object") {
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withThemeColours(value, scheme)]));
  }
  return node;
}

const NARROW_PX = 420;
const LEGEND_PX = { sample: 50, letter: 13, row: 19 };

// A legend above a chart takes more than one row where its names do not fit beside each other; the plot stays as high.
function legendRows(figure, width) {
  const { legend, showlegend } = figure.layout;
  const names = figure.data.filter((trace) => trace.name && trace.showlegend !== false).map((trace) => trace.name);
  if (legend?.orientation !== "h" || showlegend === false || names.length < 2) return 1;
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${LEGEND_PX.letter}px ${getComputedStyle(document.body).fontFamily}`;
  const widths = names.map((name) => pen.measureText(name).width + LEGEND_PX.sample);
  if (widths.reduce((sum, part) => sum + part) <= width) return 1;
  return Math.ceil(names.length / Math.max(1, Math.floor(width / Math.max(...widths))));
}

function themedLayout(layout, width, rows, scheme) {
  const line = resolvedColour("var(--line)", scheme);
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, tickcolor: line };
  const fewTicks = width < NARROW_PX && layout.xaxis?.type !== "category" && !layout.xaxis?.dtick ? { nticks: 4, tickangle: 0 } : {};
  return {
    margin: { l: 56, r: 16, t: 16, b: 44 },
    ...layout,
    height: (layout.height ?? 300) + LEGEND_PX.row * (rows - 1),
    xaxis: { ...axis, ...layout.xaxis, ...fewTicks },
    yaxis: { ...axis, ...layout.yaxis },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: resolvedColour("var(--muted)", scheme) },
    colorway: ["--end", "--accent", "--human", "--cloud", "--customer"].map((name) => resolvedColour(`var(${name})`, scheme)),
  };
}

function themedFigure(place, scheme = "") {
  const { data, layout } = withThemeColours(JSON.parse(document.getElementById(place.dataset.figure).textContent), scheme);
  const rows = legendRows({ data, layout }, place.clientWidth - 80);
  return { data, layout: themedLayout(layout, place.clientWidth, rows, scheme) };
}

function drawChart(place) {
  const { data, layout } = themedFigure(place);
  place.style.minHeight = "0"; // the room that was kept for it
  Plotly.react(place, data, layout, {
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
