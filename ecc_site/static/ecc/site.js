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
document.addEventListener("htmx:responseError", () => showTrouble());
document.addEventListener("htmx:afterSwap", () => showTrouble(false));

function showTrouble(visible = true) {
  const banner = document.getElementById("trouble");
  if (banner) banner.hidden = !visible;
}
