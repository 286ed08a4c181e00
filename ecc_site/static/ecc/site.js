// What every page shares: the theme button and filter bars that apply themselves.
"use strict";

function currentTheme() {
  const chosen = document.documentElement.dataset.theme;
  return chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-button]");
  if (!button) return;
  const next = currentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem("theme", next);
  document.dispatchEvent(new CustomEvent("theme-changed"));
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form.filters");
  if (form) form.requestSubmit();
});

document.addEventListener("htmx:sendError", () => showTrouble());
document.addEventListener("htmx:responseError", (event) => showTrouble(event.detail.xhr.status));
document.addEventListener("htmx:afterSwap", hideTrouble);

// Names the cause where the page knows a sentence for the status.
function showTrouble(status = "") {
  const banner = document.getElementById("trouble");
  const sentences = [...banner.children];
  const named = sentences.find((sentence) => sentence.dataset.status === String(status)) ?? sentences.at(-1);
  for (const sentence of sentences) sentence.hidden = sentence !== named;
  banner.hidden = false;
}

function hideTrouble() {
  document.getElementById("trouble").hidden = true;
}
