// What every page shares: the theme button, filter bars that apply themselves, and forms that are not sent twice.
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

// A date that is typed is a date after each digit: 0002, 0020, 0202.
const TYPING_MS = 1000;
const FIRST_YEAR = "1000";
const isHalfTyped = ({ type, value }) => type === "date" && value !== "" && value < FIRST_YEAR;
let typing = 0;
document.addEventListener("change", ({ target }) => {
  const form = target.closest("form.filters");
  if (!form) return;
  clearTimeout(typing);
  if (isHalfTyped(target)) return;
  typing = setTimeout(() => form.requestSubmit(), target.type === "date" ? TYPING_MS : 0);
});

// A second click sends nothing while the answer to the first is awaited. What htmx or a script sends is prevented here.
const AWAITED_MS = 60_000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("data-sent", "");
  setTimeout(() => form.removeAttribute("data-sent"), AWAITED_MS);
});

// Another language shows what is open now: filters may have changed the address since the page was made.
document.addEventListener("submit", (event) => {
  const next = event.target.matches("[data-language]") && event.target.elements.next;
  if (next) next.value = location.pathname + location.search;
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
});

document.addEventListener("htmx:sendError", () => showTrouble());
document.addEventListener("htmx:responseError", (event) => showTrouble(event.detail.xhr.status));
document.addEventListener("htmx:afterSwap", hideTrouble);

// The lines of a log that somebody reads stay in sight while the page around it is renewed, and the last ones else: it is
// scrolled from its end, which moves on.
let read = null;
document.addEventListener("htmx:beforeSwap", () => {
  const log = document.querySelector(".log");
  read = log?.scrollTop ? log.scrollTop + log.scrollHeight : null;
});
document.addEventListener("htmx:afterSwap", () => {
  const log = document.querySelector(".log");
  if (log && read !== null) log.scrollTop = read - log.scrollHeight;
});

// Tabs that do not fit scroll sideways: the current one is in sight.
function showCurrentTabs() {
  for (const tab of document.querySelectorAll(":is(.nav, .tabs) > [aria-current]")) {
    const row = tab.parentElement;
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}
document.addEventListener("DOMContentLoaded", showCurrentTabs);
document.addEventListener("htmx:afterSettle", showCurrentTabs);

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
